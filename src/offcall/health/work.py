"""What the health tools answer about taking events in: import, sync, watch, quarantine, actions."""

from __future__ import annotations

from datetime import datetime, tzinfo

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.documents import (
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Document,
    Facts,
    FindingList,
    Heading,
    Line,
    Table,
    Tone,
)
from offcall.core.findings import Finding
from offcall.core.render.humane import time_text
from offcall.core.results import Result
from offcall.core.snapshots import Unread
from offcall.core.text import plural

__all__ = ["ActionDone", "Doctor", "HeldRow", "ImportResult", "QuarantineList", "WatchResult"]


class Refused(BaseModel):
    """A message that went into quarantine: where it stood and why."""

    model_config = ConfigDict(frozen=True)

    where: str
    reason: str


class ImportResult(Result):
    """What came in: `health import` and `health sync`."""

    source: str
    messages: int = 0
    new: int = 0
    duplicates: int = 0
    rejected: int = 0
    noted: int = Field(default=0, description="New messages with something odd in them.")
    events_new: int = 0
    events_changed: int = 0
    refused: tuple[Refused, ...] = Field(default=(), description="The first few of them.")
    rejects_file: str | None = None
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    bad: bool = Field(default=False, description="Not everything could be imported: exit code 2.")

    def document(self, zone: tzinfo) -> Document:
        """Counts, and what was refused."""
        pairs: list[tuple[str, Cell]] = [
            ("messages", f"{self.messages:,}"),
            ("new", f"{self.new:,}"),
            ("known already", f"{self.duplicates:,}"),
            ("in quarantine", f"{self.rejected:,}"),
            ("events", f"{self.events_new:,} new, {self.events_changed:,} changed"),
        ]
        blocks: list[Block] = [Facts(tuple(pairs))]
        if self.noted:
            have = "has" if self.noted == 1 else "have"
            said = f"{plural(self.noted, 'new message')} {have} something odd"
            blocks.append(Line(f"{said}: offcall health list --noted --status all", Tone.WARN))
        if self.refused:
            blocks += [
                Heading("Not understood, kept in quarantine"),
                Bullets(tuple(f"{one.where}: {one.reason}" for one in self.refused)),
            ]
            more = self.rejected - len(self.refused)
            if more > 0:
                blocks.append(Line(f"and {more:,} more: offcall health quarantine", Tone.MUTED))
        if self.rejects_file:
            blocks.append(Line(f"They are also in {self.rejects_file}."))
        if self.findings:
            blocks += [Heading("What the feed did not bring"), FindingList(self.findings)]
        return Document("Events taken in", self.source, tuple(blocks))

    def all_findings(self) -> tuple[Finding, ...]:
        """Gaps of the feed."""
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        """What AWS, or a file, did not give."""
        return tuple(
            f"{one.what}: {one.why}" + (f" ({one.hint})" if one.hint else "") for one in self.unread
        )

    def failed(self) -> bool:
        """Not everything could be imported."""
        return self.bad


class WatchResult(Result):
    """What a worker did until it stopped: `health watch`."""

    queues: tuple[str, ...]
    received: int = 0
    batches: int = 0
    stored: int = 0
    duplicates: int = 0
    rejected: int = 0
    events_new: int = 0
    events_changed: int = 0
    undeleted: int = 0
    failures: int = 0
    problems: tuple[str, ...] = ()
    seconds: float = 0

    def document(self, zone: tzinfo) -> Document:
        """The counts."""
        rate = f" ({self.received / self.seconds:,.0f} a second)" if self.seconds else ""
        pairs: tuple[tuple[str, Cell], ...] = (
            ("received", f"{plural(self.received, 'message')}{rate}"),
            ("stored", f"{self.stored:,} in {plural(self.batches, 'transaction')}"),
            ("known already", f"{self.duplicates:,}"),
            ("in quarantine", f"{self.rejected:,}"),
            ("events", f"{self.events_new:,} new, {self.events_changed:,} changed"),
            ("not deleted", f"{self.undeleted:,} (they come again, and are recognised)"),
            ("failures", f"{self.failures:,}"),
        )
        blocks: list[Block] = [Facts(pairs)]
        if self.problems:
            blocks += [Heading("What went wrong"), Bullets(self.problems)]
        return Document("Watched", ", ".join(self.queues), tuple(blocks))


class HeldRow(BaseModel):
    """One body in quarantine."""

    model_config = ConfigDict(frozen=True)

    id: int
    reason: str
    where: str
    bytes: int
    first_seen: datetime
    last_seen: datetime
    times: int
    settled: str | None = None
    body: str | None = Field(default=None, description="Only when one is shown.")


class QuarantineList(Result):
    """What could not be understood: `health quarantine`."""

    about: str = "messages that could not be understood, kept whole"
    held: tuple[HeldRow, ...] = ()
    left_out: int = Field(default=0, description="Messages beyond --limit.")

    def document(self, zone: tzinfo) -> Document:
        """A table; a single one with its body."""
        rows = tuple(
            (
                str(one.id),
                time_text(one.last_seen, zone),
                f"{one.times:,}",
                one.where,
                one.reason,
                one.settled or "held",
            )
            for one in self.held
        )
        columns = (
            Column("id", right=True),
            Column("last seen"),
            Column("times", right=True),
            Column("from", wide=True),
            Column("why", wide=True),
            Column("state"),
        )
        blocks: list[Block] = [Table(columns, rows, empty="quarantine is empty")]
        blocks += [Code(one.body) for one in self.held if one.body is not None]
        if self.left_out:
            said = f"{plural(self.left_out, 'more message')} not shown; raise --limit"
            blocks.append(Line(said, Tone.MUTED))
        if any(one.settled is None for one in self.held):
            hint = "try again: offcall health quarantine-retry; give up: quarantine-discard"
            blocks.append(Line(hint, Tone.MUTED))
        return Document("Quarantine", self.about, tuple(blocks))


class ActionDone(Result):
    """What a person said was recorded: `health ack`, `plan`, `close`, `reopen`."""

    arn: str
    account: str | None
    said: str
    resource: str | None = None
    left: tuple[Finding, ...] = Field(default=(), description="What is still to do.")
    doubt: str | None = Field(default=None, description="Why that may not be enough.")

    def document(self, zone: tzinfo) -> Document:
        """What was recorded, and what is left."""
        about = self.resource or "the whole event"
        blocks: list[Block] = [Line(f"{about}: {self.said}", Tone.OK)]
        if self.doubt:
            blocks.append(Line(self.doubt, Tone.WARN))
        if self.left:
            blocks += [Heading("Still there"), FindingList(self.left)]
        return Document("Recorded", self.arn, tuple(blocks))


class Doctor(Result):
    """Whether events can reach us, and do: `health doctor`."""

    source: str
    looked_at: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """What was found, what is well, what could not be read."""
        blocks: list[Block] = [FindingList(self.findings, brief=False, empty="all well")]
        blocks += [Heading("Looked at"), Facts(self.looked_at)]
        if self.unread:
            said = tuple(
                f"{one.what}: {one.why}" + (f" ({one.hint})" if one.hint else "")
                for one in self.unread
            )
            blocks += [Heading("Could not be read"), Bullets(said)]
        return Document("How Health events reach offcall", self.source, tuple(blocks))

    def all_findings(self) -> tuple[Finding, ...]:
        """What is wrong with the set-up."""
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        """What could not be read."""
        return tuple(f"{one.what}: {one.why}" for one in self.unread)
