"""What the commands answer that are no tools."""

from __future__ import annotations

from datetime import tzinfo

from offcall.core.documents import Document, Facts, Line, Tone
from offcall.core.results import Result
from offcall.core.text import plural

__all__ = ["EstateChecked", "EstateWritten", "Polled"]


class EstateChecked(Result):
    """An estate file that is right: `estate check`."""

    file: str
    sections: tuple[str, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """See `Result.document`."""
        found = ", ".join(self.sections) or "no sections yet"
        return Document("Estate file", None, (Line(f"{self.file}: right ({found})", Tone.OK),))


class EstateWritten(Result):
    """A new estate file: `estate init`."""

    file: str

    def document(self, zone: tzinfo) -> Document:
        """See `Result.document`."""
        blocks = (
            Line(f"wrote {self.file}", Tone.OK),
            Line(f"next: edit it, then run: offcall estate check {self.file}"),
        )
        return Document("Estate file", None, blocks)


class Polled(Result):
    """What a worker without a queue took in: `worker`."""

    asked: int = 0
    failed_asks: int = 0
    new: int = 0
    duplicates: int = 0
    rejected: int = 0
    events_new: int = 0
    events_changed: int = 0

    def document(self, zone: tzinfo) -> Document:
        """See `Result.document`."""
        pairs = (
            ("asked", f"the Health API, {plural(self.asked, 'time')}, {self.failed_asks:,} failed"),
            ("stored", plural(self.new, "message")),
            ("known already", f"{self.duplicates:,}"),
            ("in quarantine", f"{self.rejected:,}"),
            ("events", f"{self.events_new:,} new, {self.events_changed:,} changed"),
        )
        return Document("Worked", "no queue", (Facts(pairs),))
