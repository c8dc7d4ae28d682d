"""What is known of the resources that were looked at."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Table, Text

from offcall.history.schema.base import UTCDateTime, metadata

__all__ = ["resources"]

resources = Table(
    "resource",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("body", JSON, nullable=False),
    Column("room", Text, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Index(None, "seen_at"),
)
