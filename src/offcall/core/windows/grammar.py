"""Windows: two ends, a length before or after now, or one period."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from offcall.core.windows.calendar import midnight, period_of
from offcall.core.windows.durations import Length, read_iso_length, read_length
from offcall.core.windows.moments import read_extent
from offcall.core.windows.reading import Clock, UnclearError

__all__ = ["read_time", "read_window"]

Ends = tuple[datetime | None, datetime | None]

_LEADING = re.compile(r"(?:in|during|over|for|on|throughout)\s+", re.IGNORECASE)
_ROLLING = re.compile(
    r"(?:the )?(?P<side>last|past|previous|next|coming|following|within|in)"
    r"(?: the)?(?: next| coming)? (?P<length>.+)"
)
_BARE = re.compile(r"(?:the )?(?P<side>last|past|next) (?P<unit>second|minute|hour|day)")
_PAST = re.compile(r"(?:the )?past (?P<unit>week|month|quarter|year)")
_AGO = re.compile(r"(?P<length>.+) ago")
_REST = re.compile(r"(?:the )?(?:rest|remainder) of (?:the |this )?(?P<period>.+)")
_BETWEEN = re.compile(
    r"(?:between (?P<a>.+?) and|from (?P<b>.+?) (?:to|until|till|through)) (?P<end>.+)"
)
_TO = re.compile(r"(?P<start>.+?)(?: to | until | till | through | - )(?P<end>.+)")
_INTERVAL = re.compile(r"(?P<start>.+?)/(?P<end>(?=\d|P\d|PT).+)", re.IGNORECASE)
_SLASHED = re.compile(r"\b(\d{4})/(\d\d)/(\d\d)\b")
_AMBIGUOUS = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")


def read_time(text: str, clock: Clock) -> datetime:
    """The moment that `text` names; of a period, its beginning."""
    try:
        return read_extent(_unslashed(text), clock).start
    except (OverflowError, OSError) as error:
        raise UnclearError("this is outside of the years 1 to 9999") from error


def read_window(text: str, clock: Clock) -> Ends:
    """The two ends that `text` names.

    Raises:
        UnclearError: it names none, or the end is not after the start.
    """
    text = _unslashed(text)
    try:
        for reader in _READERS:
            ends = reader(text, clock)
            if ends is not None:
                return _ordered(*ends)
        return _ordered(*_one(text, clock))
    except (OverflowError, OSError) as error:
        raise UnclearError("this is outside of the years 1 to 9999") from error


def _unslashed(text: str) -> str:
    """2026/03/01 as 2026-03-01; other dates with slashes mean two days."""
    text = _SLASHED.sub(r"\1-\2-\3", text)
    if _AMBIGUOUS.search(text):
        raise UnclearError("day and month can be confused in this; write 2026-03-01")
    return text


def _ordered(start: datetime | None, end: datetime | None) -> Ends:
    if start is not None and end is not None:
        if start == end:
            raise UnclearError("this window is empty: it ends where it begins")
        if start > end:
            raise UnclearError("this window ends before it begins")
    return start, end


def _one(text: str, clock: Clock) -> Ends:
    leading = _LEADING.match(text)
    extent = read_extent(text[leading.end() :] if leading else text, clock)
    if extent.instant:
        raise UnclearError("this is a moment, not a window; say 'since …' or 'until …'")
    return extent.start, extent.end


def _dots(text: str, clock: Clock) -> Ends | None:
    left, dots, right = text.partition("..")
    if not dots:
        return None
    left, right = left.strip(), right.strip(" .")
    if not left and not right:
        raise UnclearError("a window needs at least one end")
    if not right:
        return read_extent(left, clock).start, None
    if not left:
        return None, read_extent(right, clock).until
    return _two(left, right, clock)


def _interval(text: str, clock: Clock) -> Ends | None:
    found = _INTERVAL.fullmatch(text)
    return _two(found["start"], found["end"], clock) if found else None


def _two(left: str, right: str, clock: Clock) -> Ends:
    """A range. An end without a year or date is the occurrence that fits the other end."""
    before, after = read_iso_length(left), read_iso_length(right)
    if after is not None:
        start = read_extent(left, clock).start
        return start, after.after(start, clock.zone)
    if before is not None:
        end = read_extent(right, clock).until
        return before.before(end, clock.zone), end
    first = read_extent(left, clock)
    last = read_extent(right, clock.preferring("future", first.start))
    if first.floating and not last.floating:
        first = read_extent(left, clock.preferring("past", last.start))
    return first.start, last.until


def _between(text: str, clock: Clock) -> Ends | None:
    found = _BETWEEN.fullmatch(_lower_words(text))
    if found is None:
        return None
    return _two(found["a"] or found["b"], found["end"], clock)


def _to(text: str, clock: Clock) -> Ends | None:
    found = _TO.fullmatch(_lower_words(text))
    return _two(found["start"], found["end"], clock) if found else None


def _lower_words(text: str) -> str:
    """The joining words in lower case; zone names keep theirs."""
    words = "between|and|from|to|until|till|through"
    return re.sub(rf"\b(?:{words})\b", lambda m: m[0].lower(), text, flags=re.IGNORECASE)


def _iso(text: str, clock: Clock) -> Ends | None:
    length = read_iso_length(text.lstrip("+-")) if text[0] in "pP+-" else None
    if length is None:
        return None
    return _around(length, clock, back=text.startswith("-"))


def _around(length: Length, clock: Clock, *, back: bool) -> Ends:
    if length.empty:
        raise UnclearError("this window has no length")
    if back:
        return length.before(clock.now, clock.zone), clock.now
    return clock.now, length.after(clock.now, clock.zone)


def _rolling(text: str, clock: Clock) -> Ends | None:
    whole = text.lower()
    leading = _LEADING.match(whole)
    lower = whole[leading.end() :] if leading else whole
    for pattern in (_BARE, _PAST):
        found = pattern.fullmatch(lower)
        if found is not None:
            length = read_length(f"1 {found['unit']}")
            assert length is not None
            return _around(length, clock, back=found.groupdict().get("side") != "next")
    for one in (whole, lower):
        found = _ROLLING.fullmatch(one)
        length = read_length(found["length"]) if found else None
        if found is not None and length is not None:
            back = found["side"] in ("last", "past", "previous")
            return _around(length, clock, back=back)
    return None


def _ago(text: str, clock: Clock) -> Ends | None:
    """ "2 weeks ago" is that calendar week, "2 hours ago" is from then until now."""
    found = _AGO.fullmatch(text.lower())
    length = read_length(found["length"]) if found else None
    if length is None:
        return None
    if length.unit in ("day", "week", "month", "quarter", "year"):
        today = clock.now.astimezone(clock.zone).date()
        first, after = period_of(length.unit, today, -length.count)
        return midnight(first, clock.zone), midnight(after, clock.zone)
    return _around(length, clock, back=True)


def _rest(text: str, clock: Clock) -> Ends | None:
    found = _REST.fullmatch(text.lower())
    if found is None:
        return None
    name = found["period"]
    period = read_extent(
        f"this {name}"
        if name in ("week", "month", "quarter", "year")
        else "today"
        if name == "day"
        else name,
        clock,
    )
    return max(clock.now, period.start), period.end


def _since(text: str, clock: Clock) -> Ends | None:
    word, _, rest = text.partition(" ")
    word = word.lower()
    if word not in ("since", "after", "from", "starting") or not rest:
        return None
    past = clock.preferring("past") if word == "since" else clock
    extent = read_extent(rest.removesuffix(" onwards").removesuffix(" on"), past)
    if word == "since":
        if extent.start >= clock.now:
            raise UnclearError("'since' needs a time in the past; for the future say 'from …'")
        return extent.start, clock.now
    return (extent.end if word == "after" else extent.start), None


def _until(text: str, clock: Clock) -> Ends | None:
    word, _, rest = text.partition(" ")
    word = word.lower()
    if word not in ("until", "till", "by", "before", "through") or not rest:
        return None
    extent = read_extent(rest, clock.preferring("future"))
    end = extent.start if word == "before" else extent.until
    if end <= clock.now:
        raise UnclearError(f"'{word}' needs a time in the future; for the past say '..{rest}'")
    return clock.now, end


def _by_end(text: str, clock: Clock) -> Ends | None:
    """ "end of Q1 2027" alone is from now until then."""
    if not re.match(r"(?:the )?end of ", text.lower()):
        return None
    return _until(f"until {text}", clock)


Reader = Callable[[str, Clock], Ends | None]

_READERS: tuple[Reader, ...] = (
    _dots,
    _iso,
    _interval,
    _between,
    _rolling,
    _ago,
    _rest,
    _since,
    _until,
    _by_end,
    _to,
)
