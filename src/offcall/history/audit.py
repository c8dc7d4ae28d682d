"""Who changed what, when."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from offcall.history.schema.findings import audit

__all__ = ["person", "record"]


def record(
    conn: Connection,
    who: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    now: datetime,
) -> None:
    """Add a line to the audit, in the transaction of what it tells about.

    Args:
        who: the person, or the program ("offcall health watch").
        action: a verb with its noun: "mute finding", "discard message".
        subject: what it was done to: a fingerprint, an event ARN, an id.
        detail: anything JSON; why, until when, the values before.
    """
    conn.execute(
        insert(audit).values(at=now, who=who, action=action, subject=subject, detail=dict(detail))
    )


def person() -> str:
    """The name of whoever runs us, for the audit."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A user id without a name, as containers have.
        return "unknown"
