"""Windows against an independent computation, on every day, in many zones."""

from __future__ import annotations

import calendar
import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offcall.core.errors import WindowError
from offcall.core.windows import parse_time, parse_window

# With daylight saving at midnight, by half an hour, far east, far west, and none.
ZONES = [
    "UTC", "Europe/Vienna", "America/New_York", "Asia/Beirut", "America/Havana",
    "Australia/Lord_Howe", "Pacific/Kiritimati", "America/Santiago", "Asia/Kolkata",
]  # fmt: skip

zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(631_152_000, 2_840_140_800).map(lambda s: datetime.fromtimestamp(s, UTC))
days = st.dates(date(1990, 1, 1), date(2060, 1, 1))


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """The first minute whose local date is `day`, found by searching."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    while at.astimezone(zone).date() < day:
        at += timedelta(minutes=15)
    return at


@given(now=moments, zone=zones)
def test_next_week_is_the_coming_monday_to_sunday(now: datetime, zone: ZoneInfo) -> None:
    window = parse_window("next week", now=now, zone=zone)
    today = now.astimezone(zone).date()
    monday = today
    while True:
        monday += timedelta(days=1)
        if calendar.weekday(monday.year, monday.month, monday.day) == calendar.MONDAY:
            break
    assert window.start == first_moment(monday, zone)
    assert window.end == first_moment(monday + timedelta(days=7), zone)


@given(now=moments, zone=zones)
def test_units_follow_each_other_without_gap(now: datetime, zone: ZoneInfo) -> None:
    for unit in ("week", "month", "quarter", "year"):
        last, this, coming = (
            parse_window(f"{which} {unit}", now=now, zone=zone)
            for which in ("last", "this", "next")
        )
        assert last.end == this.start
        assert this.end == coming.start
        assert this.contains(now)


@given(now=moments, zone=zones)
def test_quarters(now: datetime, zone: ZoneInfo) -> None:
    today = now.astimezone(zone).date()
    number = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3, 10: 4, 11: 4, 12: 4}[
        today.month
    ]
    named = parse_window(f"Q{number} {today.year:04}", now=now, zone=zone)
    this = parse_window("this quarter", now=now, zone=zone)
    assert (named.start, named.end) == (this.start, this.end)


@given(day=days, zone=zones, now=moments)
def test_a_day_is_all_of_its_moments(day: date, zone: ZoneInfo, now: datetime) -> None:
    window = parse_window(day.isoformat(), now=now, zone=zone)
    assert window.start is not None
    assert window.end is not None
    assert window.start == first_moment(day, zone)
    assert window.end.astimezone(zone).date() == day + timedelta(days=1)
    assert (window.end - timedelta(microseconds=1)).astimezone(zone).date() == day


@given(first=days, length=st.integers(0, 400), zone=zones, now=moments)
def test_ranges_include_both_days(first: date, length: int, zone: ZoneInfo, now: datetime) -> None:
    last = first + timedelta(days=length)
    forms = (f"{first}..{last}", f"{first}/{last}", f"between {first} and {last}")
    windows = [parse_window(text, now=now, zone=zone) for text in forms]
    assert len({(window.start, window.end) for window in windows}) == 1
    assert windows[0].start == first_moment(first, zone)
    assert windows[0].end == first_moment(last + timedelta(days=1), zone)


@given(year=st.integers(1990, 2060), week=st.integers(1, 52), zone=zones, now=moments)
def test_iso_weeks(year: int, week: int, zone: ZoneInfo, now: datetime) -> None:
    window = parse_window(f"{year}-W{week:02}", now=now, zone=zone)
    # The first week is the one with the first Thursday.
    thursday = next(
        date(year, 1, d) for d in range(1, 8) if date(year, 1, d).weekday() == calendar.THURSDAY
    )
    monday = thursday - timedelta(days=3) + timedelta(weeks=week - 1)
    assert window.start == first_moment(monday, zone)
    assert window.end == first_moment(monday + timedelta(days=7), zone)


@given(at=moments, zone=zones)
def test_written_times_are_read_back(at: datetime, zone: ZoneInfo) -> None:
    exact = at.replace(microsecond=0)
    for text in (
        exact.isoformat(),
        exact.astimezone(zone).isoformat(),
        f"{exact:%Y-%m-%d %H:%M:%S}Z",
        f"{exact:%a, %d %b %Y %H:%M:%S} GMT",
        exact.strftime("%Y%m%dT%H%M%SZ"),
    ):
        assert parse_time(text, now=at, zone=ZoneInfo("Asia/Tokyo")) == exact


@given(at=moments, zone=zones)
def test_our_own_output_is_read_back(at: datetime, zone: ZoneInfo) -> None:
    from offcall.core.render.humane import time_text

    exact = at.replace(second=0, microsecond=0)
    assert parse_time(time_text(exact), now=at, zone=zone) == exact


@given(hours=st.integers(1, 5000), now=moments, zone=zones)
def test_hours_are_exact(hours: int, now: datetime, zone: ZoneInfo) -> None:
    window = parse_window(f"last {hours}h", now=now, zone=zone)
    assert window.end == now
    assert window.start == now - timedelta(hours=hours)


@given(count=st.integers(1, 400), now=moments)
def test_days_keep_the_wall_clock(count: int, now: datetime) -> None:
    zone = ZoneInfo("Europe/Vienna")
    window = parse_window(f"next {count} days", now=now, zone=zone)
    assert window.end is not None
    wanted = now.astimezone(zone).replace(tzinfo=None) + timedelta(days=count)
    reached = window.end.astimezone(zone).replace(tzinfo=None)
    # A wall-clock time that is skipped becomes the one an hour later.
    assert reached - wanted in (timedelta(0), timedelta(hours=1))


VOCABULARY = """
    this next last past since until between and from to by end of in ago today tomorrow week month
    2026-03-01 2026-02-30 2026-W10 Q1 .. / - 10:00 9am 31 feb 29 friday P1D PT -P 24h 3 weeks Z
    Europe/Vienna +01:00 99:99 year now 0 dec, 00000000 1772331300 99999 weekend quarter noon
