"""Numbers and times, parsed from the bytes where they stand.

Each function fills `out` and `valid`; what is `-`, or missing, is not valid. What is no number
marks its row in `bad`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from offcall.accesslogs.reading.memory import compiled

__all__ = ["integers", "seconds", "times"]

_DASH, _DOT, _ZERO = 45, 46, 48
_DAY = 86_400_000_000


@compiled
def integers(text: Any, starts: Any, ends: Any, rows: int, out: Any, valid: Any, bad: Any) -> None:
    """int64, with a sign perhaps."""
    for row in range(rows):
        at, end = starts[row], ends[row]
        out[row] = 0
        valid[row] = False
        if end - at < 1 or (end - at == 1 and text[at] == _DASH):
            continue
        negative = text[at] == _DASH
        if negative:
            at += 1
        value: Any = 0
        good = end - at <= 18
        while at < end and good:
            digit = np.int64(text[at]) - _ZERO
            good = 0 <= digit <= 9
            value = value * 10 + digit
            at += 1
        if good:
            out[row] = -value if negative else value
            valid[row] = True
        else:
            bad[row] = True


@compiled
def seconds(
    text: Any, starts: Any, ends: Any, rows: int, unit: float, out: Any, valid: Any, bad: Any
) -> None:
    """float64 seconds, of a decimal number of `1 / unit` seconds. -1 is not valid: there is none.

    The nearest float, as Python reads the same text.
    """
    for row in range(rows):
        at, end = starts[row], ends[row]
        out[row] = 0.0
        valid[row] = False
        if end - at < 1 or (end - at == 1 and text[at] == _DASH):
            continue
        negative = text[at] == _DASH
        if negative:
            at += 1
        value: Any = 0
        scale = 1.0
        point = False
        good = 1 <= end - at <= 16
        digits = 0
        while at < end and good:
            if text[at] == _DOT and not point:
                point = True
            else:
                digit = np.int64(text[at]) - _ZERO
                good = 0 <= digit <= 9
                value = value * 10 + digit
                digits += 1
                if point:
                    scale *= 10.0
            at += 1
        if not good or digits == 0:
            bad[row] = True
        elif not negative:
            out[row] = value / (scale * unit)
            valid[row] = True


@compiled
def _digits(text: Any, at: int, count: int) -> Any:
    """The number in so many bytes; -1 if one is no digit."""
    value: Any = 0
    for place in range(at, at + count):
        digit = np.int64(text[place]) - _ZERO
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@compiled
def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 (Howard Hinnant's `days_from_civil`)."""
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@compiled
def times(text: Any, starts: Any, ends: Any, rows: int, out: Any, valid: Any, bad: Any) -> None:
    """int64 microseconds since 1970 in UTC, of `2026-11-24T09:00:00[.ffffff][Z]`.

    Between the date and the time any one byte may stand. A time without a zone is UTC.
    """
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    for row in range(rows):
        at, end = starts[row], ends[row]
        out[row] = 0
        valid[row] = False
        if end - at < 1 or (end - at == 1 and text[at] == _DASH):
            continue
        if end - at > 19 and text[end - 1] == 90:
            end -= 1
        if end - at < 19:
            bad[row] = True
            continue
        year, month, day = _digits(text, at, 4), _digits(text, at + 5, 2), _digits(text, at + 8, 2)
        hour, minute = _digits(text, at + 11, 2), _digits(text, at + 14, 2)
        second = _digits(text, at + 17, 2)
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        good = (
            year >= 1970
            and 1 <= month <= 12
            and text[at + 4] == _DASH
            and text[at + 7] == _DASH
            and text[at + 13] == 58
            and text[at + 16] == 58
            and 0 <= hour <= 23
            and 0 <= minute <= 59
            and 0 <= second <= 60
        )
        if good:
            good = 1 <= day <= lengths[month] + (1 if month == 2 and leap else 0)
        micros = 0
        if good and end - at > 19:
            places = end - at - 20
            micros = _digits(text, at + 20, places) if 1 <= places <= 6 else -1
            good = text[at + 19] == _DOT and micros >= 0
            for _ in range(6 - places):
                micros *= 10
        if not good:
            bad[row] = True
            continue
        clock = ((hour * 60 + minute) * 60 + second) * 1_000_000
        out[row] = _days(year, month, day) * _DAY + clock + micros
        valid[row] = True
