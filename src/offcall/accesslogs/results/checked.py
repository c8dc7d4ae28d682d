"""What the checks say of the logs."""

from __future__ import annotations

from datetime import tzinfo

from offcall.core.documents import Document, FindingList
from offcall.core.findings import Finding
from offcall.core.results import Result
from offcall.core.snapshots import Unread

__all__ = ["Checked"]


class Checked(Result):
    """What the checks say of the logs."""

    source: str
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """The findings."""
        return Document("Access logs", self.source, (FindingList(self.findings, brief=False),))

    def all_findings(self) -> tuple[Finding, ...]:
        """Those of the checks."""
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        """Sources that could not be read."""
        return tuple(f"{one.what}: {one.why}" for one in self.unread)
