"""One moment or period: a date, a date with a time and a zone, or a distance from now."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

from offcall.core.windows.calendar import moment, period_of
from offcall.core.windows.dates import read_period
from offcall.core.windows.durations import read_iso_length, read_length
from offcall.core.windows.reading import Clock, Extent, UnclearError, read_zone

__all__ = ["read_extent"]

_TIME = re.compile(
    r"(?:(?P<date>.*?)(?:(?:^|[\s,]+)(?:at\s+)?|(?<=\d)t))?"
    r"(?:(?P<word>noon|midnight)|(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?)?\s*(?P<half>[ap]m\b)?)"
    r"(?:\s*(?P<zone>z|[+-]\d\d(?::?\d\d)?|utc[+-]\d{1,2}|[a-z]+(?:/[\w+-]+)*))?",
    re.IGNORECASE,
)
_ZONE_AT_END = re.compile(r"(?P<rest>.+?)\s+(?P<zone>[A-Za-z]+(?:/[\w+-]+)+|UTC|GMT|Z)")
_EPOCH = re.compile(r"\d{10}|\d{13}")
_EDGE = re.compile(r"(?:the )?(?P<edge>end|start|beginning) of (?:the )?(?P<period>.+)")
_BASIC = re.compile(r"\d{8}T\d{4}(?:\d\d)?(?:Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


def read_extent(text: str, clock: Clock) -> Extent:
    """The moment or period that `text` names.

    Raises:
        UnclearError: it names none.
    """
    for reader in (_now, _epoch, _distance, _edge, _dated):
        found = reader(text, clock)
        if found is not None:
            return found
    raise UnclearError("this is not a time that offcall understands")


def _now(text: str, clock: Clock) -> Extent | None:
    return Extent.at(clock.now) if text.lower() == "now" else None


def _epoch(text: str, _clock: Clock) -> Extent | None:
    if not _EPOCH.fullmatch(text):
        return None
    seconds = int(text) / (1000 if len(text) == 13 else 1)
    return Extent.at(datetime.fromtimestamp(seconds, UTC))


def _distance(text: str, clock: Clock) -> Extent | None:
    lower = text.lower()
    sign = -1 if lower.startswith("-p") else 1
    length = read_iso_length(text.lstrip("+-")) if lower.lstrip("+-").startswith("p") else None
    if length is None:
        for start, end, sign in (("in ", "", 1), ("", " ago", -1), ("", " from now", 1)):  # noqa: B007 - the sign is used below
            if lower.startswith(start) and lower.endswith(end):
                length = read_length(lower.removeprefix(start).removesuffix(end))
                if length is not None:
                    break
    if length is None:
        return None
    move = length.after if sign > 0 else length.before
    return Extent.at(move(clock.now, clock.zone))


def _edge(text: str, clock: Clock) -> Extent | None:
    found = _EDGE.fullmatch(text.lower())
    if found is None:
        return None
    name = found["period"]
    if name in ("day", "week", "weekend", "month", "quarter", "year"):
        name = f"this {name}"
    period = read_extent(name, clock)
    if period.instant:
        raise UnclearError("only a day or longer has a beginning and an end")
    return Extent.at(period.end if found["edge"] == "end" else period.start)


def _dated(text: str, clock: Clock) -> Extent | None:
    if _BASIC.fullmatch(text):
        exact = datetime.fromisoformat(text.upper())
        return Extent.at(exact.astimezone(UTC)) if exact.tzinfo else _at(exact, clock)
    period = _night(text, clock) or read_period(text, clock)
    if period is not None:
        return period
    found = _TIME.fullmatch(text)
    if found is not None and (found["minute"] or found["half"] or found["word"]):
        return _with_time(found, clock)
    ending = _ZONE_AT_END.fullmatch(text)
    if ending is not None:
        return read_period(ending["rest"], clock.within(_zone(ending["zone"])))
    return None


def _night(text: str, clock: Clock) -> Extent | None:
    """18:00 to 06:00, as somebody on call means it."""
    lower = text.lower()
    if lower not in ("tonight", "last night"):
        return None
    day, _ = period_of("day", clock.now.astimezone(clock.zone).date(), -(lower != "tonight"))
    evening = datetime.combine(day, time(18))
    morning = datetime.combine(day + timedelta(days=1), time(6))
    return Extent(moment(evening, clock.zone), moment(morning, clock.zone))


def _zone(name: str) -> tzinfo:
    offset = re.fullmatch(r"(?:utc)?([+-])(\d{1,2}):?(\d\d)?", name.lower())
    if offset is not None:
        length = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if length >= timedelta(hours=24) or int(offset[3] or 0) > 59:
            raise UnclearError(f"{name} is not an offset from UTC")
        return timezone(length if offset[1] == "+" else -length)
    zone = read_zone(name)
    if zone is None:
        raise UnclearError(f"unknown time zone '{name}'; use an IANA name such as Europe/Vienna")
    return zone


def _clock_time(found: re.Match[str]) -> time:
    if found["word"]:
        return time(12 if found["word"].lower() == "noon" else 0)
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise UnclearError(f"there is no hour {hour} {half}")
        hour = hour % 12 + (12 if half == "pm" else 0)
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    # A leap second is the last one that the calendar knows.
    second = min(second, 59) if second == 60 else second
    if hour > 23 or minute > 59 or second > 59:
        raise UnclearError(f"there is no time {found['hour']}:{minute:02}:{second:02}")
    return time(hour, minute, second, int((found["part"] or "0").ljust(6, "0")[:6]))


def _with_time(found: re.Match[str], clock: Clock) -> Extent:
    if found["zone"]:
        clock = clock.within(_zone(found["zone"]))
    at = _clock_time(found)
    name = (found["date"] or "").strip(" ,")
    if not name:
        return _next_time(at, clock)
    day = read_period(name, clock)
    if day is None:
        raise UnclearError(f"'{name}' is not a day that offcall understands")
    first = day.start.astimezone(clock.zone).date()
    if (day.end - day.start) > timedelta(hours=26):
        raise UnclearError(f"'{name}' is longer than a day, so it has no time of day")
    result = _at(datetime.combine(first, at), clock)
    if day.floating and clock.prefer == "past" and result.start > clock.at:
        earlier = _earlier(name, day, clock)
        result = _at(datetime.combine(earlier, at), clock)
    return replace(result, floating=day.floating)


def _earlier(name: str, day: Extent, clock: Clock) -> datetime:
    """The occurrence before `day`, for "monday 9am" on a Monday at eight."""
    before = read_period(name, clock.preferring("past", day.start - timedelta(hours=12)))
    assert before is not None
    return before.start.astimezone(clock.zone)


def _next_time(at: time, clock: Clock) -> Extent:
    today = clock.today
    result = _at(datetime.combine(today, at), clock)
    if clock.prefer == "past" and result.start > clock.at:
        result = _at(datetime.combine(today - timedelta(days=1), at), clock)
    if clock.prefer == "future" and result.start <= clock.at:
        result = _at(datetime.combine(today + timedelta(days=1), at), clock)
    return replace(result, floating=True)


def _at(local: datetime, clock: Clock) -> Extent:
    first = moment(local, clock.zone)
    second = moment(local, clock.zone, late=True)
    return Extent(first, first, late=second if second > first else None)
