"""What a run of checks found, kept: new, still there, resolved, against the run before.

A finding has one life in each room that names it (its `scope`), whoever asked the room.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, cast, func, select, update
from sqlalchemy.engine import Connection

from offcall.core.findings import Finding
from offcall.history.database import History
from offcall.history.findings import muted, parts
from offcall.history.schema.findings import findings as table

__all__ = ["Seen", "record", "record_on"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run of checks found against the run before. Muted findings are in `muted` alone."""

    new: tuple[Finding, ...] = ()
    still: tuple[Finding, ...] = ()
    resolved: tuple[Finding, ...] = ()
    muted: tuple[Finding, ...] = ()


class _Before(NamedTuple):
    """A finding as the run before left it. `body` is the text that was written."""

    id: int
    present: bool
    body: str


def record(
    history: History,
    scope: str,
    findings: Sequence[Finding],
    now: datetime,
    *,
    complete: bool = True,
) -> Seen:
    """Keep what a run found, and say what is new, still there, and resolved.

    Args:
        scope: the room that was asked ("health", "lifecycle", …), never who asked it or how far
            ahead: a finding of this scope that is missing in `findings` is resolved. One that
            comes back after that is new again.
        complete: False when part of what should be looked at could not be read: then nothing
            is taken for resolved.

    Raises:
        StoreError: see `History.write`.
    """
    return history.transact(
        lambda conn: record_on(conn, history, scope, findings, now, complete=complete)
    )


def record_on(
    conn: Connection,
    history: History,
    scope: str,
    findings: Sequence[Finding],
    now: datetime,
    *,
    complete: bool = True,
) -> Seen:
    """`record`, inside the transaction of `conn`."""
    if not history.is_sqlite:
        # Two runs of one scope would each miss what the other adds.
        conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"finding {scope}"))))
    found = {one.fingerprint: one for one in findings}
    known = _before(conn, scope, found.keys())
    silent = muted(conn, now)
    new: list[Finding] = []
    still: list[Finding] = []
    hushed: list[Finding] = []
    rows: list[tuple[Any, ...]] = []
    at = history.timestamp(now)
    for print_, one in found.items():
        before = known.get(print_)
        fresh = before is None or not before.present
        if print_ in silent:
            hushed.append(one)
        else:
            (new if fresh else still).append(one)
        body = one.model_dump_json()
        # Most findings are there again as they were: of them only the time changes, below.
        if before is None or fresh or body != before.body:
            rows.append(_row(scope, one, body, at))
    gone = [
        (print_, row)
        for print_, row in known.items()
        if complete and row.present and print_ not in found
    ]
    history.many(conn, _UPSERT, rows)
    if gone:
        conn.execute(
            update(table)
            .where(table.c.id == bindparam("row"))
            .values(present=False, resolved_at=now),
            [{"row": row.id} for _, row in gone],
        )
    _saw(conn, scope, None if complete else list(found), now)
    resolved = tuple(
        Finding.model_validate_json(row.body) for print_, row in gone if print_ not in silent
    )
    return Seen(tuple(new), tuple(still), resolved, tuple(hushed))


def _before(conn: Connection, scope: str, found: Set[str]) -> dict[str, _Before]:
    """The scope's findings that are there, and those of `found` that once were, by fingerprint."""
    c = table.c
    query = select(c.fingerprint, c.id, c.present, cast(c.body, Text)).where(c.scope == scope)
    rows = {print_: _Before(*row) for print_, *row in conn.execute(query.where(c.present))}
    for some in parts(found - rows.keys()):
        again = conn.execute(query.where(~c.present, c.fingerprint.in_(some)))
        rows |= {print_: _Before(*row) for print_, *row in again}
    return rows


def _saw(conn: Connection, scope: str, fingerprints: list[str] | None, now: datetime) -> None:
    """These were there now; None is all that are present."""
    seen = update(table).where(table.c.scope == scope, table.c.present).values(last_seen=now)
    if fingerprints is None:
        conn.execute(seen)
        return
    for some in parts(fingerprints):
        conn.execute(seen.where(table.c.fingerprint.in_(some)))


_COLUMNS = (
    "scope",
    "fingerprint",
    "rule",
    "severity",
    "title",
    "resource",
    "account",
    "body",
    "present",
    "first_seen",
    "new_since",
    "last_seen",
    "resolved_at",
    "times_back",
)
_UPSERT = (
    f"INSERT INTO {table.name} ({', '.join(_COLUMNS)}) "  # noqa: S608 - our own names
    f"VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (scope, fingerprint) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:9])
    + ", resolved_at = NULL"
    # It is new only when it comes back.
    + f", new_since = CASE WHEN {table.name}.present THEN {table.name}.new_since"
    f" ELSE excluded.new_since END"
    f", times_back = {table.name}.times_back + CASE WHEN {table.name}.present THEN 0 ELSE 1 END"
)


def _row(scope: str, one: Finding, body: str, at: Any) -> tuple[Any, ...]:
    """The values of `_COLUMNS` for what is there for the first time, as the driver wants them."""
    return (
        scope,
        one.fingerprint,
        one.rule,
        one.severity.value,
        one.title,
        one.resource.id,
        one.resource.account,
        body,
        True,
        at,
        at,
        at,
        None,
        0,
    )
