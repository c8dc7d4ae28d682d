"""Findings and their lifecycle, and the audit of what people changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

from offcall.history.schema.base import BigId, UTCDateTime, metadata
from offcall.history.schema.part import Part, Prunable

__all__ = ["PART", "audit", "findings", "mutes"]

findings = Table(
    "finding",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("scope", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("account", Text),
    Column("body", JSON, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("first_seen", UTCDateTime, nullable=False),
    Column("new_since", UTCDateTime, nullable=False),
    Column("last_seen", UTCDateTime, nullable=False),
    Column("resolved_at", UTCDateTime),
    Column("times_back", Integer, nullable=False),
    UniqueConstraint("scope", "fingerprint"),
    Index(None, "fingerprint"),
    Index(None, "present", "scope"),
    Index(None, "resolved_at"),
)

mutes = Table(
    "mute",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("since", UTCDateTime, nullable=False),
    Column("until", UTCDateTime),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", UTCDateTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Index(None, "subject"),
    Index(None, "at"),
)


def _resolved(before: datetime) -> ColumnElement[bool]:
    return and_(~findings.c.present, findings.c.resolved_at < before)


PART = Part(
    prunable=(
        Prunable(findings, (findings.c.id,), _resolved),
        Prunable(mutes, (mutes.c.fingerprint,), lambda before: mutes.c.until < before),
    )
)
