"""Single values of a message: times, booleans, numbers, maps, in every way in which they come.

Each function takes the notes of the delivery and adds what was odd; none raises.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import msgspec

__all__ = ["boolean", "number", "text", "text_map", "time"]

_MONTHS = {
    "Jan": 1,
    "Feb": 2,
    "Mar": 3,
    "Apr": 4,
    "May": 5,
    "Jun": 6,
    "Jul": 7,
    "Aug": 8,
    "Sep": 9,
    "Oct": 10,
    "Nov": 11,
    "Dec": 12,
}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DIGITS = re.compile(r"-?\d{9,14}(\.\d+)?$")
_ZONE = re.compile(r"(.*\S)\s+([A-Z]{2,5})$")
_ZONES = {
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "WET": 0,
    "WEST": 60,
    "CET": 60,
    "CEST": 120,
    "BST": 60,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
    "SGT": 480,
    "HKT": 480,
    "JST": 540,
    "KST": 540,
    "AEST": 600,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
}
"""Minutes east of UTC."""
_AMBIGUOUS = frozenset(("IST", "AST", "ADT"))
_WEEKDAY = re.compile(r"([A-Z][a-z]{2})[a-z]*,\s")


def text(value: Any, name: str, notes: list[str]) -> str | None:
    """Text, or None for nothing. What is not text is shown as JSON, and noted."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        notes.append(f"{name} is not text")
        value = msgspec.json.encode(value).decode()
    if "\x00" in value:
        notes.append(f"{name} holds a NUL character")
        value = value.replace("\x00", "�")
    return str(value)


def text_map(value: Any, name: str, notes: list[str]) -> dict[str, str]:
    """A mapping with text values; other values become JSON. Tags may be Key/Value pairs."""
    if not value:
        return {}
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        pairs = (
            (one.get("Key", one.get("key")), one.get("Value", one.get("value"))) for one in value
        )
        value = {key: one for key, one in pairs if key is not None}
    if not isinstance(value, dict):
        notes.append(f"{name} is not a mapping")
        return {}
    return {
        str(key): one if isinstance(one, str) else msgspec.json.encode(one).decode()
        for key, one in value.items()
    }


def boolean(value: Any) -> bool:
    """AWS writes booleans as text."""
    if isinstance(value, str):
        return value.strip().lower() in ("true", "1", "yes")
    return bool(value)


def number(value: Any, default: int, name: str, notes: list[str]) -> int:
    """AWS writes numbers as text. Anything below 1 or not a number is `default`, and noted."""
    if value is None or value == "":
        return default
    try:
        found = int(value)
    except (TypeError, ValueError, OverflowError):
        found = 0
    if not 0 < found < 2**31:
        notes.append(f"{name} is not a count: {_short(value)}")
        return default
    return found


def time(value: Any, name: str, notes: list[str]) -> datetime | None:
    """A point in time in UTC, from whatever a message has.

    `Thu, 27 Aug 2026 13:19:03 GMT` (whose weekday AWS itself gets wrong), ISO 8601 with or
    without zone, Python's `str(datetime)`, and seconds or milliseconds since 1970.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        found, odd = _of_text(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found, odd = _of_number(float(value)), ""
    else:
        found, odd = None, ""
    if found is None:
        notes.append(f"{name} is not a time: {_short(value)}")
    elif odd:
        notes.append(f"{name} {odd}")
    return found


@lru_cache(maxsize=16384)
def _of_text(value: str) -> tuple[datetime | None, str]:
    try:
        if len(value) == 29 and value[3] == "," and value.endswith(" GMT"):
            found = datetime(
                int(value[12:16]),
                _MONTHS[value[8:11]],
                int(value[5:7]),
                int(value[17:19]),
                int(value[20:22]),
                int(value[23:25]),
                tzinfo=UTC,
            )
            return found, _weekday(value, found)
    except (ValueError, KeyError):
        return None, ""
    stripped = value.strip()
    if _DIGITS.match(stripped):
        return _of_number(float(stripped)), ""
    zone = _ZONE.match(stripped)
    if zone is not None:
        return _in_zone(zone[1], zone[2])
    try:
        found = datetime.fromisoformat(stripped)
    except ValueError:
        try:
            found = parsedate_to_datetime(stripped)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None, ""
        if stripped.endswith("-0000"):
            found = found.replace(tzinfo=UTC)
    try:
        if found.tzinfo is None:
            return found.replace(tzinfo=UTC), "has no time zone: UTC is assumed"
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        # Year 1 or 9999 that leaves the calendar when it is moved to UTC.
        return None, ""
    return found, _weekday(stripped, found)


def _in_zone(value: str, zone: str) -> tuple[datetime | None, str]:
    """A time without zone and the short name of one."""
    found, odd = _of_text(value)
    if found is None or "no time zone" not in odd:
        return None, ""
    if zone in _ZONES:
        return found - timedelta(minutes=_ZONES[zone]), _weekday(value, found)
    why = "has several meanings" if zone in _AMBIGUOUS else "is not understood"
    return found, f"has a zone {zone!r} that {why}: UTC is assumed"


def _weekday(value: str, found: datetime) -> str:
    written = _WEEKDAY.match(value)
    if written and written[1] != _DAYS[found.weekday()]:
        return f"names a wrong weekday: {written[1]} for {found:%Y-%m-%d}"
    return ""


def _of_number(seconds: float) -> datetime | None:
    if abs(seconds) > 1e11:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
