"""What people were told: one thread for each channel and alert, and each message with its outcome.

`version` of a thread counts its messages; a worker that wants to add one must have seen the
newest version, so that two workers never queue the same message (compare and swap on one row).
`alert` is the state that was last queued, `told` the one that was last sent.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, Table, Text, UniqueConstraint

from offcall.history.schema.base import BigId, UTCDateTime, metadata

__all__ = ["messages", "threads"]

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
