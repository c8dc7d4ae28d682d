"""What each form means at one fixed moment: Tuesday 24 November 2026, 10:00 in Vienna."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from offcall.core.errors import WindowError
from offcall.core.windows import parse_time, parse_window

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def local(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=VIENNA) if text else None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2026-11-24", "2026-11-25"),
        ("tomorrow", "2026-11-25", "2026-11-26"),
        ("yesterday", "2026-11-23", "2026-11-24"),
        ("the day after tomorrow", "2026-11-26", "2026-11-27"),
        ("this week", "2026-11-23", "2026-11-30"),
        ("next week", "2026-11-30", "2026-12-07"),
        ("last week", "2026-11-16", "2026-11-23"),
        ("Next  Week", "2026-11-30", "2026-12-07"),
        ("this month", "2026-11-01", "2026-12-01"),
        ("next month", "2026-12-01", "2027-01-01"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("this quarter", "2026-10-01", "2027-01-01"),
        ("next quarter", "2027-01-01", "2027-04-01"),
        ("last quarter", "2026-07-01", "2026-10-01"),
        ("this year", "2026-01-01", "2027-01-01"),
        ("next year", "2027-01-01", "2028-01-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("this weekend", "2026-11-28", "2026-11-30"),
        ("next weekend", "2026-12-05", "2026-12-07"),
        ("last weekend", "2026-11-21", "2026-11-23"),
        ("tonight", "2026-11-24T18:00", "2026-11-25T06:00"),
        ("last night", "2026-11-23T18:00", "2026-11-24T06:00"),
        ("last 24h", "2026-11-23T10:00", "2026-11-24T10:00"),
        ("past 2 months", "2026-09-24T10:00", "2026-11-24T10:00"),
        ("next 30 days", "2026-11-24T10:00", "2026-12-24T10:00"),
        ("in the next 30 days", "2026-11-24T10:00", "2026-12-24T10:00"),
        ("over the last 2 weeks", "2026-11-10T10:00", "2026-11-24T10:00"),
        ("last hour", "2026-11-24T09:00", "2026-11-24T10:00"),
        ("past week", "2026-11-17T10:00", "2026-11-24T10:00"),
        ("last 1h30m", "2026-11-24T08:30", "2026-11-24T10:00"),
        ("last 1.5 hours", "2026-11-24T08:30", "2026-11-24T10:00"),
        ("last 2 days and 3 hours", "2026-11-22T07:00", "2026-11-24T10:00"),
        ("in 3 weeks", "2026-11-24T10:00", "2026-12-15T10:00"),
        ("within 3 days", "2026-11-24T10:00", "2026-11-27T10:00"),
        ("2 weeks ago", "2026-11-09", "2026-11-16"),
        ("3 days ago", "2026-11-21", "2026-11-22"),
        ("3 hours ago", "2026-11-24T07:00", "2026-11-24T10:00"),
        ("rest of the week", "2026-11-24T10:00", "2026-11-30"),
        ("rest of the day", "2026-11-24T10:00", "2026-11-25"),
        ("2026-03-01", "2026-03-01", "2026-03-02"),
        ("20260301", "2026-03-01", "2026-03-02"),
        ("1.12.2026", "2026-12-01", "2026-12-02"),
        ("2026-03", "2026-03-01", "2026-04-01"),
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-W10", "2026-03-02", "2026-03-09"),
        ("2026-W10-3", "2026-03-04", "2026-03-05"),
        ("week 50", "2026-12-07", "2026-12-14"),
        ("2026-Q1", "2026-01-01", "2026-04-01"),
        ("Q1 2027", "2027-01-01", "2027-04-01"),
        ("H2 2027", "2027-07-01", "2028-01-01"),
        ("Q1", "2027-01-01", "2027-04-01"),
        ("march", "2027-03-01", "2027-04-01"),
        ("October", "2026-10-01", "2026-11-01"),
        ("in march 2026", "2026-03-01", "2026-04-01"),
        ("last november", "2025-11-01", "2025-12-01"),
        ("next november", "2027-11-01", "2027-12-01"),
        ("1 Dec", "2026-12-01", "2026-12-02"),
        ("Dec 1st, 2027", "2027-12-01", "2027-12-02"),
        ("friday", "2026-11-27", "2026-11-28"),
        ("tuesday", "2026-11-24", "2026-11-25"),
        ("last tuesday", "2026-11-17", "2026-11-18"),
        ("next tuesday", "2026-12-01", "2026-12-02"),
        ("this monday", "2026-11-23", "2026-11-24"),
        ("on friday", "2026-11-27", "2026-11-28"),
        ("2026-03-01..2026-03-31", "2026-03-01", "2026-04-01"),
        ("2026-03-01 .. 2026-03-31", "2026-03-01", "2026-04-01"),
        ("2026/03/01..2026/03/31", "2026-03-01", "2026-04-01"),
        ("2026-01..2026-03", "2026-01-01", "2026-04-01"),
        ("2026-03-01..", "2026-03-01", None),
        ("..2026-03-31", None, "2026-04-01"),
        ("2026-03-01T02:15..2026-03-01T04:00", "2026-03-01T02:15", "2026-03-01T04:00"),
        ("yesterday 22:00..02:00", "2026-11-23T22:00", "2026-11-24T02:00"),
        ("monday..friday", "2026-11-30", "2026-12-05"),
        ("between 1 Dec and 15 Dec", "2026-12-01", "2026-12-16"),
        ("between 15 Dec and 10 Jan 2027", "2026-12-15", "2027-01-11"),
        ("1 dec to 15 jan", "2026-12-01", "2027-01-16"),
        ("1 Dec – 15 Dec", "2026-12-01", "2026-12-16"),
        ("From Monday To Friday", "2026-11-30", "2026-12-05"),
        ("2026-12-01 10:00 - 2026-12-01 12:00", "2026-12-01T10:00", "2026-12-01T12:00"),
        ("since monday 9am", "2026-11-23T09:00", "2026-11-24T10:00"),
        ("since march", "2026-03-01", "2026-11-24T10:00"),
        ("since yesterday", "2026-11-23", "2026-11-24T10:00"),
        ("until friday", "2026-11-24T10:00", "2026-11-28"),
        ("until march", "2026-11-24T10:00", "2027-04-01"),
        ("before friday", "2026-11-24T10:00", "2026-11-27"),
        ("by end of Q1 2027", "2026-11-24T10:00", "2027-04-01"),
        ("end of month", "2026-11-24T10:00", "2026-12-01"),
        ("from 1 Dec", "2026-12-01", None),
        ("after 1 Dec", "2026-12-02", None),
        ("P7D", "2026-11-24T10:00", "2026-12-01T10:00"),
        ("-P1D", "2026-11-23T10:00", "2026-11-24T10:00"),
        ("PT24H", "2026-11-24T10:00", "2026-11-25T10:00"),
        ("p1y2m", "2026-11-24T10:00", "2028-01-24T10:00"),
        ("2026-03-01/2026-03-08", "2026-03-01", "2026-03-09"),
        ("2026-03-01/P7D", "2026-03-01", "2026-03-08"),
        ("P7D/2026-03-07", "2026-03-01", "2026-03-08"),
    ],
)
def test_windows(text: str, start: str | None, end: str | None) -> None:
    window = parse_window(text, now=NOW, zone=VIENNA)
    assert (window.start, window.end) == (local(start), local(end))
    assert window.text == text.strip()
    assert window.zone is VIENNA


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("now", "2026-11-24T09:00"),
        ("2026-03-01T02:15Z", "2026-03-01T02:15"),
        ("2026-03-01T02:15:07.5Z", "2026-03-01T02:15:07.5"),
        ("2026-03-01 02:15", "2026-03-01T01:15"),
        ("2026-03-01 02:15 Europe/Vienna", "2026-03-01T01:15"),
        ("2026-03-01 02:15 europe/vienna", "2026-03-01T01:15"),
        ("2026-03-01 02:15 America/New_York", "2026-03-01T07:15"),
        ("2026-03-01 02:15+01:00", "2026-03-01T01:15"),
        ("2026-03-01T02:15:00-0800", "2026-03-01T10:15"),
        ("2026-03-01 02:15 UTC+2", "2026-03-01T00:15"),
        ("20260301T021500Z", "2026-03-01T02:15"),
        ("Sun, 01 Mar 2026 02:15:00 GMT", "2026-03-01T02:15"),
        ("Thu 3 Dec 2026 09:00 UTC", "2026-12-03T09:00"),
        ("1772331300", "2026-03-01T02:15"),
        ("1772331300000", "2026-03-01T02:15"),
        ("yesterday 02:15", "2026-11-23T01:15"),
        ("yesterday at noon", "2026-11-23T11:00"),
        ("tomorrow 12am", "2026-11-24T23:00"),
        ("today 12pm", "2026-11-24T11:00"),
        ("1 dec 9:30pm", "2026-12-01T20:30"),
        ("2 hours ago", "2026-11-24T07:00"),
        ("an hour ago", "2026-11-24T08:00"),
        ("in 3 weeks", "2026-12-15T09:00"),
        ("-PT2H", "2026-11-24T07:00"),
        ("end of Q1 2027", "2027-03-31T22:00"),
        ("start of next week", "2026-11-29T23:00"),
        ("2026-03-01", "2026-02-28T23:00"),
        ("2026-03-01 Asia/Kolkata", "2026-02-28T18:30"),
        ("next friday 14:00", "2026-11-27T13:00"),
    ],
)
def test_times(text: str, utc: str) -> None:
    assert parse_time(text, now=NOW, zone=VIENNA) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("02:15", "2026-11-24T02:15", "2026-11-25T02:15"),
        ("21:00", "2026-11-23T21:00", "2026-11-24T21:00"),
        ("monday 9am", "2026-11-23T09:00", "2026-11-30T09:00"),
        ("tuesday 9am", "2026-11-24T09:00", "2026-11-24T09:00"),
        ("tuesday 11am", "2026-11-17T11:00", "2026-11-24T11:00"),
        ("1 dec 9:00", "2025-12-01T09:00", "2026-12-01T09:00"),
        ("march", "2026-03-01", "2027-03-01"),
    ],
)
def test_preferred_occurrence(text: str, past: str, future: str) -> None:
    assert parse_time(text, now=NOW, zone=VIENNA, prefer="past") == local(past)
    assert parse_time(text, now=NOW, zone=VIENNA, prefer="future") == local(future)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("soonish", "not a time that offcall understands"),
        ("2026-02-30", "no day 2026-02-30"),
        ("2026-13", "no month 13"),
        ("Q5 2026", "no Q5"),
        ("2025-W53", "no week 53"),
        ("12/01/2026", "confused"),
        ("2026-03-31..2026-03-01", "ends before it begins"),
        ("2026-03-01T10:00..2026-03-01T10:00", "empty"),
        ("..", "at least one end"),
        ("now", "a moment, not a window"),
        ("2026-03-01 02:15", "a moment, not a window"),
        ("2026-03-01 02:15 Mars/Phobos..", "unknown time zone 'Mars/Phobos'"),
        ("since tomorrow", "'since' needs a time in the past"),
        ("until yesterday", "'until' needs a time in the future"),
        ("next 0 days", "no length"),
        ("last 100000 years", "years 1 to 9999"),
        ("since 25:00", "no time 25:00"),
        ("since 13pm", "no hour 13"),
        ("Mon 1 Mar 2026", "is a Sunday"),
        ("since next month 10:00", "longer than a day"),
        ("x" * 500, "too long"),
    ],
)
def test_errors_name_the_value_and_what_is_understood(text: str, said: str) -> None:
    with pytest.raises(WindowError) as caught:
        parse_window(text, now=NOW, zone=VIENNA)
    assert said in caught.value.message
    assert caught.value.value == text
    assert "next week" in (caught.value.expected or "")


def test_time_error_shows_times() -> None:
    with pytest.raises(WindowError) as caught:
        parse_time("whenever", now=NOW, zone=VIENNA)
    assert "yesterday 02:15" in (caught.value.expected or "")


def test_window_in_words() -> None:
    assert str(parse_window("next week", now=NOW, zone=UTC)) == (
        "Mon 30 Nov 2026 – Sun 6 Dec 2026 (UTC)"
    )
    assert str(parse_window("today", now=NOW, zone=VIENNA)) == "Tue 24 Nov 2026 (CET)"
    assert str(parse_window("2026-03-01..", now=NOW, zone=UTC)) == "from Sun 1 Mar 2026 (UTC)"
    assert str(parse_window("last 24h", now=NOW, zone=UTC)) == (
        "Mon 23 Nov 2026 09:00 UTC – Tue 24 Nov 2026 09:00 UTC"
    )


def test_contains_and_overlaps() -> None:
    window = parse_window("2026-03-01..2026-03-31", now=NOW, zone=UTC)
    first, last = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    assert window.contains(first)
    assert not window.contains(last)
    assert window.overlaps(None, None)
    assert window.overlaps(first, first)
    assert not window.overlaps(last, None)
    assert not window.overlaps(None, first)
    assert window.overlaps(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    assert not window.overlaps(datetime(2026, 1, 1, tzinfo=UTC), first)
