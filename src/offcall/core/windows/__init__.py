"""Times and time windows as people write them.

    today · tomorrow · yesterday · tonight · last night
    this|next|last week · month · quarter · year · weekend     weeks begin on Monday
    last 24h · past 2 months · next 30 days · in 3 weeks · 2 days ago · rest of the month
    2026-03-01 · 2026-03 · 2026-W10 · 2026-Q1 · Q1 2027 · march · 1 Dec · monday
    2026-03-01..2026-03-31 · 2026-03-01.. · ..2026-03-31       the end day is included
    between 1 Dec and 15 Dec · since monday 9am · until friday · by end of Q1 2027
    P7D · -P1D · PT24H · 2026-03-01/2026-03-08 · 2026-03-01/P7D

Days begin at midnight in the user's zone, whatever daylight saving does there: a day may have 23
or 25 hours, "24h" has always 24. A time may name its own zone: `Z`, `+01:00`, `Europe/Vienna`.

What has no year is the occurrence nearest to now; a weekday is the coming one (today included),
after "since" the latest one. "since X" ends now and "until X" begins now; "X.." and "..X" are
open on the other side. A wall-clock time that daylight saving repeats is the earlier one, as the
end of a window the later; one that it skips is read with the offset from before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from offcall.core.errors import WindowError
from offcall.core.windows.durations import read_iso_length, read_length
from offcall.core.windows.grammar import read_time, read_window
from offcall.core.windows.reading import Clock, Prefer, UnclearError
from offcall.core.windows.window import Window

__all__ = [
    "LENGTH_EXAMPLES",
    "TIME_EXAMPLES",
    "WINDOW_EXAMPLES",
    "Prefer",
    "Window",
    "parse_length",
    "parse_time",
    "parse_window",
]

WINDOW_EXAMPLES = (
    "'next week', 'last 24h', 'next 30 days', '2026-03-01..2026-03-31', "
    "'since monday 9am', 'Q1 2027', 'P7D'"
)
TIME_EXAMPLES = (
    "'2026-03-01T02:15Z', '2026-03-01 02:15 Europe/Vienna', 'yesterday 02:15', "
    "'monday 9am', '2 hours ago', 'in 3 weeks'"
)
LENGTH_EXAMPLES = "'90s', '15m', '2h', '1d', '6 months', 'PT90M'"

# Longer input is never a window; it would only make patterns work.
MAX_LENGTH = 200


def parse_window(text: str, *, now: datetime, zone: tzinfo) -> Window:
    """The window that `text` means at `now`, with days and weeks as they are in `zone`.

    Raises:
        WindowError: not understood, a single moment, or one that ends before it begins.
    """
    try:
        start, end = read_window(_tidy(text), Clock(now, zone))
    except UnclearError as problem:
        raise WindowError(str(problem), value=text, expected=WINDOW_EXAMPLES) from problem
    return Window(start, end, text.strip(), zone)


def parse_time(text: str, *, now: datetime, zone: tzinfo, prefer: Prefer | None = None) -> datetime:
    """The moment that `text` means at `now`, in UTC; of a day or longer, its beginning.

    Args:
        prefer: which occurrence to take when the text does not say ("monday 9am", "02:15",
            "1 Dec"): the latest "past" one or the next "future" one.

    Raises:
        WindowError: not understood.
    """
    try:
        return read_time(_tidy(text), Clock(now, zone, prefer))
    except UnclearError as problem:
        raise WindowError(str(problem), value=text, expected=TIME_EXAMPLES) from problem


def parse_length(text: str, *, now: datetime, zone: tzinfo) -> timedelta:
    """The length of time that `text` means, such as "15m", "1d", "1h 30m" or "PT2H".

    A day has 24 hours; months and years are as long as those that begin at `now` in `zone`.

    Raises:
        WindowError: not understood, or less than a second.
    """
    try:
        tidy = _tidy(text)
        iso = tidy[0] in "pP"
        length = read_iso_length(tidy) if iso else read_length(tidy)
        if length is None:
            raise UnclearError("not a length of time")
        found = timedelta(days=length.days, seconds=length.seconds)
        if length.months:
            found += replace(length, days=0, seconds=0.0).after(now, zone) - now
        # Whoever asks for a length counts from now on, or back.
        _ = (now - found, now + found)
    except OverflowError as problem:
        raise WindowError("too long", value=text, expected=LENGTH_EXAMPLES) from problem
    except UnclearError as problem:
        raise WindowError(str(problem), value=text, expected=LENGTH_EXAMPLES) from problem
    if found < timedelta(seconds=1):
        raise WindowError("shorter than a second", value=text, expected=LENGTH_EXAMPLES)
    return found


def _tidy(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise UnclearError("this is too long for a time or a window")
    tidy = " ".join(text.split())
    for dash in "–—−":
        tidy = tidy.replace(dash, "-")
    if not tidy:
        raise UnclearError("a time or a window is expected, this is empty")
    return tidy
