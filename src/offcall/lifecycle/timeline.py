"""The timeline: one bar for what shares engine, version cycle and fate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.documents import Bar, Document, Line, Mark, Timeline, Tone
from offcall.core.findings import Finding
from offcall.core.results import Result
from offcall.core.snapshots import Unread
from offcall.core.text import plural
from offcall.lifecycle.judging import at
from offcall.lifecycle.regimes.model import Act, Outlook, Step
from offcall.lifecycle.results import missing

__all__ = ["Fate", "SupportTimeline", "bars", "fates"]

Span = tuple[datetime, datetime, Tone, str]


class Fate(BaseModel):
    """Resources whose versions share their dates and what is done to them."""

    model_config = ConfigDict(extra="forbid")

    title: str
    names: list[str]
    outlook: Outlook

    @property
    def label(self) -> str:
        """ "RDS for PostgreSQL 13: stock-db, orders-db" cut to a few names."""
        shown = ", ".join(self.names[:2])
        more = f" +{len(self.names) - 2}" if len(self.names) > 2 else ""
        return f"{self.title}: {shown}{more}"


class SupportTimeline(Result):
    """When support ends and what AWS does, as a picture."""

    start: datetime
    end: datetime
    now: datetime
    source: str
    fates: list[Fate]
    left_out: list[str]
    findings: tuple[Finding, ...] = Field(
        default=(), exclude=True, description="For --fail-on and SARIF; `check` shows them."
    )
    unread: tuple[Unread, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        total = sum(len(fate.names) for fate in self.fates)
        picture = Timeline(
            start=self.start,
            end=self.end,
            now=self.now,
            bars=tuple(bars(self.fates, self.start, self.end)),
        )
        note = (
            f"Not drawn, for want of a date: {', '.join(self.left_out)}." if self.left_out else None
        )
        return Document(
            title="Support of what runs",
            subtitle=f"{plural(total, 'resource')}, from {self.source}",
            blocks=(picture, Line(note, Tone.MUTED)) if note else (picture,),
        )

    def all_findings(self) -> tuple[Finding, ...]:
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        return missing(self.unread)


def fates(outlooks: Iterable[Outlook]) -> tuple[list[Fate], list[str]]:
    """Outlooks grouped by engine, cycle and steps, soonest first; and the names without a date."""
    groups: dict[tuple[object, ...], Fate] = {}
    without: list[str] = []
    for outlook in outlooks:
        if outlook.dates is None or outlook.dates.standard_end is None:
            without.append(outlook.resource.label)
            continue
        acts = tuple((step.act, step.on) for step in outlook.steps)
        # Another minor version of the same major is the same fate, unless a minor has its own end.
        key = (outlook.engine, outlook.resource.kind, outlook.dates.cycle, acts)
        title = f"{outlook.title} {outlook.dates.cycle}"
        if outlook.resource.kind.endswith("nodegroup"):
            title += " nodes"
        fate = groups.setdefault(key, Fate(title=title, names=[], outlook=outlook))
        fate.names.append(outlook.resource.label)

    def soonest(fate: Fate) -> tuple[date, str]:
        dates = fate.outlook.dates
        end = dates.standard_end.on if dates and dates.standard_end else None
        return (end or date.min, fate.title)

    return sorted(groups.values(), key=soonest), without


def bars(found: Iterable[Fate], start: datetime, end: datetime) -> Iterator[Bar]:
    """A bar a fate: standard support, extended support, none; marks where AWS acts."""
    for fate in found:
        spans = [span for span in _spans(fate.outlook, start, end) if span[0] < span[1]]
        marks = tuple(
            Mark(at=at(step.on), text=_word(step), tone=_tone(step))
            for step in fate.outlook.steps
            if step.on is not None and start <= at(step.on) <= end and step.act is not Act.BILL
        )
        if spans or marks:
            yield Bar(label=fate.label, spans=tuple(spans), marks=marks)


def _spans(outlook: Outlook, start: datetime, end: datetime) -> Iterator[Span]:
    dates = outlook.dates
    if dates is None or dates.standard_end is None:
        return

    def moment(day: date | None) -> datetime:
        # The last day itself still belongs to the period; "over" lies before the picture.
        stop = at(day) + timedelta(days=1) if day else start
        return min(max(stop, start), end)

    standard = moment(dates.standard_end.on)
    yield (start, standard, Tone.OK, "standard support")
    extended = standard
    at_once = any(
        step.act is Act.UPGRADE and step.on is not None and at(step.on) <= standard
        for step in outlook.steps
    )
    if dates.extended_end is not None and not at_once:
        extended = max(standard, moment(dates.extended_end.on))
        yield (standard, extended, Tone.WARN, "extended support")
    elif dates.blocked is not None:
        extended = max(standard, moment(dates.blocked.on))
        yield (standard, extended, Tone.WARN, "deprecated")
    yield (extended, end, Tone.BAD, "no support")


def _word(step: Step) -> str:
    cost = f", {step.cost.text}" if step.cost else ""
    return {
        Act.UPGRADE: "AWS upgrades it",
        Act.MINOR: "AWS upgrades the minor version",
        Act.DEPRECATE: "deprecated",
        Act.BLOCK_CREATE: "no new functions (about)",
        Act.BLOCK_UPDATE: "no more updates",
        Act.END: "support ends",
        Act.MAINTENANCE: "maintenance",
        Act.CERTIFICATE: "the certificate expires",
        Act.BILL: f"extended support{cost}",
    }[step.act]


def _tone(step: Step) -> Tone:
    hard = (Act.UPGRADE, Act.MINOR, Act.BLOCK_UPDATE, Act.CERTIFICATE, Act.END)
    return Tone.BAD if step.act in hard else Tone.WARN


def usual_period(now: datetime) -> tuple[datetime, datetime]:
    """Three months back, two years ahead."""
    today = now.astimezone(UTC)
    return today - timedelta(days=90), today + timedelta(days=730)
