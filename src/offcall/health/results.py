"""What the health tools answer: lists of events, changes, one event, a moment."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Literal

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
    Span,
    Table,
    Tone,
)
from offcall.core.findings import Finding, Owner, Resource, Runbook
from offcall.core.render.humane import time_text
from offcall.core.results import Result
from offcall.core.text import plural

__all__ = ["Around", "ChangeList", "EventDetail", "EventList", "EventRow", "RankRow", "ResourceRow"]

_LIKELIHOOD_TONES = {"likely": Tone.BAD, "possible": Tone.WARN, "unknown": Tone.WARN}
_STATUS_TONES = {"open": Tone.BAD, "upcoming": Tone.WARN}


class EventRow(BaseModel):
    """One event for one affected account."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Short, for `health show` and the like; no other event has it.")
    arn: str
    account: str | None = Field(description="The affected account; None for a public event.")
    code: str
    title: str
    service: str
    category: str
    region: str | None = None
    scope: str | None = None
    status: str | None = None
    actionability: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    last_updated: datetime | None = None
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = Field(default=(), description="What people call the resources.")
    pending: int = Field(default=0, description="Resources that are not resolved.")
    owners: tuple[str, ...] = ()
    runbook: Runbook | None = None
    next_step: str | None = None
    taken: str | None = None
    stands: Literal["upcoming", "open", "closed"] = Field(
        default="open", description="Its status, or what its dates say when AWS names none."
    )
    over: str | None = Field(
        default=None, description="Why nobody has to do anything about it any more."
    )

    notes: tuple[str, ...] = Field(default=(), description="What was odd in its messages.")

    def standing(self) -> Span:
        """The status in one word: "done" when it is over and AWS has not closed it."""
        word = "done" if self.over and self.stands != "closed" else self.stands
        return Span(word, _STATUS_TONES.get(word, Tone.MUTED))

    def standing_in_full(self) -> Span:
        """The status, and why it is over: "upcoming, but every resource is done"."""
        word = self.standing()
        if self.stands == "closed":
            return word if self.status else Span(f"closed: {self.over}", word.tone)
        return Span(f"{self.stands}, but {self.over}" if self.over else self.stands, word.tone)

    def where(self) -> str:
        """Region and account."""
        return ", ".join(filter(None, (self.region, self.account or "public")))

    def taken_word(self) -> str:
        """ "planned", "acknowledged", or nothing."""
        return (self.taken or "").partition(" ")[0]

    def what(self) -> str:
        """The resources in one line: the first, and how many more."""
        if not self.resources:
            return "the account" if self.account else "everybody"
        first = self.names[0]
        more = len(self.resources) - 1
        return f"{first} and {more:,} more" if more else first


def _when(at: datetime | None, zone: tzinfo) -> str:
    return time_text(at, zone) if at else "no date"


