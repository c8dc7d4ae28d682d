"""AWS Health: events, the deliveries that they are folded from, people's actions, quarantine.

`account` is the empty string where the model has None (public events), so that unique keys hold.
Bodies are bytes: JSON may hold what a text column may not.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    and_,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine import Connection

from offcall.history.schema import BigId, Part, Prunable, UTCDateTime, metadata

__all__ = ["PART", "actions", "deliveries", "events", "feeds", "quarantine"]

events = Table(
    "health_event",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    # Eight bytes of a digest of the ARN, then eight of the account: short, and good for both.
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("arn", Text, nullable=False),
    Column("service", Text, nullable=False, server_default=""),
    Column("code", Text, nullable=False, server_default=""),
    Column("category", Text, nullable=False, server_default=""),
    Column("region", Text, nullable=False, server_default=""),
    Column("scope", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, server_default=""),
    Column("starts", UTCDateTime),
    Column("ends", UTCDateTime),
    Column("last_updated", UTCDateTime),
    Column("first_seen", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    # Folded, as JSON. Empty: see `storage/refold.py`; NULL: not folded yet, never to be seen.
    Column("state", LargeBinary),
    Index(None, "changed_at"),
)

# Nine of ten are closed, and nobody asks for all of those.
_NOT_CLOSED = text("status <> 'closed'")
_alive = Index("ix_health_event_alive", events.c.status, sqlite_where=_NOT_CLOSED)


@event.listens_for(events, "before_create")
def _partial_too(_: Table, conn: Connection, **_options: object) -> None:
    """Make the index partial in PostgreSQL as well.

    `postgresql_where` above would load that dialect, and asyncio with it, into every command.
    """
    if conn.dialect.name == "postgresql":
        _alive.dialect_options["postgresql"]["where"] = _NOT_CLOSED


deliveries = Table(
    "health_delivery",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("key", LargeBinary, nullable=False),
    Column("event_id", BigInteger, ForeignKey("health_event.id"), nullable=False),
    Column("received_at", UTCDateTime, nullable=False),
    Column("feeds", LargeBinary, nullable=False),
    Column("notes", LargeBinary),
    Column("body", LargeBinary, nullable=False),
    # The key alone is unique too, but it is random; behind the event it comes in order.
    UniqueConstraint("event_id", "key"),
)

actions = Table(
    "health_action",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("event_id", BigInteger, ForeignKey("health_event.id"), nullable=False, index=True),
    Column("entity", Text),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("note", Text),
    Column("planned_for", UTCDateTime),
)

feeds = Table(
    "health_feed",
    metadata,
    Column("how", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("backup", Boolean, primary_key=True),
    Column("first_seen", UTCDateTime, nullable=False),
    Column("last_seen", UTCDateTime, nullable=False),
    Column("last_sent", UTCDateTime),
    Column("messages", BigInteger, nullable=False),
    Column("new_messages", BigInteger, nullable=False),
)

quarantine = Table(
    "health_quarantine",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("origin", LargeBinary, nullable=False),
    Column("source", Text, nullable=False),
    Column("line", Integer),
    Column("first_seen", UTCDateTime, nullable=False),
    Column("last_seen", UTCDateTime, nullable=False),
    Column("times", Integer, nullable=False),
    Column("settled_at", UTCDateTime),
    Column("settled_by", Text),
    Column("settled_how", Text),
    Index(None, "settled_at"),
)


def _over(before: datetime) -> ColumnElement[bool]:
    # By our clock too: what came late is not yet old here.
    ended = func.coalesce(events.c.ends, events.c.last_updated, events.c.changed_at)
    return and_(events.c.status == "closed", ended < before, events.c.changed_at < before)


PART = Part(
    prunable=(
        Prunable(
            events,
            (events.c.id,),
            _over,
            ((deliveries, (deliveries.c.event_id,)), (actions, (actions.c.event_id,))),
        ),
        Prunable(quarantine, (quarantine.c.id,), lambda before: quarantine.c.settled_at < before),
    ),
    begins=(events.c.first_seen,),
    counts={
        "quarantined": select(func.count())
        .select_from(quarantine)
        .where(quarantine.c.settled_at.is_(None))
    },
)
