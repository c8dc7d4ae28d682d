"""What the lifecycle tools return, and how it looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo

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
from offcall.core.findings import Finding, Owner
from offcall.core.render.humane import time_text
from offcall.core.results import Result
from offcall.core.snapshots import Unread
from offcall.core.text import plural
from offcall.lifecycle.prices import usd
from offcall.lifecycle.regimes.model import Act, Outlook, Phase, Step
from offcall.lifecycle.snapshot import Certificate, Pending

__all__ = ["Checked", "Described", "Version", "VersionList", "missing"]


def missing(unread: tuple[Unread, ...]) -> tuple[str, ...]:
    """What could not be read, a line each."""
    return tuple(
        f"{one.what}: {one.why}" + (f" ({one.hint})" if one.hint else "") for one in unread
    )


class Version(BaseModel):
    """One resource: its outlook, its owner, what AWS does next."""

    model_config = ConfigDict(extra="forbid")

    outlook: Outlook
    owner: Owner | None = None
    next: Step | None = None


class VersionList(Result):
    """The versions that run, the most urgent first."""

    now: datetime
    source: str
    taken_at: datetime
    total: int
    versions: list[Version]
    findings: tuple[Finding, ...] = Field(
        default=(), exclude=True, description="For --fail-on and SARIF; `check` shows them."
    )
    unread: tuple[Unread, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        today = self.now.astimezone(UTC).date()
        paying = [v.outlook.cost_now for v in self.versions if v.outlook.cost_now]
        known = [cost.monthly_usd for cost in paying if cost.monthly_usd is not None]
        shown = plural(len(self.versions), "resource")
        if len(self.versions) != self.total:
            shown += f" of {self.total:,}"
        blocks: list[Block] = [
            Table(
                columns=(
                    Column("Resource"),
                    Column("Version", wide=True),
                    Column("Standard until"),
                    Column("What AWS does next", wide=True),
                    Column("Move to"),
                    Column("Owner"),
                ),
                rows=tuple(_row(version, today) for version in self.versions),
                empty="nothing runs here, or nothing in this window",
            )
        ]
        if self.versions:
            said = "Why, what it costs, and how to move: offcall lifecycle show <resource>"
            blocks.append(Line(said, Tone.MUTED))
        if known:
            unknown = len(paying) - len(known)
            also = f", and {plural(unknown, 'charge')} whose price is not known" if unknown else ""
            blocks.append(
                Line(
                    f"Extended support costs {usd(sum(known[1:], known[0]))} a month now, on "
                    f"{plural(len(known), 'resource')}{also}.",
                    Tone.WARN,
                )
            )
        return Document(
            title="Versions and their support",
            subtitle=f"{shown}, from {self.source}, {time_text(self.taken_at, zone)}",
            blocks=tuple(blocks),
        )

    def all_findings(self) -> tuple[Finding, ...]:
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        return missing(self.unread)


def _row(version: Version, today: date) -> tuple[Cell, ...]:
    outlook = version.outlook
    resource = outlook.resource
    place = resource.region or resource.kind
    name = f"{resource.label} ({place})"
    what = f"{outlook.title} {outlook.version}"
    if outlook.not_judged:
        return (
            name,
            what,
            Span("not judged", Tone.MUTED),
            outlook.not_judged,
            "",
            _owner(version),
        )
    end = outlook.dates.standard_end if outlook.dates else None
    until = str(end.on or "over") if end else "no date set"
    days = outlook.days_left
    tone = Tone.PLAIN
    if days is not None:
        tone = Tone.BAD if days <= 30 else Tone.WARN if days <= 180 else Tone.OK
    return (
        name,
        what,
        Span(until if days is None else f"{until} ({days:,} d)", tone),
        _then(version, today),
        outlook.next_move,
        _owner(version),
    )


def _owner(version: Version) -> Cell:
    return version.owner.name if version.owner else Span("nobody", Tone.WARN)


_SHORT = {
    Act.BILL: "extended support",
    Act.UPGRADE: "AWS upgrades it",
    Act.MINOR: "AWS upgrades the minor version",
    Act.DEPRECATE: "deprecated, no more patches",
    Act.BLOCK_CREATE: "no new functions",
    Act.BLOCK_UPDATE: "no more updates of functions",
    Act.MAINTENANCE: "AWS applies maintenance",
    Act.CERTIFICATE: "its certificate expires",
    Act.END: "support ends, AWS does nothing",
}
"""A step in a table; the whole text is for `lifecycle show`."""


def _then(version: Version, today: date) -> Cell:
    step = version.next
    paying = version.outlook.cost_now
    said = []
    tone = Tone.PLAIN
    if step is None and version.outlook.phase is Phase.ENDED:
        # Node groups are left alone when their version has ended, and functions keep running.
        blocked = version.outlook.dates is not None and version.outlook.dates.blocked is not None
        said.append("updates are blocked" if blocked else "support is over, AWS does nothing")
        tone = Tone.BAD
    elif step is None:
        said.append("nothing is announced")
        tone = Tone.MUTED
    else:
        due = step.on is not None and step.on < today
        day = "due now" if due else str(step.on or "any time")
        price = f", {step.cost.text}" if step.act is Act.BILL and step.cost else ""
        said.append(f"{day}: {_SHORT[step.act]}{price}")
        if due and step.act in (Act.UPGRADE, Act.MINOR):
            tone = Tone.BAD
    if paying is not None:
        said.append(f"now extended support, {paying.text}")
    return Span("; ".join(said), tone)


class Described(Result):
    """All there is to say about one resource's version."""

    now: datetime
    version: Version
    settings: dict[str, str]
    certificate: Certificate | None = None
    pending: tuple[Pending, ...] = ()
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        outlook = self.version.outlook
        return Document(
            title=f"{outlook.resource.label}: {outlook.title} {outlook.version}",
            subtitle=f"{outlook.resource.kind}, {outlook.resource.id}",
            blocks=tuple(self._blocks(zone)),
        )

    def _blocks(self, zone: tzinfo) -> Iterator[Block]:
        outlook = self.version.outlook
        today = self.now.astimezone(UTC).date()
        yield Facts(tuple(self._facts()))
        if outlook.not_judged:
            yield Line(f"Not judged: {outlook.not_judged}", Tone.WARN)
        yield Heading("What AWS will do")
        rows = tuple(_step_row(step, today) for step in outlook.steps)
        yield Table(
            columns=(
                Column("When"),
                Column("What", wide=True),
                Column("Price", right=True),
                Column("How it is computed", wide=True),
            ),
            rows=rows,
            empty="nothing is announced for this version",
        )
        if self.pending:
            yield Heading("Pending maintenance")
            yield Bullets(tuple(_pending(one, zone) for one in self.pending))
        if outlook.moves:
            yield Heading("Move to")
            yield Bullets(tuple(move.text for move in outlook.moves))
        if outlook.commands:
            yield Code("\n".join(outlook.commands), "sh")
        yield Heading("Findings")
        yield FindingList(self.findings, brief=False)

    def _facts(self) -> Iterator[tuple[str, Cell]]:
        outlook = self.version.outlook
        owner = self.version.owner
        yield "owner", f"{owner.name} ({owner.rule})" if owner else Span("nobody", Tone.WARN)
        phase = {
            Phase.STANDARD: Tone.OK,
            Phase.EXTENDED: Tone.WARN,
            Phase.ENDED: Tone.BAD,
            Phase.UNKNOWN: Tone.MUTED,
        }[outlook.phase]
        yield "support", Span(outlook.phase.value, phase)
        dates = outlook.dates
        if dates is not None:
            for name, day in dates.named():
                yield name, day.text
            if dates.minor_unknown:
                yield "end of this minor version", Span(dates.minor_unknown, Tone.MUTED)
            for one in dates.disagreements:
                yield f"{one.what}, disagreed", Span(f"{one.carried.text}; not used", Tone.WARN)
        if outlook.cost_now is not None:
            yield "extended support", f"{outlook.cost_now.text}: {outlook.cost_now.basis}"
        yield from self.settings.items()
        if self.certificate:
            till = self.certificate.valid_till
            shown = f" until {till:%Y-%m-%d}" if till else ""
            yield "certificate", f"{self.certificate.authority}{shown}"

    def all_findings(self) -> tuple[Finding, ...]:
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        return missing(self.unread)


def _step_row(step: Step, today: date) -> tuple[Cell, ...]:
    past = step.on is not None and step.on < today
    when = str(step.on or "any time")
    return (
        Span(f"{when} (past)", Tone.MUTED) if past else when,
        Span(step.text, url=step.source),
        step.cost.text if step.cost else "",
        step.cost.basis if step.cost else "",
    )


def _pending(one: Pending, zone: tzinfo) -> str:
    parts = [one.action, one.description or ""]
    for word, moment in (
        ("planned for", one.current_apply),
        ("in the window after", one.auto_applied_after),
        ("forced on", one.forced_apply),
    ):
        if moment:
            parts.append(f"{word} {time_text(moment, zone)}")
    return ", ".join(part for part in parts if part)


class Checked(Result):
    """The findings of all checks on versions."""

    now: datetime
    source: str
    resources: int
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        return Document(
            title="Findings on versions and their support",
            subtitle=f"{plural(len(self.findings), 'finding')} on "
            f"{plural(self.resources, 'resource')}, from {self.source}",
            blocks=(FindingList(self.findings, brief=False, empty="all well"),),
        )

    def all_findings(self) -> tuple[Finding, ...]:
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        return missing(self.unread)
