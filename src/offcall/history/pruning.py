"""Taking out of the history what is over and old. What is open stays, however old it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, tuple_
from sqlalchemy.engine import Connection

from offcall.core.errors import UserError
from offcall.history import audit
from offcall.history.database import History
from offcall.history.results import Pruned, PrunedTable
from offcall.history.schema import Prunable, parts

__all__ = ["prune"]

LEAST = timedelta(days=1)
"""What is younger may still be compared with, retried, or waited for."""

BATCH = 1000
"""Rows taken out in one transaction: others that write need not wait for long."""


class _Kind:
    """Rows of one table that go, and how."""

    def __init__(self, what: Prunable, keeps: Iterable[ColumnElement[bool]]) -> None:
        self.what = what
        self.keeps = tuple(keeps)

    def count(self, conn: Connection, before: datetime) -> dict[str, int]:
        """How many rows would go, by table."""
        table, over = self.what.table, self._over(before)
        mine = select(func.count()).select_from(table).where(over)
        counts = {table.name: conn.execute(mine).scalar_one()}
        for part, columns in self.what.parts:
            same = and_(*(a == b for a, b in zip(self.what.key, columns, strict=True)))
            query = select(func.count()).select_from(part.join(table, same))
            counts[part.name] = conn.execute(query.where(over)).scalar_one()
        return counts

    def take(self, conn: Connection, before: datetime) -> dict[str, int]:
        """Take some rows out; how many, by table. None of the first table: it is done."""
        key = self.what.key
        query = select(*key).where(self._over(before)).order_by(*key).limit(BATCH)
        # Locked, so that nobody adds a part to what goes.
        keys = [tuple(row) for row in conn.execute(query.with_for_update())]
        gone = {}
        for part, columns in (*self.what.parts, (self.what.table, key)):
            these = delete(part).where(tuple_(*columns).in_(keys))
            gone[part.name] = conn.execute(these).rowcount if keys else 0
        return gone

    def _over(self, before: datetime) -> ColumnElement[bool]:
        return and_(self.what.over(before), *(~one for one in self.keeps))


def _kinds() -> list[_Kind]:
    """What goes, in all rooms, and what another room still needs of it."""
    rooms = parts().values()
    keeps = [one for room in rooms for one in room.keeps]
    return [
        _Kind(what, (needed for table, needed in keeps if table is what.table))
        for room in rooms
        for what in room.prunable
    ]


def prune(
    history: History, older_than: timedelta, by: str, now: datetime, *, really: bool
) -> Pruned:
    """Count, or take out, what ended longer ago than `older_than`; audited.

    Closed events go with their messages and with what people said about them; ended notification
    threads with their messages; resolved findings; settled messages of the quarantine; mutes that
    ran out. The audit stays.

    Raises:
        UserError: less than a day.
        StoreError: see `History.write`. What was taken out before it stays out.
    """
    if older_than < LEAST:
        raise UserError(
            "this would take out what is still in use",
            value=f"{older_than}",
            expected="a day or more, such as 400d",
        )
    before = now - older_than
    kinds = _kinds()
    with history.read() as conn:
        counts = {name: n for kind in kinds for name, n in kind.count(conn, before).items()}
    if really:
        counts = dict.fromkeys(counts, 0)
        for kind in kinds:
            _take_all(history, kind, before, counts)
        detail = {"before": before.isoformat(), **{name: n for name, n in counts.items() if n}}
        history.transact(
            lambda conn: audit.record(conn, by, "prune history", "history", detail, now)
        )
    tables = tuple(PrunedTable(table=name, rows=count) for name, count in counts.items())
    return Pruned(before=before, done=really, tables=tables)


def _take_all(history: History, kind: _Kind, before: datetime, counts: dict[str, int]) -> None:
    while True:
        gone = history.transact(lambda conn: kind.take(conn, before))
        for name, count in gone.items():
            counts[name] += count
        if not gone[kind.what.table.name]:
            return
