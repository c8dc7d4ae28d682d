"""The lines of a brief, and the part in which each stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from offcall.brief.merging import Merged, event_type, taken_by
from offcall.core.checks import sort_key
from offcall.core.findings import Finding, Severity

__all__ = ["BriefLine", "Parts", "needs_somebody", "parts_of"]

SOON_DAYS = 7


class BriefLine(BaseModel):
    """One thing that somebody should know or do.

    `sources` are the rules and event types that tell of it; `taken` says who has it in hand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    finding: Finding
    sources: tuple[str, ...]
    fingerprints: tuple[str, ...]
    taken: str | None = None
    new: bool = Field(
        default=False, description="Came up after the brief that this one is compared to."
    )

    @classmethod
    def of(cls, merged: Merged, new: frozenset[str]) -> BriefLine:
        """A line for merged findings; new when the one that leads is new."""
        shown, parts = merged
        return cls(
            finding=shown,
            sources=tuple(dict.fromkeys(event_type(one) or one.rule for one in parts)),
            fingerprints=tuple(one.fingerprint for one in parts),
            taken=taken_by(shown),
            new=parts[0].fingerprint in new,
        )

    @property
    def at(self) -> datetime | None:
        """When it has to be done, or happens."""
        return self.finding.deadline or self.finding.starts


class Parts(BaseModel):
    """The parts of a brief; each line stands in one of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    open: tuple[BriefLine, ...] = ()
    changing: tuple[BriefLine, ...] = ()
    support: tuple[BriefLine, ...] = ()
    later: tuple[BriefLine, ...] = Field(default=(), description="Support that ends later.")
    setup: tuple[BriefLine, ...] = ()
    notices: tuple[BriefLine, ...] = Field(default=(), description="Nobody needs to do anything.")

    def all(self) -> tuple[BriefLine, ...]:
        """Every line that asks for something."""
        return (*self.open, *self.changing, *self.support, *self.later, *self.setup)


def parts_of(lines: Iterable[BriefLine], *, until: datetime | None) -> Parts:
    """Sort lines into parts. Support that ends after `until` and is not urgent goes to `later`."""
    found: dict[str, list[BriefLine]] = {name: [] for name in Parts.model_fields}
    for line in lines:
        found[_part(line, until)].append(line)
    for name, part in found.items():
        part.sort(key=_by_time if name in ("changing", "later") else _by_weight)
    return Parts.model_validate({name: tuple(part) for name, part in found.items()})


def _part(line: BriefLine, until: datetime | None) -> str:
    finding = line.finding
    if finding.category == "notice":
        return "notices"
    if finding.category == "support":
        urgent = finding.severity in (Severity.HIGH, Severity.CRITICAL)
        inside = line.at is None or until is None or line.at < until
        return "support" if inside or urgent else "later"
    return {"open": "open", "setup": "setup"}.get(finding.category or "", "changing")


def needs_somebody(line: BriefLine, now: datetime) -> bool:
    """Whether it is wrong now or due within seven days, and nobody has taken it."""
    if line.taken or line.finding.severity in (Severity.INFO, Severity.LOW):
        return False
    if line.finding.category == "open":
        return True
    return line.at is not None and (line.at.date() - now.date()).days <= SOON_DAYS


def _by_weight(line: BriefLine) -> tuple[int, float, str, str]:
    return sort_key(line.finding)


def _by_time(line: BriefLine) -> tuple[float, int, str]:
    when = line.at.timestamp() if line.at else float("inf")
    return (when, -line.finding.severity.rank, line.finding.resource.id)
