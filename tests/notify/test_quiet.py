"""Quiet hours and digests, in the reader's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.core.findings import Severity
from offcall.notify.estate import DAYS, Digest, QuietHours
from offcall.notify.quiet import next_digest, quiet_until

VIENNA = ZoneInfo("Europe/Vienna")
NIGHT = QuietHours.model_validate({"from": "22:00", "to": "07:00"})


def at(text: str, zone: ZoneInfo = VIENNA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-24 21:59", None),
        ("2026-11-24 22:00", "2026-11-25 07:00"),
        ("2026-11-25 03:00", "2026-11-25 07:00"),
        ("2026-11-25 06:59", "2026-11-25 07:00"),
        ("2026-11-25 07:00", None),
        # The night in which summer time ends is an hour longer, and that hour is still quiet.
        ("2026-10-25 02:30", "2026-10-25 07:00"),
    ],
)
def test_a_night_ends_in_the_morning(now: str, end: str | None) -> None:
    assert quiet_until(NIGHT, Severity.HIGH, at(now), VIENNA) == (at(end) if end else None)


def test_severity_overrides() -> None:
    assert quiet_until(NIGHT, Severity.CRITICAL, at("2026-11-24 23:00"), VIENNA) is None
    nobody = NIGHT.model_copy(update={"unless": None})
    assert quiet_until(nobody, Severity.CRITICAL, at("2026-11-24 23:00"), VIENNA) is not None


def test_days_are_those_on_which_quiet_begins() -> None:
    weekend = QuietHours.model_validate({"from": "18:00", "to": "08:00", "days": ["fri"]})
    assert quiet_until(weekend, Severity.LOW, at("2026-11-28 07:00"), VIENNA) == at(
        "2026-11-28 08:00"
    )
    assert quiet_until(weekend, Severity.LOW, at("2026-11-28 19:00"), VIENNA) is None


def test_windows_that_touch_are_one() -> None:
    days = ["sat", "sun"]
    weekend = QuietHours.model_validate({"from": "00:00", "to": "00:00", "days": days})
    assert quiet_until(weekend, Severity.LOW, at("2026-11-28 10:00"), VIENNA) == at(
        "2026-11-30 00:00"
    )


def test_own_zone_wins_over_the_readers() -> None:
    tokyo = NIGHT.model_copy(update={"time_zone": "Asia/Tokyo"})
    assert quiet_until(tokyo, Severity.LOW, at("2026-11-24 14:30"), VIENNA) == at(
        "2026-11-25 07:00", ZoneInfo("Asia/Tokyo")
    )


times = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
clocks = st.times().map(lambda t: t.strftime("%H:%M"))


@given(now=times, start=clocks, end=clocks, days=st.sets(st.sampled_from(DAYS), min_size=1))
def test_quiet_ends_and_it_is_loud_then(
    now: datetime, start: str, end: str, days: set[str]
) -> None:
    quiet = QuietHours.model_validate({"from": start, "to": end, "days": sorted(days)})
    until = quiet_until(quiet, Severity.LOW, now, VIENNA)
    if until is None:
        return
    assert now < until <= now + timedelta(days=10)
    # Only quiet without any gap in the week has no loud moment.
    if start != end or len(days) < 7:
        assert quiet_until(quiet, Severity.LOW, until, VIENNA) is None


def test_digests() -> None:
    daily = Digest.model_validate({"at": "09:00"})
    assert next_digest(daily, at("2026-11-24 08:59"), VIENNA) == at("2026-11-24 09:00")
    assert next_digest(daily, at("2026-11-24 09:00"), VIENNA) == at("2026-11-25 09:00")
    weekly = Digest.model_validate({"every": "week", "on": "mon", "at": "08:30"})
    assert next_digest(weekly, at("2026-11-24 08:59"), VIENNA) == at("2026-11-30 08:30")


@given(now=times, at_=clocks, every=st.sampled_from(["day", "week"]))
def test_the_next_digest_is_in_the_future_and_near(now: datetime, at_: str, every: str) -> None:
    digest = Digest.model_validate({"every": every, "at": at_})
    due = next_digest(digest, now, VIENNA)
    assert now < due <= now + timedelta(days=8)
