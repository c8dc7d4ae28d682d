"""Calendar arithmetic in a zone: local days, weeks and months as UTC moments."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, tzinfo

__all__ = ["UNITS", "add_months", "midnight", "moment", "period_of", "shift"]

# Calendar units that "this week" and "last quarter" may name.
UNITS = ("day", "week", "weekend", "month", "quarter", "half", "year")

MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def moment(local: datetime, zone: tzinfo, *, late: bool = False) -> datetime:
    """A wall-clock time in `zone` as UTC.

    Args:
        late: of a time that daylight saving repeats, take the second.
    """
    return local.replace(tzinfo=zone, fold=int(late)).astimezone(UTC)


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a local day, in UTC (where midnight is skipped, 01:00)."""
    return moment(datetime.combine(day, time()), zone)


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("year out of range")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def period_of(unit: str, day: date, offset: int = 0) -> tuple[date, date]:
    """The calendar unit that `day` lies in, moved by `offset` of them: first day, day after.

    A weekend is Saturday and Sunday of the ISO week.
    """
    if unit == "day":
        first = day + timedelta(days=offset)
        return first, first + timedelta(days=1)
    if unit in ("week", "weekend"):
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=offset)
        first = monday + timedelta(days=5 if unit == "weekend" else 0)
        return first, monday + timedelta(days=7)
    length = MONTHS_IN[unit]
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    first = add_months(first, offset * length)
    return first, add_months(first, length)


def shift(at: datetime, zone: tzinfo, *, months: int, days: int, seconds: float) -> datetime:
    """Move a moment: months and days keep the wall-clock time, seconds are exact."""
    if months or days:
        local = at.astimezone(zone)
        day = add_months(local.date(), months) + timedelta(days=days)
        at = moment(
            datetime.combine(day, local.time().replace(fold=0)), zone, late=bool(local.fold)
        )
    return at + timedelta(seconds=seconds)