class EventList(Result):
    """Events, as `health list` shows them."""

    title: str = "AWS Health events"
    about: str = Field(description="What was asked for, in words.")
    events: tuple[EventRow, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_out: int = Field(default=0, description="Events beyond --limit.")
    noted: bool = Field(default=False, description="Only those with something odd were asked for.")
    unsure: tuple[str, ...] = Field(default=(), description="Why the list may be empty.")

    def document(self, zone: tzinfo) -> Document:
        """A table, one event a row. What to do about one is for `health show` and the brief."""
        rows = tuple(
            (
                f"{one.starts.astimezone(zone):%Y-%m-%d}" if one.starts else "no date",
                one.standing(),
                one.title,
                f"{one.what()} ({one.region or one.service})",
                ", ".join(one.owners) or Span("nobody", Tone.WARN),
                one.taken_word(),
                Span(one.id, Tone.MUTED),
                *(["; ".join(one.notes)] if self.noted else []),
            )
            for one in self.events
        )
        columns = (
            Column("starts"),
            Column("status"),
            Column("event", wide=True),
            Column("resource", wide=True),
            Column("owner"),
            Column("taken"),
            Column("id"),
            *([Column("odd", wide=True)] if self.noted else []),
        )
        blocks: list[Block] = [Table(columns, rows, empty="no events")]
        if rows:
            said = "What to do, and all of one: offcall health show <id>"
            blocks.append(Line(said, Tone.MUTED))
        if self.left_out:
            said = f"{plural(self.left_out, 'more event')} not shown; raise --limit"
            blocks.append(Line(said, Tone.MUTED))
        return Document(self.title, self.about, tuple(blocks))

    def all_findings(self) -> tuple[Finding, ...]:
        """What is to do about the events that are not closed."""
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        """Names in the question that nobody knows."""
        return self.unsure


class ChangeList(Result):
    """What AWS changes in a window: `health changes`."""

    window: str
    about: str
    changes: tuple[Finding, ...] = ()
    overdue: tuple[Finding, ...] = ()
    undated: tuple[Finding, ...] = ()
    unsure: tuple[str, ...] = Field(default=(), description="Why the list may be empty.")

    def document(self, zone: tzinfo) -> Document:
        """What is in the window, then what should have been done before."""
        empty = f"nothing that AWS announced changes {self.window}"
        blocks: list[Block] = [FindingList(self.changes, brief=False, empty=empty)]
        if self.unsure and not self.changes:
            blocks = [Line(f"Nothing is known that AWS changes {self.window}.", Tone.WARN)]
        if self.overdue:
            blocks += [
                Heading(f"The date has passed, and it is not done ({len(self.overdue)})"),
                Line("AWS may act on these at any time."),
                FindingList(self.overdue),
            ]
        if self.undated:
            blocks += [Heading("AWS names no date"), FindingList(self.undated)]
        return Document(f"What AWS changes {self.window}", self.about, tuple(blocks))

    def all_findings(self) -> tuple[Finding, ...]:
        """All three lists."""
        return (*self.changes, *self.overdue, *self.undated)

    def incomplete(self) -> tuple[str, ...]:
        """Names in the question that nobody knows."""
        return self.unsure


class ResourceRow(BaseModel):
    """One resource of an event."""

    model_config = ConfigDict(frozen=True)

    resource: Resource
    status: str | None = None
    listed: bool = True
    owner: Owner | None = None
    taken: str | None = None


class Update(BaseModel):
    """One revision of an event, in words."""

    model_config = ConfigDict(frozen=True)

    at: datetime | None
    changes: tuple[str, ...]


class EventDetail(Result):
    """One event with everything that is known: `health show`."""

    event: EventRow
    description: str | None
    why: str
    source: str | None
    steps: tuple[str, ...]
    command: str | None
    resources: tuple[ResourceRow, ...]
    timeline: tuple[Update, ...]
    people: tuple[str, ...] = ()
    facts: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    raw: tuple[str, ...] = Field(default=(), description="The messages as they came (--raw).")
    findings: tuple[Finding, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """Facts, what to do, resources, AWS's text, timeline."""
        one = self.event
        pairs: list[tuple[str, Cell]] = [
            ("status", one.standing_in_full()),
            ("starts", _when(one.starts, zone)),
            *([("ends", _when(one.ends, zone))] if one.ends else []),
            ("where", one.where()),
            ("kind", f"{one.code} ({one.category})"),
            ("id", one.id),
            ("arn", one.arn),
            *self.facts.items(),
            ("owner", ", ".join(one.owners) or Span("no owner", Tone.WARN)),
        ]
        if one.runbook:
            pairs.append(("runbook", Span(one.runbook.title, url=one.runbook.url)))
        blocks: list[Block] = [Facts(tuple(pairs)), Heading("What to do"), Line(self.why)]
        blocks.append(Bullets(self.steps, numbered=True))
        if self.command:
            blocks.append(Code(self.command, "sh"))
        if self.source:
            blocks.append(Line(f"Source: {self.source}", Tone.MUTED))
        if self.people:
            blocks += [Heading("What people said"), Bullets(self.people)]
        blocks += [Heading(f"Resources ({len(self.resources):,})"), self._table()]
        if self.description:
            blocks += [Heading("What AWS says"), Line(self.description)]
        blocks += [Heading("Timeline"), Bullets(tuple(_update(one, zone) for one in self.timeline))]
        if self.notes:
            blocks += [Heading("Odd in the messages"), Bullets(self.notes)]
        for body in self.raw:
            blocks.append(Code(body, "json"))
        return Document(one.title, one.what(), tuple(blocks))

    def _table(self) -> Table:
        columns = (Column("resource", wide=True), Column("status"), Column("owner"))
        rows = tuple(
            (
                row.resource.id,
                (row.status or "") + ("" if row.listed else " (no longer named)"),
                row.owner.name if row.owner else Span("no owner", Tone.WARN),
                row.taken or "",
            )
            for row in self.resources
        )
        return Table((*columns, Column("taken", wide=True)), rows, empty="AWS names none")

    def all_findings(self) -> tuple[Finding, ...]:
        """What is to do, for each resource."""
        return self.findings


def _update(one: Update, zone: tzinfo) -> str:
    return f"{_when(one.at, zone)}: {'; '.join(one.changes) or 'first message'}"


class RankRow(BaseModel):
    """One event around a moment, and why it stands where it stands."""

    model_config = ConfigDict(frozen=True)

    event: EventRow
    score: int
    reasons: tuple[str, ...]


class Around(Result):
    """The answer to "was it AWS?": `health during`."""

    at: datetime
    subject: str
    within: str
    likelihood: str = Field(description="likely, possible, unlikely, none, or unknown.")
    verdict: str
    ranks: tuple[RankRow, ...] = ()
    unsure: tuple[str, ...] = Field(default=(), description="What could not be known.")

    def document(self, zone: tzinfo) -> Document:
        """The verdict, then each event with its reasons."""
        tone = _LIKELIHOOD_TONES.get(self.likelihood, Tone.OK)
        blocks: list[Block] = [Line(self.verdict, tone)]
        for number, one in enumerate(self.ranks, start=1):
            event = one.event
            blocks.append(Heading(f"{number}. {event.title}", 3))
            pairs: list[tuple[str, Cell]] = [
                ("event", event.arn),
                ("resource", event.what()),
                ("where", event.where()),
                ("from", _when(event.starts, zone)),
                *([("to", _when(event.ends, zone))] if event.ends else []),
                ("status", event.standing_in_full()),
                ("owner", ", ".join(event.owners) or Span("no owner", Tone.WARN)),
            ]
            if event.runbook:
                pairs.append(("runbook", Span(event.runbook.title, url=event.runbook.url)))
            over = f"it is over; what AWS said: offcall health show {event.id}"
            pairs.append(("next step", event.next_step or over))
            blocks += [Facts(tuple(pairs)), Bullets(one.reasons)]
        return Document(
            f"Was it AWS? {self.subject}, {time_text(self.at, zone)}",
            f"events within {self.within}",
            tuple(blocks),
        )

    def incomplete(self) -> tuple[str, ...]:
        """What could not be known."""
        return self.unsure
