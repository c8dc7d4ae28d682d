"""Since when we compare, what is new since then, and what has been resolved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from offcall.core.findings import Finding
from offcall.history.audit import record
from offcall.history.schema.findings import audit
from offcall.history.schema.findings import findings as table

__all__ = ["Difference", "compare", "last_brief", "note_brief"]

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


def last_brief(conn: Connection, window: str, now: datetime) -> datetime | None:
    """When the last brief was made, but for those of the last hour.

    Who looks a week ahead every day and a month ahead every Monday compares days with days and
    Mondays with Mondays; a window that was never asked for is compared with any.
    """
    query = (
        select(audit.c.at)
        .where(audit.c.action == ACTION, audit.c.at <= now - SAME_BRIEF)
        .order_by(audit.c.at.desc())
        .limit(1)
    )
    same = query.where(audit.c.subject == _subject(window))
    at: datetime | None = conn.execute(same).scalar() or conn.execute(query).scalar()
    return at


def note_brief(conn: Connection, window: str, now: datetime, count: int) -> None:
    """Remember that there was a brief, so that the next one is compared with it."""
    record(conn, "offcall brief", ACTION, _subject(window), {"findings": count}, now)


def _subject(window: str) -> str:
    return f"brief {' '.join(window.casefold().split())}"


def compare(
    conn: Connection, present: Collection[str], base: datetime | None, complete: Collection[str]
) -> Difference:
    """What changed since `base`, before this brief is recorded.

    The lives of the findings tell it, whoever recorded them and however far ahead they looked.

    Args:
        present: fingerprints of all that is there now, also of what the window leaves out.
        complete: the rooms that were read completely: what they do not name is resolved now.
    """
    if base is None:
        return Difference(None)
    columns = (table.c.id, table.c.fingerprint, table.c.scope, table.c.present, table.c.new_since)
    # What began after `base` was in no brief before, so its end is no news.
    query = select(*columns).where(
        table.c.new_since <= base, or_(table.c.present, table.c.resolved_at > base)
    )
    rows = conn.execute(query).all()
    old = {row.fingerprint for row in rows if row.present}
    gone = [
        row.id
        for row in rows
        if row.fingerprint not in present and (not row.present or row.scope in complete)
    ]
    resolved: list[Finding] = []
    for first in range(0, len(gone), 500):
        bodies = select(table.c.body).where(table.c.id.in_(gone[first : first + 500]))
        resolved += [Finding.model_validate(body) for body in conn.execute(bodies).scalars()]
    return Difference(base, frozenset(one for one in present if one not in old), tuple(resolved))