"""
WORDS = st.sampled_from(VOCABULARY.split())


@settings(max_examples=400)
@given(text=st.one_of(st.lists(WORDS, max_size=7).map(" ".join), st.text(max_size=40)))
def test_any_text_is_a_window_or_an_error(text: str) -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    for zone in (UTC, ZoneInfo("Europe/Vienna")):
        with contextlib.suppress(WindowError):
            window = parse_window(text, now=now, zone=zone)
            if window.start is not None and window.end is not None:
                assert window.start < window.end
            assert window.start is not None or window.end is not None
        with contextlib.suppress(WindowError):
            assert parse_time(text, now=now, zone=zone).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Vienna", "2026-03-29", 23),
        ("Europe/Vienna", "2026-10-25", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("America/Havana", "2026-03-08", 23),
        ("Asia/Beirut", "2026-03-29", 23),
    ],
)
def test_days_with_a_change_of_the_clock(zone: str, day: str, hours: float) -> None:
    window = parse_window(day, now=datetime(2026, 1, 1, tzinfo=UTC), zone=ZoneInfo(zone))
    assert window.start is not None
    assert window.end is not None
    assert window.end - window.start == timedelta(hours=hours)


def test_skipped_and_repeated_times() -> None:
    zone, now = ZoneInfo("Europe/Vienna"), datetime(2026, 1, 1, tzinfo=UTC)
    skipped = parse_time("2026-03-29 02:30", now=now, zone=zone)
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    repeated = parse_time("2026-10-25 02:30", now=now, zone=zone)
    assert repeated == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    window = parse_window("2026-10-25 02:00..2026-10-25 02:30", now=now, zone=zone)
    assert window.start == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert window.end == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_last_day_is_a_day_by_the_clock_and_24h_are_exact() -> None:
    zone, now = ZoneInfo("Europe/Vienna"), datetime(2026, 3, 29, 10, tzinfo=UTC)
    assert parse_window("last day", now=now, zone=zone).start == now - timedelta(hours=23)
    assert parse_window("last 24h", now=now, zone=zone).start == now - timedelta(hours=24)
