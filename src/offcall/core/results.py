"""What a tool returns: a typed model that can describe itself to people."""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from offcall.core.documents import Document
from offcall.core.findings import Finding, Resource

__all__ = ["Result"]


class Result(BaseModel):
    """Base of every tool's result.

    JSON output is the model itself. `document` is for people; `all_findings` is what `--fail-on`
    SARIF and JUnit look at.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)

    json_version: ClassVar[int] = 1
    """Goes up when a field changes its meaning or goes away; JSON output names it."""

    def document(self, zone: tzinfo) -> Document:
        """The result as blocks, for terminal, text, Markdown and HTML.

        `zone` is the reader's: times in words are in it, and name it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say how it looks")

    def all_findings(self) -> tuple[Finding, ...]:
        """The findings in the result, if any."""
        return ()

    def judged(self) -> tuple[Resource, ...]:
        """What was judged, also what is well: that is a test passed in JUnit."""
        return ()

    def failed(self) -> bool:
        """Something that was asked for could not be done: exit code 2, with the result shown."""
        return False

    def outcome(self) -> str:
        """How a run that changes something outside ended, in a few words, for the audit."""
        return "not all of it worked" if self.failed() else "done"

    def incomplete(self) -> tuple[str, ...]:
        """What the result leaves out because it could not be read; shown as warnings on stderr."""
        return ()
