"""Who looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

__all__ = ["View"]


@dataclass(frozen=True, slots=True)
class View:
    """Who looks: the zone to show times in, the time to count days from, colour, columns."""

    now: datetime
    zone: tzinfo = UTC
    color: bool = False
    width: int = 100
