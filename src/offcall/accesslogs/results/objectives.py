"""How objectives are kept, and rules for Prometheus."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from pydantic import Field

from offcall.accesslogs.results.answers import Answer, Row
from offcall.core.documents import (
    Block,
    Cell,
    Code,
    Column,
    Document,
    Facts,
    Heading,
    Line,
    Span,
    Table,
    Tone,
)
from offcall.core.render.humane import duration_text, time_text
from offcall.core.results import Result

__all__ = ["Burning", "Kept", "Objectives", "Rules"]


class Burning(Row):
    """How fast the budget burns, in a long and a short window of time."""

    long_seconds: int
    short_seconds: int
    long_rate: float | None = Field(description="1 uses the budget up just in its time.")
    short_rate: float | None
    limit: float = Field(description="From this rate on in both windows, somebody must know.")
    page: bool = Field(description="At once; else in a ticket.")
    alert: bool


class Kept(Row):
    """How one objective is kept."""

    source: str
    objective: str
    share: float = Field(description="Of the requests that are to be good, 0 to 1.")
    days: int
    requests: int
    bad: int
    good_share: float | None
    budget_left: float | None = Field(description="1 all of it, 0 nothing, below 0 overdrawn.")
    covered_seconds: float | None = Field(description="How much of the time the logs cover.")
    burning: tuple[Burning, ...]


class Objectives(Answer):
    """How the objectives of the estate are kept."""

    now: datetime
    objectives: tuple[Kept, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """A table of objectives, then one of burn rates."""
        blocks: list[Block] = []
        for one in self.objectives:
            blocks += [Heading(f"{one.source}: {one.objective}"), *_kept(one)]
        if not self.objectives:
            blocks.append(Line("no objectives", Tone.MUTED))
        return Document("Objectives", f"at {time_text(self.now, zone)}", tuple(blocks))


def _kept(one: Kept) -> list[Block]:
    if one.good_share is None or one.budget_left is None or one.covered_seconds is None:
        return [Line("no requests in its time", Tone.WARN)]
    left = one.budget_left
    tone = Tone.BAD if left < 0 else Tone.WARN if left < 0.25 else Tone.OK
    said = f"{left:.1%} left" if left >= 0 else f"spent {1 - left:.1f} times over"
    pairs: list[tuple[str, Cell]] = [
        ("good", f"{one.good_share:.3%} of {one.requests:,} requests; {one.bad:,} bad"),
        ("budget", Span(said, tone)),
    ]
    if one.covered_seconds < one.days * 86_400 * 0.99:
        covered = duration_text(timedelta(seconds=round(one.covered_seconds)))
        pairs.append(("logs", f"cover {covered} of {one.days} days"))
    rows = tuple(
        (
            duration_text(timedelta(seconds=burn.long_seconds)),
            _rate(burn.long_rate),
            duration_text(timedelta(seconds=burn.short_seconds)),
            _rate(burn.short_rate),
            f"{burn.limit:g}",
            Span("page" if burn.page else "ticket", Tone.BAD) if burn.alert else "",
        )
        for burn in one.burning
    )
    columns = (
        Column("over"),
        Column("burn rate", right=True),
        Column("and over"),
        Column("burn rate", right=True),
        Column("alert from", right=True),
        Column("alert"),
    )
    return [Facts(tuple(pairs)), Table(columns, rows)]


def _rate(rate: float | None) -> str:
    return "no requests" if rate is None else f"{rate:.1f}"


class Rules(Result):
    """Rules for Prometheus."""

    service: str
    objective: str
    text: str = Field(description="The rules file, YAML.")

    def document(self, zone: tzinfo) -> Document:
        """The file as it is."""
        return Document(
            "Prometheus rules", f"{self.service}: {self.objective}", (Code(self.text, "yaml"),)
        )
