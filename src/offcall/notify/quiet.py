"""When quiet hours end, and when the next digest is due. Pure; days begin in the reader's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from offcall.core.findings import Severity
from offcall.notify.estate import DAYS, Digest, QuietHours

__all__ = ["next_digest", "quiet_until"]


def quiet_until(
    quiet: QuietHours, severity: Severity, now: datetime, zone: tzinfo
) -> datetime | None:
    """When the quiet that holds at `now` ends (UTC), or None when a message may go.

    Windows that touch are one: Friday night and a quiet weekend end on Monday.
    """
    if quiet.unless is not None and severity.rank >= quiet.unless.rank:
        return None
    zone = ZoneInfo(quiet.time_zone) if quiet.time_zone else zone
    at = now
    for _ in range(9):
        end = _window_end(quiet, at, zone)
        if end is None:
            break
        at = end
    return at if at > now else None


def _window_end(quiet: QuietHours, at: datetime, zone: tzinfo) -> datetime | None:
    local = at.astimezone(zone)
    for back in (1, 0):
        day = local.date() - timedelta(days=back)
        if DAYS[day.weekday()] not in quiet.days:
            continue
        start = datetime.combine(day, quiet.start, zone)
        last = day if quiet.end > quiet.start else day + timedelta(days=1)
        end = datetime.combine(last, quiet.end, zone)
        # Compared in UTC: wall times of one zone are compared without their offsets.
        if start.astimezone(UTC) <= at < end.astimezone(UTC):
            return end.astimezone(UTC)
    return None


def next_digest(digest: Digest, now: datetime, zone: tzinfo) -> datetime:
    """The first time after `now` at which the digest is sent, in UTC."""
    zone = ZoneInfo(digest.time_zone) if digest.time_zone else zone
    day = now.astimezone(zone).date()
    while True:
        if digest.every == "day" or DAYS[day.weekday()] == digest.on:
            at = datetime.combine(day, digest.at, zone).astimezone(UTC)
            if at > now:
                return at
        day += timedelta(days=1)
