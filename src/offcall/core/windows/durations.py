"""Lengths of time: "24h", "3 weeks", "1h 30m", "P7D", "PT24H"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from offcall.core.windows.calendar import shift

__all__ = ["Length", "read_iso_length", "read_length"]


@dataclass(frozen=True, slots=True)
class Length:
    """A length in calendar months, calendar days and exact seconds; `unit` is its only unit."""

    months: int = 0
    days: int = 0
    seconds: float = 0.0
    unit: str | None = None
    count: int = 0

    def after(self, at: datetime, zone: tzinfo) -> datetime:
        """The moment this much later."""
        return shift(at, zone, months=self.months, days=self.days, seconds=self.seconds)

    def before(self, at: datetime, zone: tzinfo) -> datetime:
        """The moment this much earlier."""
        return shift(at, zone, months=-self.months, days=-self.days, seconds=-self.seconds)

    @property
    def empty(self) -> bool:
        """Whether it is no time at all."""
        return not (self.months or self.days or self.seconds)


_NAMES = {
    "second": ("s", "sec", "secs", "second", "seconds"),
    "minute": ("m", "min", "mins", "minute", "minutes"),
    "hour": ("h", "hr", "hrs", "hour", "hours"),
    "day": ("d", "day", "days"),
    "week": ("w", "wk", "wks", "week", "weeks"),
    "fortnight": ("fortnight", "fortnights"),
    "month": ("mo", "mon", "month", "months"),
    "quarter": ("quarter", "quarters"),
    "year": ("y", "yr", "yrs", "year", "years"),
}
_UNIT = {name: unit for unit, names in _NAMES.items() for name in names}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "couple of": 2,
    "a couple of": 2,
}  # fmt: skip
_COUNT = rf"\d{{1,6}}(?:\.\d+)?\s*|(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\s+"
_PART = re.compile(rf"(?P<count>{_COUNT})(?P<unit>[a-z]+)(?:\s+and\s+|\s*,\s*|\s+|$|(?=\d))")
_ISO = re.compile(
    r"P(?:(?P<y>\d{1,6})Y)?(?:(?P<mo>\d{1,6})M)?(?:(?P<w>\d{1,6})W)?(?:(?P<d>\d{1,6})D)?"
    r"(?:T(?:(?P<h>\d{1,6}(?:[.,]\d+)?)H)?(?:(?P<mi>\d{1,6}(?:[.,]\d+)?)M)?"
    r"(?:(?P<s>\d{1,9}(?:[.,]\d+)?)S)?)?",
    re.IGNORECASE,
)


def read_length(text: str) -> Length | None:
    """A length in words or letters, or None when this is none."""
    rest = text.lower().strip()
    months = days = parts = 0
    seconds = 0.0
    unit: str | None = None
    count = 0.0
    while rest:
        found = _PART.match(rest)
        unit = _UNIT.get(found["unit"]) if found else None
        if found is None or unit is None:
            return None
        word = found["count"].strip()
        count = float(_WORDS.get(word) or word)
        if unit in _SECONDS:
            seconds += count * _SECONDS[unit]
        elif count != int(count):
            if unit not in _DAYS:
                return None
            seconds += count * _DAYS[unit] * 86400
        elif unit in _DAYS:
            days += int(count) * _DAYS[unit]
        else:
            months += int(count) * _MONTHS[unit]
        parts += 1
        rest = rest[found.end() :]
    if not parts:
        return None
    single = unit if parts == 1 else None
    return Length(months, days, seconds, single, int(count) if single else 0)


def read_iso_length(text: str) -> Length | None:
    """An ISO 8601 duration without sign, or None when this is none."""
    found = _ISO.fullmatch(text)
    if found is None or text[-1:].upper() in ("P", "T"):
        return None

    def number(name: str) -> float:
        return float((found[name] or "0").replace(",", "."))

    return Length(
        months=int(number("y")) * 12 + int(number("mo")),
        days=int(number("w")) * 7 + int(number("d")),
        seconds=number("h") * 3600 + number("mi") * 60 + number("s"),
    )
