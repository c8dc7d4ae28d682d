from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from offcall.core.documents import Tone
from offcall.core.render.humane import (
    bytes_text,
    deadline_text,
    deadline_tone,
    duration_text,
    money_text,
    relative_text,
    span_text,
    time_text,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=30), "now"),
        (timedelta(minutes=40), "in 40 minutes"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=5), "in 5 hours"),
        (timedelta(hours=-20), "20 hours ago"),
        (timedelta(hours=26), "tomorrow"),
        (timedelta(hours=-30), "yesterday"),
        (timedelta(days=9), "in 9 days"),
        (timedelta(days=-3), "3 days ago"),
        (timedelta(days=200), "in 7 months"),
        (timedelta(days=800), "in 2.2 years"),
        (timedelta(days=-1096), "3 years ago"),
    ],
)
def test_relative(length: timedelta, text: str) -> None:
    assert relative_text(NOW + length, NOW) == text


def test_days_are_local() -> None:
    # 23:30 UTC is the next day in Vienna.
    late = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)
    assert relative_text(late, NOW) == "in 9 days"
    assert relative_text(late, NOW, ZoneInfo("Europe/Vienna")) == "in 10 days"
    assert deadline_text(late, NOW, ZoneInfo("Europe/Vienna")) == (
        "in 10 days, Fri 4 Dec 2026 00:30 CET"
    )


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "Tue 24 Nov 2026 09:00 UTC"),
        ("Europe/Vienna", "Tue 24 Nov 2026 10:00 CET"),
        ("Asia/Kolkata", "Tue 24 Nov 2026 14:30 IST"),
        ("America/Sao_Paulo", "Tue 24 Nov 2026 06:00 -03:00"),
        ("Asia/Kathmandu", "Tue 24 Nov 2026 14:45 +05:45"),
    ],
)
def test_time_names_its_zone(zone: str, text: str) -> None:
    assert time_text(NOW, ZoneInfo(zone)) == text


def test_deadline_tone() -> None:
    assert deadline_tone(NOW - timedelta(days=1), NOW) is Tone.BAD
    assert deadline_tone(NOW + timedelta(days=7), NOW) is Tone.BAD
    assert deadline_tone(NOW + timedelta(days=30), NOW) is Tone.WARN
    assert deadline_tone(NOW + timedelta(days=31), NOW) is Tone.PLAIN


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234.5", "USD", "$1,234.50"),
        ("0", "USD", "$0.00"),
        ("0.1", "USD", "$0.10"),
        ("0.0125", "USD", "$0.0125"),
        ("0.0000002", "USD", "$0.0000002"),
        ("-3", "EUR", "-€3.00"),
        ("12", "CHF", "CHF 12.00"),
        ("1200", "JPY", "JPY 1,200"),
    ],
)
def test_money(amount: str, currency: str, text: str) -> None:
    assert money_text(Decimal(amount), currency) == text
    assert money_text(Decimal(amount), currency, per="hour") == f"{text}/hour"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (20 * 1024**3, "20 GiB"),
        (300 * 1024**2, "300 MiB"),
        (2**60, "1024 PiB"),
    ],
)
def test_bytes(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=61), "1 minute 1 second"),
        (timedelta(days=3, hours=4, minutes=5), "3 days 4 hours"),
        (timedelta(days=1, minutes=5), "1 day"),
    ],
)
def test_durations(length: timedelta, text: str) -> None:
    assert duration_text(length) == text


def test_span_of_all_time() -> None:
    assert span_text(None, None) == "all time"
    assert span_text(None, NOW) == "until Tue 24 Nov 2026 09:00 UTC"
