"""Time windows as people write them: "next week", "last 24h", "2026-03-01..2026-03-31", "P7D"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

__all__ = ["Window", "parse_time", "parse_window"]


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` (included) to `end` (excluded), aware UTC; None is open on that side.

    `text` is how it was asked for; `zone` is the one in which days begin.
    """

    start: datetime | None
    end: datetime | None
    text: str
    zone: tzinfo


def parse_window(text: str, *, now: datetime, zone: tzinfo) -> Window:
    raise NotImplementedError


def parse_time(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    raise NotImplementedError
