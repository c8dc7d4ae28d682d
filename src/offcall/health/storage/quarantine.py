"""Messages that could not be understood: kept whole, listed, tried again, or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.engine import Row

from offcall.core.errors import UserError
from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse import parse
from offcall.health.schema import quarantine
from offcall.health.storage.ingest import ingest
from offcall.history import audit
from offcall.history.database import History

__all__ = ["Held", "discard", "held", "held_count", "listed", "retry"]


@dataclass(frozen=True, slots=True)
class Held:
    """One body in quarantine.

    Attributes:
        times: how often this very body came.
        settled_how: "parsed" or "discarded: <why>" once it is out; None while it is in.
    """

    id: int
    reason: str
    body: bytes
    origin: Origin
    line: int | None
    first_seen: datetime
    last_seen: datetime
    times: int
    settled_at: datetime | None
    settled_by: str | None
    settled_how: str | None


def listed(history: History, *, settled: bool = False, limit: int | None = None) -> list[Held]:
    """What is in quarantine, newest first; with `settled` also what was."""
    query = select(quarantine).order_by(quarantine.c.last_seen.desc(), quarantine.c.id.desc())
    query = query.limit(limit)
    if not settled:
        query = query.where(quarantine.c.settled_at.is_(None))
    with history.read() as conn:
        return [_held(row) for row in conn.execute(query)]


def held_count(history: History, *, settled: bool = False) -> int:
    """How many bodies are in quarantine; with `settled` also those that were."""
    query = select(func.count())
    if not settled:
        query = query.where(quarantine.c.settled_at.is_(None))
    with history.read() as conn:
        return conn.execute(query.select_from(quarantine)).scalar_one()


def held(history: History, id: int) -> Held:
    """One of them, also when it is settled.

    Raises:
        UserError: there is none of that number.
    """
    with history.read() as conn:
        row = conn.execute(select(quarantine).where(quarantine.c.id == id)).one_or_none()
    if row is None:
        raise UserError(
            "there is no message of that number in quarantine",
            value=str(id),
            hint="`offcall health quarantine` lists them",
        )
    return _held(row)


def retry(history: History, ids: Sequence[int] | None, by: str, now: datetime) -> list[Held]:
    """Parse again (after an upgrade); what is understood now is stored and leaves quarantine.

    Args:
        ids: which ones; None tries all that are in.
        by: who asks, for the audit.

    Returns:
        Those that were tried, as they stand now.

    Raises:
        UserError: there is none of a number.
    """
    tried = listed(history) if ids is None else [held(history, one) for one in ids]
    for one in tried:
        if one.settled_at is None:
            _try(history, one, by, now)
    return [held(history, one.id) for one in tried]


def _try(history: History, one: Held, by: str, now: datetime) -> None:
    items = parse(one.body, origin=msgspec.structs.replace(one.origin, line=one.line))
    good = [item for item in items if isinstance(item, Delivery)]
    bad = [item for item in items if isinstance(item, Reject)]
    # Stored first, then taken out: if we die between the two, the next try stores nothing twice.
    ingest(history, good, now)
    with history.write() as conn:
        this = quarantine.c.id == one.id
        if bad or not good:
            reason = bad[0].reason if bad else "there is no event in it"
            conn.execute(update(quarantine).where(this).values(reason=reason))
            return
        settled = {"settled_at": now, "settled_by": by, "settled_how": "parsed"}
        conn.execute(update(quarantine).where(this).values(**settled))
        audit.record(conn, by, "retry message", f"quarantine {one.id}", {"events": len(good)}, now)


def discard(history: History, id: int, by: str, why: str, now: datetime) -> Held:
    """Take it out, audited. The body stays, so that this can be looked at later.

    Raises:
        UserError: there is none of that number, it is out already, or no reason is given.
    """
    if not why.strip():
        raise UserError("discarding needs a reason", expected="why nobody needs this message")
    if held(history, id).settled_at is not None:
        raise UserError("this message is out of quarantine already", value=str(id))
    with history.write() as conn:
        conn.execute(
            update(quarantine)
            .where(quarantine.c.id == id)
            .values(settled_at=now, settled_by=by, settled_how=f"discarded: {why}")
        )
        audit.record(conn, by, "discard message", f"quarantine {id}", {"why": why}, now)
    return held(history, id)


def _held(row: Row[Any]) -> Held:
    return Held(
        id=row.id,
        reason=row.reason,
        body=row.body,
        origin=msgspec.json.decode(row.origin, type=Origin),
        line=row.line,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        times=row.times,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        settled_how=row.settled_how,
    )
