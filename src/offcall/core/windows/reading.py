"""What reading a time starts from and gives: the clock, an extent, the error inside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from offcall.core.windows.calendar import midnight

__all__ = ["Clock", "Extent", "Prefer", "UnclearError", "read_zone"]

Prefer = Literal["past", "future"]


class UnclearError(ValueError):
    """The text is not understood; the message says which part."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The present, the zone, and which occurrence to prefer when a text leaves it open.

    `anchor` is the other end of a range, which such an occurrence must lie before or after.
    """

    now: datetime
    zone: tzinfo
    prefer: Prefer | None = None
    anchor: datetime | None = None

    @property
    def at(self) -> datetime:
        """The moment that occurrences are counted from."""
        return self.anchor or self.now

    @property
    def today(self) -> date:
        """The local day of that moment."""
        return self.at.astimezone(self.zone).date()

    def within(self, zone: tzinfo) -> Clock:
        """The same clock in another zone."""
        return replace(self, zone=zone)

    def preferring(self, prefer: Prefer | None, anchor: datetime | None = None) -> Clock:
        """The same clock with another preference."""
        return replace(self, prefer=prefer, anchor=anchor)


@dataclass(frozen=True, slots=True)
class Extent:
    """What a text names: a moment (start is end) or a calendar period.

    `floating` tells that the text left open which occurrence is meant (no year, no date).
    `late` is the moment's second occurrence when daylight saving repeats it.
    """

    start: datetime
    end: datetime
    floating: bool = False
    late: datetime | None = None

    @property
    def instant(self) -> bool:
        """A moment, not a period."""
        return self.start == self.end

    @property
    def until(self) -> datetime:
        """Where a window ends that ends with this."""
        return self.late or self.end

    @classmethod
    def at(cls, moment: datetime) -> Extent:
        """A moment."""
        return cls(moment, moment)

    @classmethod
    def days(cls, first: date, after: date, clock: Clock, *, floating: bool = False) -> Extent:
        """Local days, the last excluded."""
        return cls(midnight(first, clock.zone), midnight(after, clock.zone), floating)


def read_zone(name: str) -> tzinfo | None:
    """The zone of an IANA name (any case), or None when there is no such zone."""
    if name.lower() in ("z", "utc", "gmt"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        same = [known for known in available_timezones() if known.lower() == name.lower()]
        return ZoneInfo(same[0]) if same else None
