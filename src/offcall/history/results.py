"""What the history's tools answer."""

from __future__ import annotations

from datetime import datetime, tzinfo

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.documents import Block, Column, Document, Facts, Line, Span, Table, Tone, tone_of
from offcall.core.findings import Finding
from offcall.core.render.humane import time_text
from offcall.core.results import Result
from offcall.core.text import plural

__all__ = [
    "AuditLine",
    "AuditList",
    "FindingHistory",
    "HistoryInfo",
    "KnownFinding",
    "MuteOfOne",
    "Pruned",
    "PrunedTable",
]


NEW, STILL = "new", "still there"
OPEN = (NEW, STILL)


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MuteOfOne(_Row):
    """Who muted a finding, why, and until when (None is for ever)."""

    by: str
    why: str
    since: datetime
    until: datetime | None


class KnownFinding(_Row):
    """A finding and its life."""

    finding: Finding
    state: str = Field(description="new, still there, muted or resolved")
    scope: str = Field(description="the room that named it")
    first_seen: datetime
    new_since: datetime = Field(description="when it last became new")
    last_seen: datetime
    resolved_at: datetime | None
    times_back: int = Field(description="how often it came back after it was resolved")
    mute: MuteOfOne | None


class FindingHistory(Result):
    """Findings that the history knows."""

    findings: tuple[KnownFinding, ...]

    def document(self, zone: tzinfo) -> Document:
        """See `Result.document`."""
        columns = (
            Column("Fingerprint"),
            Column("Severity"),
            Column("State"),
            Column("New since"),
            Column("Finding", wide=True),
        )
        rows = tuple(
            (
                one.finding.fingerprint,
                Span(one.finding.severity.value, tone_of(one.finding.severity)),
                Span(_state(one, zone), Tone.PLAIN if one.state in OPEN else Tone.MUTED),
                f"{one.new_since.astimezone(zone):%Y-%m-%d}",
                f"{one.finding.resource.label}: {one.finding.title}",
            )
            for one in self.findings
        )
        table = Table(columns, rows, empty="the history holds no such finding")
        return Document(
            "Findings in the history", plural(len(rows), "finding"), (table, *self._explained(zone))
        )

    def _explained(self, zone: tzinfo) -> tuple[Block, ...]:
        return tuple(
            Line(
                f"{one.finding.fingerprint} is muted by {one.mute.by}"
                + (f" until {time_text(one.mute.until, zone)}" if one.mute.until else "")
                + f": {one.mute.why}",
                Tone.MUTED,
            )
            for one in self.findings
            if one.mute is not None
        )

    def all_findings(self) -> tuple[Finding, ...]:
        """Those that are open."""
        return tuple(one.finding for one in self.findings if one.state in OPEN)


def _state(one: KnownFinding, zone: tzinfo) -> str:
    if one.mute is not None and one.mute.until is not None and one.state == "muted":
        return f"muted until {one.mute.until.astimezone(zone):%Y-%m-%d}"
    return one.state


class AuditLine(_Row):
    """One change that a person made."""

    at: datetime
    who: str
    action: str
    subject: str
    detail: dict[str, object]


def _told(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key}={one}" for key, one in value.items())
    return str(value)


class AuditList(Result):
    """What people changed, newest first."""

    lines: tuple[AuditLine, ...]

    def document(self, zone: tzinfo) -> Document:
        """See `Result.document`."""
        columns = (
            Column("When"),
            Column("Who"),
            Column("What"),
            Column("On", wide=True),
            Column("Detail", wide=True),
        )
        rows = tuple(
            (
                time_text(one.at, zone),
                one.who,
                one.action,
                one.subject,
                ", ".join(f"{key}: {_told(value)}" for key, value in one.detail.items() if value),
            )
            for one in self.lines
        )
        return Document("Audit", None, (Table(columns, rows, empty="nobody changed anything"),))


class PrunedTable(_Row):
    """Rows of one table that go, or would."""

    table: str
    rows: int


class Pruned(Result):
    """What was taken out of the history, or would be."""

    before: datetime = Field(description="What ended before then.")
    done: bool
    tables: tuple[PrunedTable, ...]

    def document(self, zone: tzinfo) -> Document:
        """See `Result.document`."""
        rows = tuple((one.table, f"{one.rows:,}") for one in self.tables)
        total = plural(sum(one.rows for one in self.tables), "row")
        when = time_text(self.before, zone)
        said = (
            Line(f"{total} of what ended before {when} taken out.", Tone.STRONG)
            if self.done
            else Line(
                f"{total} of what ended before {when} would be taken out; --yes does it.",
                Tone.STRONG,
            )
        )
        columns = (Column("Table"), Column("Rows", right=True))
        return Document("Prune the history", None, (said, Table(columns, rows)))


class HistoryInfo(Result):
    """Where the history is, and how much it holds."""

    url: str
    engine: str
    version: str = Field(description="the schema's version")
    bytes: int | None = Field(description="size on disk, where it is known")
    rows: dict[str, int] = Field(description="rows of each table")
    counts: dict[str, int] = Field(description="what else the rooms say of what they keep")
    oldest: datetime | None = Field(description="when the first event was stored")

    def document(self, zone: tzinfo) -> Document:
        """See `Result.document`."""
        facts = [
            ("where", self.url),
            ("engine", self.engine),
            ("schema", self.version),
            ("size", "unknown" if self.bytes is None else f"{self.bytes / 1e6:,.1f} MB"),
            (
                "since",
                f"{self.oldest.astimezone(zone):%Y-%m-%d}" if self.oldest else "nothing stored yet",
            ),
        ]
        facts += [(name, f"{count:,}") for name, count in self.counts.items() if count]
        columns = (Column("Table"), Column("Rows", right=True))
        rows = tuple((name, f"{count:,}") for name, count in self.rows.items())
        return Document("History", None, (Facts(tuple(facts)), Table(columns, rows)))
