"""What the Health API knows and EventBridge never brought.

EventBridge delivers Health events on a best effort basis, so the poll is the other half.
https://docs.aws.amazon.com/health/latest/ug/cloudwatch-events-health.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from offcall.health.model import EventState
from offcall.health.storage import store
from offcall.health.storage.feeds import FeedSeen
from offcall.history.database import History

__all__ = ["PUSHED", "missed", "missed_since"]

PUSHED = frozenset({"sqs"})
"""Feeds that AWS pushes into."""

GRACE = timedelta(hours=1)
"""A message may be this late before it counts as missed."""

LOOK_BACK = timedelta(days=30)
"""What was missed before that is no sign of how the feed works now."""


def missed_since(
    history: History, feeds: Sequence[FeedSeen], now: datetime, since: datetime | None = None
) -> list[EventState]:
    """`missed`, among the events that changed since the last poll, or in the last 30 days.

    Args:
        since: when the API was asked before; what it brought then may be counted as missed now.
    """
    begin = _pushed_since(feeds)
    if begin is None:
        return []
    changed = max(begin, (since - GRACE) if since else now - LOOK_BACK)
    # Stored in the same moment is not before it.
    changed -= timedelta(microseconds=1)
    return missed(store.events(history, changed_since=changed, texts=False), feeds, now)


def missed(
    events: Iterable[EventState], feeds: Sequence[FeedSeen], now: datetime
) -> list[EventState]:
    """Events that only the API brought, since there is a queue, and not just now.

    Without a queue nothing is missed: there is nothing that could have brought it.
    """
    since = _pushed_since(feeds)
    if since is None:
        return []
    found = []
    for event in events:
        ways = {one.how for one in event.feeds}
        if "api" not in ways or ways & PUSHED:
            continue
        updated = event.last_updated or event.first_seen
        if updated is not None and since <= updated <= now - GRACE:
            found.append(event)
    return found


def _pushed_since(feeds: Sequence[FeedSeen]) -> datetime | None:
    return min((one.first_seen for one in feeds if one.how in PUSHED), default=None)
