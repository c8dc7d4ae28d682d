"""What the Health API knows and EventBridge never brought. Pure.

EventBridge delivers Health events on a best effort basis, so the poll is the other half.
https://docs.aws.amazon.com/health/latest/ug/cloudwatch-events-health.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from offcall.health.feeds import FeedSeen
from offcall.health.model import EventState

__all__ = ["PUSHED", "missed"]

PUSHED = frozenset({"sqs"})
"""Feeds that AWS pushes into."""

GRACE = timedelta(hours=1)
"""A message may be this late before it counts as missed."""


def missed(
    events: Iterable[EventState], feeds: Sequence[FeedSeen], now: datetime
) -> list[EventState]:
    """Events that only the API brought, since there is a queue, and not just now.

    Without a queue nothing is missed: there is nothing that could have brought it.
    """
    pushed = [one.first_seen for one in feeds if one.how in PUSHED]
    if not pushed:
        return []
    since = min(pushed)
    found = []
    for event in events:
        ways = {one.how for one in event.feeds}
        if "api" not in ways or ways & PUSHED:
            continue
        updated = event.last_updated or event.first_seen
        if updated is not None and since <= updated <= now - GRACE:
            found.append(event)
    return found
