"""Since when we compare, what is new since then, and what has been resolved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.engine import Connection

from offcall.core.findings import Finding
from offcall.history.schema.findings import audit
from offcall.history.schema.findings import findings as table

__all__ = ["ACTION", "Difference", "compare", "last_brief"]

ACTION = "brief"
"""How a brief is called in the audit."""

SAME_BRIEF = timedelta(hours=1)
"""A brief that is asked for again, to print or to send it, is not compared with itself."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Against `base` (None: there is nothing to compare with). `new` are fingerprints."""

    base: datetime | None
    new: frozenset[str] = frozenset()
    resolved: tuple[Finding, ...] = ()


def last_brief(conn: Connection, scope: str, now: datetime) -> datetime | None:
    """When the last brief of this scope was made, but for those of the last hour."""
    query = (
        select(audit.c.at)
        .where(audit.c.action == ACTION, audit.c.subject == scope, audit.c.at <= now - SAME_BRIEF)
        .order_by(audit.c.at.desc())
        .limit(1)
    )
    at: datetime | None = conn.execute(query).scalar()
    return at


def compare(
    conn: Connection,
    scope: str,
    present: Collection[str],
    base: datetime | None,
    *,
    complete: bool = True,
) -> Difference:
    """What changed since `base`, before this brief is recorded.

    Args:
        present: fingerprints of what is there now.
        complete: False when something could not be read: what is missing is then not resolved.
    """
    if base is None:
        return Difference(None)
    columns = (table.c.id, table.c.fingerprint, table.c.present, table.c.new_since)
    rows = conn.execute(select(*columns, table.c.resolved_at).where(table.c.scope == scope)).all()
    old = {row.fingerprint for row in rows if row.present and row.new_since <= base}
    gone = [
        row.id
        for row in rows
        if row.fingerprint not in present
        and (complete if row.present else row.resolved_at is not None and row.resolved_at > base)
    ]
    resolved: list[Finding] = []
    for first in range(0, len(gone), 500):
        query = select(table.c.body).where(table.c.id.in_(gone[first : first + 500]))
        resolved += [Finding.model_validate(body) for body in conn.execute(query).scalars()]
    return Difference(base, frozenset(one for one in present if one not in old), tuple(resolved))
