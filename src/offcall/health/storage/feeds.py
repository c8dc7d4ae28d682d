"""By which ways events reach us, and when each last brought one: what `health doctor` looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection

from offcall.health.model import Feed
from offcall.health.schema import feeds as table
from offcall.history.database import History

__all__ = ["Counts", "FeedSeen", "count_feeds", "feeds"]


@dataclass(frozen=True, slots=True)
class FeedSeen:
    """What one feed has brought (see `model.Feed`).

    Attributes:
        first_seen, last_seen: when we stored its first and its last message.
        last_sent: the newest time in an envelope, by AWS's clock.
        messages: all of them; `new_messages`: those that no other feed had brought before.
    """

    how: str
    region: str
    account: str
    backup: bool
    first_seen: datetime
    last_seen: datetime
    last_sent: datetime | None
    messages: int
    new_messages: int


@dataclass(slots=True)
class Counts:
    """What one feed brought in one batch."""

    messages: int = 0
    new: int = 0
    sent: datetime | None = None


def feeds(history: History) -> list[FeedSeen]:
    """Every feed that ever brought a message."""
    with history.read() as conn:
        rows = conn.execute(select(table).order_by(*table.primary_key))
        return [FeedSeen(*row) for row in rows]


def count_feeds(
    history: History, conn: Connection, seen: Mapping[Feed, Counts], now: datetime
) -> None:
    """Add a batch's counts, in the batch's transaction."""
    if not seen:
        return
    added = history.insert(table)
    new, old = added.excluded, table.c
    latest = case(
        (func.coalesce(new.last_sent > old.last_sent, old.last_sent.is_(None)), new.last_sent),
        else_=old.last_sent,
    )
    conn.execute(
        added.on_conflict_do_update(
            index_elements=[column.name for column in table.primary_key],
            set_={
                "last_seen": case(
                    (new.last_seen > old.last_seen, new.last_seen), else_=old.last_seen
                ),
                "last_sent": latest,
                "messages": old.messages + new.messages,
                "new_messages": old.new_messages + new.new_messages,
            },
        ),
        # In one order always, so that two workers wait for one another and do not deadlock.
        [
            {
                "how": feed.how,
                "region": feed.region,
                "account": feed.account,
                "backup": feed.backup,
                "first_seen": now,
                "last_seen": now,
                "last_sent": counts.sent,
                "messages": counts.messages,
                "new_messages": counts.new,
            }
            for feed, counts in sorted(seen.items())
        ],
    )
