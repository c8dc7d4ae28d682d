"""Who changed what, when."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update
from sqlalchemy.engine import Connection

from offcall.core.errors import OffcallError, StoreError
from offcall.history.schema.findings import audit

if TYPE_CHECKING:
    from offcall.core.changes import Change
    from offcall.core.context import Context

__all__ = ["CHANGE", "UNDER_WAY", "record", "recorded"]

CHANGE = "change"
"""How a change outside is called in the audit; its subject is the command."""

UNDER_WAY = "under way"
"""The outcome of a change that goes on, or that was killed."""


def record(
    conn: Connection,
    who: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    now: datetime,
) -> int:
    """Add a line to the audit, in the transaction of what it tells about; its id.

    Args:
        who: the person, or the program ("offcall health watch").
        action: a verb with its noun: "mute finding", "discard message".
        subject: what it was done to: a fingerprint, an event ARN, an id.
        detail: anything JSON; why, until when, the values before.
    """
    added = conn.execute(
        insert(audit).values(at=now, who=who, action=action, subject=subject, detail=dict(detail))
    )
    (key,) = added.inserted_primary_key or (0,)
    return int(key)


@contextlib.contextmanager
def recorded(ctx: Context, change: Change) -> Iterator[Callable[[str], None]]:
    """One line of the audit for a change outside, there before it begins; see `core.changes`.

    Its times are real ones, whatever time the run judges at.

    Raises:
        StoreError: it cannot be recorded, so it is not begun.
    """
    from offcall.history import open_history

    history = open_history(ctx)
    detail: dict[str, Any] = {"outcome": UNDER_WAY, "arguments": dict(change.arguments)}
    subject = f"offcall {change.tool}"
    key = history.transact(
        lambda conn: record(conn, change.who, CHANGE, subject, detail, datetime.now(UTC))
    )
    outcome = "done"

    def said(how: str) -> None:
        nonlocal outcome
        outcome = how

    try:
        yield said
    except BaseException as error:
        outcome = _ending(error)
        raise
    finally:
        ended = {**detail, "outcome": outcome, "ended": datetime.now(UTC).isoformat()}
        try:
            history.transact(lambda conn: _end(conn, key, ended))
        except StoreError as error:
            # What was done is done: that is what to tell, not this.
            ctx.progress.note(f"the audit does not say how {change.tool} ended: {error}")


def _end(conn: Connection, key: int, detail: Mapping[str, Any]) -> None:
    conn.execute(update(audit).where(audit.c.id == key).values(detail=dict(detail)))


def _ending(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return "interrupted"
    if isinstance(error, OffcallError):
        return f"failed: {error.message}"
    return f"failed: {type(error).__name__}"
