"""Messages that could not be understood: kept whole, listed, tried again, or discarded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from offcall.health.model import Origin
from offcall.history.database import History

__all__ = ["Held", "discard", "held", "listed", "retry"]


@dataclass(frozen=True, slots=True)
class Held:
    """One body in quarantine. `settled_how` is "parsed" or "discarded" once it is out."""

    id: int
    reason: str
    body: bytes
    origin: Origin
    line: int | None
    first_seen: datetime
    last_seen: datetime
    times: int
    settled_at: datetime | None
    settled_by: str | None
    settled_how: str | None


def listed(history: History, *, settled: bool = False) -> list[Held]:
    """What is in quarantine, newest first; with `settled` also what was."""
    raise NotImplementedError


def held(history: History, id: int) -> Held:
    """One of them. Raises UserError when there is none."""
    raise NotImplementedError


def retry(history: History, ids: list[int] | None, by: str, now: datetime) -> list[Held]:
    """Parse again (after an upgrade); what is understood now is ingested and leaves. All if None.

    Returns those that were tried, as they stand now."""
    raise NotImplementedError


def discard(history: History, id: int, by: str, why: str, now: datetime) -> Held:
    """Take it out, with a reason, audited; the body stays."""
    raise NotImplementedError
