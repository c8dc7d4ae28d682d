"""What people were told: one thread for each channel and alert, and each message with its outcome.

`version` of a thread counts its messages; a worker that wants to add one must have seen the
newest version, so that two workers never queue the same message (compare and swap on one row).
`alert` is the state that was last queued, `told` the one that was last sent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    and_,
    literal,
    select,
)

from offcall.history.schema import BigId, Part, Prunable, UTCDateTime, metadata
from offcall.history.schema.findings import findings

__all__ = ["PART", "messages", "threads"]

threads = Table(
    "notify_thread",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("covered", Integer),
    Column("alert", JSON, nullable=False),
    Column("told", JSON(none_as_null=True)),
    Column("reference", JSON, nullable=False),
    Column("updated_at", UTCDateTime, nullable=False),
    Index(None, "state"),
)

messages = Table(
    "notify_message",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("alert", JSON, nullable=False),
    Column("digest", Text),
    Column("rule", Text, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_at", UTCDateTime),
    Column("ended_at", UTCDateTime),
    Column("outcome", Text),
    UniqueConstraint("channel", "key", "version"),
    Index(None, "state", "due_at"),
    Index(None, "key"),
)


def _over(before: datetime) -> ColumnElement[bool]:
    # Under a name of its own: the query around it may ask for the same table.
    one = messages.alias("unsent")
    unsent = select(one.c.id).where(
        one.c.channel == threads.c.channel,
        one.c.key == threads.c.key,
        one.c.state.in_(["waiting", "sending"]),
    )
    return and_(threads.c.state == "resolved", threads.c.updated_at < before, ~unsent.exists())


# Whoever was told of a finding is still to be told that it is over.
_still_told = select(threads.c.key).where(
    threads.c.key == literal("finding|") + findings.c.fingerprint, threads.c.state == "open"
)

PART = Part(
    prunable=(
        Prunable(
            threads,
            (threads.c.channel, threads.c.key),
            _over,
            ((messages, (messages.c.channel, messages.c.key)),),
        ),
    ),
    keeps=((findings, _still_told.exists()),),
)
