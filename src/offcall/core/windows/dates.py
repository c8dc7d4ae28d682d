"""Calendar dates and periods: "2026-03-01", "march 2027", "next week", "Q1", "friday"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from offcall.core.windows.calendar import UNITS, add_months, period_of
from offcall.core.windows.reading import Clock, Extent, UnclearError

__all__ = ["read_period"]

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_OF = {m[:n]: i + 1 for i, m in enumerate(_MONTHS) for n in (3, 4, len(m))}
_DAY_OF = {d[:n]: i for i, d in enumerate(_WEEKDAYS) for n in (3, 4, 5, len(d))}

_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\.?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(sorted(_DAY_OF, key=len, reverse=True))})"
_WHICH = r"(?P<which>this|current|next|coming|following|last|previous)"
_UNIT = rf"(?P<unit>{'|'.join(UNITS)})"
_OFFSET = {"this": 0, "current": 0, "next": 1, "coming": 1, "following": 1, "last": -1}
_OFFSET["previous"] = -1
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_NEAR_WORDS = {
    "day before yesterday": -2,
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
}

Reader = Callable[[re.Match[str], Clock], Extent]


def read_period(text: str, clock: Clock) -> Extent | None:
    """The calendar period that `text` names, or None when it names none.

    Raises:
        UnclearError: it looks like one, but there is no such day.
    """
    text = text.lower().strip().removeprefix("the ")
    if text in _NEAR_WORDS:
        first = _today(clock) + timedelta(days=_NEAR_WORDS[text])
        return Extent.days(first, first + timedelta(days=1), clock)
    for pattern, reader in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            return reader(found, clock)
    return None


def _today(clock: Clock) -> date:
    """The real present: "tomorrow" as a range's end does not count from its start."""
    return clock.now.astimezone(clock.zone).date()


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnclearError(f"there is no day {year:04}-{month:02}-{day:02}") from error


def _one_day(day: date, clock: Clock, *, floating: bool = False) -> Extent:
    return Extent.days(day, day + timedelta(days=1), clock, floating=floating)


def _months(year: int, month: int, length: int, clock: Clock, *, floating: bool = False) -> Extent:
    if not 1 <= month <= 12:
        raise UnclearError(f"there is no month {month}")
    first = _date(year, month, 1)
    return Extent.days(first, add_months(first, length), clock, floating=floating)


def _numbers(found: re.Match[str], clock: Clock) -> Extent:
    return _one_day(_date(int(found["year"]), int(found["m"]), int(found["day"])), clock)


def _year_month(found: re.Match[str], clock: Clock) -> Extent:
    return _months(int(found["year"]), int(found["m"]), 1, clock)


def _year(found: re.Match[str], clock: Clock) -> Extent:
    return _months(int(found["year"]), 1, 12, clock)


def _week(found: re.Match[str], clock: Clock) -> Extent:
    groups = found.groupdict()
    floating = groups.get("year") is None
    week = int(found["week"])

    def of(year: int) -> Extent:
        try:
            first = date.fromisocalendar(year, week, int(groups.get("day") or 1))
        except ValueError as error:
            raise UnclearError(f"{year} has no week {week}, or a week has no such day") from error
        length = 1 if groups.get("day") else 7
        return Extent.days(first, first + timedelta(days=length), clock, floating=floating)

    return _nearest(of, clock) if floating else of(int(groups["year"] or 0))


def _quarter(found: re.Match[str], clock: Clock) -> Extent:
    length = 3 if found["kind"] == "q" else 6
    number = int(found["number"])
    if not 1 <= number <= 12 // length:
        raise UnclearError(f"there is no {found['kind'].upper()}{number}")
    first = (number - 1) * length + 1
    year = found.groupdict().get("year")
    if year:
        return _months(int(year), first, length, clock)
    return _nearest(lambda y: _months(y, first, length, clock, floating=True), clock)


def _day_month(found: re.Match[str], clock: Clock) -> Extent:
    month, day = _MONTH_OF[found["month"]], int(found["day"])
    year = found.groupdict().get("year")
    if year:
        exact = _date(int(year), month, day)
        said = found.groupdict().get("weekday")
        if said and _DAY_OF[said] != exact.weekday():
            raise UnclearError(f"{exact} is a {_WEEKDAYS[exact.weekday()].title()}")
        return _one_day(exact, clock)
    return _nearest(lambda y: _one_day(_date(y, month, day), clock, floating=True), clock)


