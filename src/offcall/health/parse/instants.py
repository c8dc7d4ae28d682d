"""Times in the two forms that AWS documents, as text that sorts: `2026-08-27 13:19:03.000000`.

An import has three of them in each message and wants them as text again, so it never makes a
datetime. Every other form is for `values.time`.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

__all__ = ["instant", "instant_text"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTES = frozenset(f"{hour:02}:{minute:02}:" for hour in range(24) for minute in range(60))
_ENDS = {
    f"{second:02}{zone}": f"{second:02}.000000" for second in range(60) for zone in ("Z", " GMT")
}


def instant_text(written: str) -> str | None:
    """The text for `Thu, 27 Aug 2026 13:19:03 GMT` or `2026-08-27T13:19:03Z`.

    None for everything else, also when the weekday is wrong or there is no such day.
    """
    length = len(written)
    if length == 29:
        day, minute, end = _day(written[:17]), written[17:23], _ENDS.get(written[23:])
    elif length == 20:
        day, minute, end = _iso_day(written[:11]), written[11:17], _ENDS.get(written[17:])
    else:
        return None
    if day is None or end is None or minute not in _MINUTES:
        return None
    return f"{day}{minute}{end}"


def instant(text: str) -> datetime:
    """The datetime of what `instant_text` gave."""
    return datetime.fromisoformat(f"{text}+00:00")


@lru_cache(maxsize=4096)
def _day(written: str) -> str | None:
    """`2026-08-27 ` of `Thu, 27 Aug 2026 `."""
    try:
        month = _MONTHS.index(written[8:11]) + 1
        day = date(int(written[12:16]), month, int(written[5:7]))
    except ValueError:
        return None
    name = _DAYS[day.weekday()]
    same = written == f"{name}, {day.day:02} {written[8:11]} {day.year:04} "
    return f"{day.isoformat()} " if same else None


@lru_cache(maxsize=4096)
def _iso_day(written: str) -> str | None:
    """`2026-08-27 ` of `2026-08-27T`."""
    try:
        day = date.fromisoformat(written[:10])
    except ValueError:
        return None
    return f"{day.isoformat()} " if written == f"{day.isoformat()}T" else None
