"""Taking out of the history what is over and old. What is open stays, however old it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, delete, func, literal, select, tuple_
from sqlalchemy.engine import Connection

from offcall.core.errors import UserError
from offcall.history import audit
from offcall.history.database import History
from offcall.history.results import Pruned, PrunedTable
from offcall.history.schema.findings import findings, mutes
from offcall.history.schema.health import actions, deliveries, events, quarantine
from offcall.history.schema.notifications import messages, threads

__all__ = ["prune"]

LEAST = timedelta(days=1)
"""What is younger may still be compared with, retried, or waited for."""

BATCH = 1000
"""Rows taken out in one transaction: others that write need not wait for long."""

Columns = tuple[Column[Any], ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Rows of one table that go, by their key, with the rows of other tables that are theirs.

    `over` is the condition, given the time before which it must have ended.
    """

    table: Table
    key: Columns
    over: Callable[[datetime], ColumnElement[bool]]
    parts: tuple[tuple[Table, Columns], ...] = ()

    def count(self, conn: Connection, before: datetime) -> dict[str, int]:
        """How many rows would go, by table."""
        mine = select(func.count()).select_from(self.table).where(self.over(before))
        counts = {self.table.name: conn.execute(mine).scalar_one()}
        for part, columns in self.parts:
            same = and_(*(a == b for a, b in zip(self.key, columns, strict=True)))
            query = select(func.count()).select_from(part.join(self.table, same))
            counts[part.name] = conn.execute(query.where(self.over(before))).scalar_one()
        return counts

    def take(self, conn: Connection, before: datetime) -> dict[str, int]:
        """Take some rows out; how many, by table. None of the first table: it is done."""
        query = select(*self.key).where(self.over(before)).order_by(*self.key).limit(BATCH)
        # Locked, so that nobody adds a part to what goes.
        keys = [tuple(row) for row in conn.execute(query.with_for_update())]
        gone = {}
        for part, columns in (*self.parts, (self.table, self.key)):
            these = delete(part).where(tuple_(*columns).in_(keys))
            gone[part.name] = conn.execute(these).rowcount if keys else 0
        return gone


def _events_over(before: datetime) -> ColumnElement[bool]:
    # By our clock too: what came late is not yet old here.
    ended = func.coalesce(events.c.ends, events.c.last_updated, events.c.changed_at)
    return and_(events.c.status == "closed", ended < before, events.c.changed_at < before)


def _threads_over(before: datetime) -> ColumnElement[bool]:
    # Under a name of its own: the query around it may ask for the same table.
    one = messages.alias("unsent")
    unsent = select(one.c.id).where(
        one.c.channel == threads.c.channel,
        one.c.key == threads.c.key,
        one.c.state.in_(["waiting", "sending"]),
    )
    return and_(threads.c.state == "resolved", threads.c.updated_at < before, ~unsent.exists())


def _findings_over(before: datetime) -> ColumnElement[bool]:
    # Whoever was told of it is still to be told that it is over.
    told = select(threads.c.key).where(
        threads.c.key == literal("finding|") + findings.c.fingerprint, threads.c.state == "open"
    )
    return and_(~findings.c.present, findings.c.resolved_at < before, ~told.exists())


_KINDS = (
    _Kind(
        events,
        (events.c.id,),
        _events_over,
        ((deliveries, (deliveries.c.event_id,)), (actions, (actions.c.event_id,))),
    ),
    _Kind(
        threads,
        (threads.c.channel, threads.c.key),
        _threads_over,
        ((messages, (messages.c.channel, messages.c.key)),),
    ),
    _Kind(findings, (findings.c.id,), _findings_over),
    _Kind(quarantine, (quarantine.c.id,), lambda before: quarantine.c.settled_at < before),
    _Kind(mutes, (mutes.c.fingerprint,), lambda before: mutes.c.until < before),
)


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
    with history.read() as conn:
        counts = {name: n for kind in _KINDS for name, n in kind.count(conn, before).items()}
    if really:
        counts = dict.fromkeys(counts, 0)
        for kind in _KINDS:
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
        if not gone[kind.table.name]:
            return
