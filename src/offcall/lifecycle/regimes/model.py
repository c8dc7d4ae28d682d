"""What the predictor says about one resource."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from offcall.core.findings import Resource
from offcall.lifecycle.prices import Cost

__all__ = ["IF_ANY", "Act", "Dates", "Day", "Disagreement", "Move", "Outlook", "Phase", "Step"]


IF_ANY = (
    ", if this version has extended support: no source here says so, or until when; else AWS "
    "upgrades it"
)
"""Said of extended support that nothing is known of, which is not the same as none."""


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Act(StrEnum):
    """What happens at a step."""

    BILL = "bill"
    """Extended support is charged from then on."""
    UPGRADE = "upgrade"
    """AWS upgrades the resource, asked or not."""
    MINOR = "minor upgrade"
    """AWS moves it to a supported minor version."""
    DEPRECATE = "deprecate"
    """No more patches and no support; it keeps running."""
    BLOCK_CREATE = "block create"
    BLOCK_UPDATE = "block update"
    MAINTENANCE = "maintenance"
    """Pending maintenance is applied."""
    CERTIFICATE = "certificate"
    """The server certificate expires."""
    END = "end"
    """Support ends; nothing happens by itself."""


class Phase(StrEnum):
    """Where a version stands today."""

    STANDARD = "standard"
    EXTENDED = "extended"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Day(_Fact):
    """A date and where it is from. `on` None: over, but the day is not known."""

    on: date | None
    source: str
    as_of: date
    live: bool = False

    @property
    def text(self) -> str:
        """ "2026-02-28 (rds.DescribeDBMajorEngineVersions, 2026-11-24)"."""
        return f"{self.on or 'over'} ({self.source}, {self.as_of})"

    @property
    def after(self) -> date | None:
        """The first day after it, which no longer belongs to what it ends."""
        return self.on + timedelta(days=1) if self.on else None

    def passed(self, today: date) -> bool:
        """Whether the day, which itself still counts, is behind us."""
        return self.on is None or self.on < today


class Disagreement(_Fact):
    """Two sources that give different days for the same thing."""

    what: str
    live: Day
    carried: Day


class Dates(_Fact):
    """The days that matter for a version; None where no day is set or known."""

    cycle: str
    product: str | None = None
    minor_end: Day | None = None
    minor_bound: str | None = None
    minor_unknown: str | None = None
    standard_end: Day | None = None
    extended_start: Day | None = None
    extended_end: Day | None = None
    blocked: Day | None = None
    latest: str | None = None
    policy: str | None = None
    disagreements: tuple[Disagreement, ...] = ()

    def named(self) -> Iterator[tuple[str, Day]]:
        """The days that there are, and what each ends."""
        for name, day in (
            ("minor version until", self.minor_end),
            ("standard support until", self.standard_end),
            ("extended support until", self.extended_end),
            ("updates blocked on", self.blocked),
        ):
            if day is not None:
                yield name, day


class Step(_Fact):
    """One thing that will happen: `on` is the first day on which it can; None is "any time"."""

    act: Act
    on: date | None
    text: str
    cost: Cost | None = None
    source: str


class Move(_Fact):
    """A version to move to and why; `minor` stays in the same major; commands are text only.

    Without `version` only AWS can say which one it may go to, and the commands ask; `goal` is the
    version that lasts longest. `then` marks what only a later upgrade reaches.
    """

    version: str | None
    why: str
    supported_until: date | None = None
    minor: bool = False
    then: bool = False
    goal: str | None = None
    commands: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """ "move to 8.0 (next major version)"; "then 8.4 (...)"; "ask AWS for ..."."""
        until = f", supported until {self.supported_until}" if self.supported_until else ""
        if self.version is None:
            return self.why + until
        return f"{'then' if self.then else 'move to'} {self.version} ({self.why}{until})"


class Outlook(_Fact):
    """Everything there is to say about one resource's version, at one day."""

    resource: Resource
    engine: str
    title: str
    version: str
    phase: Phase
    days_left: int | None = None
    dates: Dates | None = None
    steps: tuple[Step, ...] = ()
    cost_now: Cost | None = None
    moves: tuple[Move, ...] = ()
    not_judged: str | None = None

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands of all moves, each once."""
        return tuple(dict.fromkeys(one for move in self.moves for one in move.commands))

    @property
    def next_move(self) -> str:
        """The furthest version that one upgrade reaches, "ask AWS", or nothing."""
        found = [move for move in self.moves if not move.then]
        return (found[-1].version or "ask AWS") if found else ""

    def next_step(self, today: date) -> Step | None:
        """What AWS does next: the first step still ahead, or one that is due since long ago."""
        ahead = [step for step in self.steps if step.on is None or step.on >= today]
        # What AWS may do at any time is due as well, whatever has a day.
        forced = [
            step
            for step in self.steps
            if step.act in (Act.UPGRADE, Act.MINOR) and (step.on is None or step.on < today)
        ]
        return next(iter([*forced, *ahead]), None)