def _month(found: re.Match[str], clock: Clock) -> Extent:
    month = _MONTH_OF[found["month"]]
    groups = found.groupdict()
    if groups.get("year"):
        return _months(int(groups["year"] or 0), month, 1, clock)
    which = groups.get("which")
    if which is None:
        return _nearest(lambda y: _months(y, month, 1, clock, floating=True), clock)
    today = _today(clock)
    year = today.year
    if _OFFSET[which] > 0 and month <= today.month:
        year += 1
    if _OFFSET[which] < 0 and month >= today.month:
        year -= 1
    return _months(year, month, 1, clock)


def _nearest(of: Callable[[int], Extent], clock: Clock) -> Extent:
    """Of the occurrences in the years around, the one that the clock prefers."""
    found: list[Extent] = []
    wrong: UnclearError | None = None
    # A 29 February may be four (in 2100: eight) years away.
    for year in range(clock.today.year - 8, clock.today.year + 9):
        try:
            found.append(of(year))
        except UnclearError as problem:
            wrong = problem
    if not found:
        raise wrong or UnclearError("there is no such date")
    at = clock.at
    if clock.prefer == "past":
        return max((e for e in found if e.start <= at), key=lambda e: e.start)
    if clock.prefer == "future":
        return min((e for e in found if e.end > at), key=lambda e: e.start)

    def distance(one: Extent) -> float:
        if one.start <= at < one.end:
            return 0.0
        return min(abs((one.start - at).total_seconds()), abs((at - one.end).total_seconds()))

    return min(found, key=distance)


def _weekday(found: re.Match[str], clock: Clock) -> Extent:
    wanted = _DAY_OF[found["weekday"]]
    which = found.groupdict().get("which")
    if which is None:
        today = clock.today
        ahead = (wanted - today.weekday()) % 7
        day = today + timedelta(days=ahead if clock.prefer != "past" or not ahead else ahead - 7)
        return _one_day(day, clock, floating=True)
    today = _today(clock)
    if _OFFSET[which] == 0:
        return _one_day(today + timedelta(days=wanted - today.weekday()), clock)
    if _OFFSET[which] > 0:
        return _one_day(today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1), clock)
    return _one_day(today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1), clock)


def _calendar_unit(found: re.Match[str], clock: Clock) -> Extent:
    first, after = period_of(found["unit"], _today(clock), _OFFSET[found["which"]])
    return Extent.days(first, after, clock)


_PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (rf"{_YEAR}-(?P<m>\d\d)-(?P<day>\d\d)", _numbers),
        (r"(?P<year>\d{4})(?P<m>\d\d)(?P<day>\d\d)", _numbers),
        (rf"(?P<day>\d\d?)\.(?P<m>\d\d?)\.{_YEAR}", _numbers),
        (rf"{_YEAR}-(?P<m>\d\d)", _year_month),
        (_YEAR, _year),
        (rf"{_YEAR}-?w(?P<week>\d\d)(?:-?(?P<day>\d))?", _week),
        (rf"(?:week |w)(?P<week>\d\d?)(?:(?: of|,)? {_YEAR})?", _week),
        (rf"{_YEAR}[- ]?(?P<kind>[qh])(?P<number>\d)", _quarter),
        (rf"(?P<kind>[qh])(?P<number>\d)(?:(?: of|,)?[ -]?{_YEAR})?", _quarter),
        (rf"(?:{_WEEKDAY},? )?{_DAY}[ -](?:of )?{_MONTH}(?:,?[ -]{_YEAR})?", _day_month),
        (rf"(?:{_WEEKDAY},? )?{_MONTH} {_DAY}(?:,? {_YEAR})?", _day_month),
        (rf"(?:{_WHICH} )?{_MONTH}", _month),
        (rf"{_MONTH}(?: of|,)?[ -]{_YEAR}", _month),
        (rf"(?:{_WHICH} |on )?{_WEEKDAY}", _weekday),
        (rf"{_WHICH} {_UNIT}", _calendar_unit),
    )
)
