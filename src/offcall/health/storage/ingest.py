"""Taking deliveries and rejects into the history: in bulk, idempotent, safe for several workers.

Each batch is one transaction. An event's row is locked before its deliveries are looked at (on
SQLite the whole file is), so whoever adds a delivery folds every delivery there is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from offcall.health.fold import fold
from offcall.health.model import Delivery, Feed, Reject
from offcall.health.schema import events
from offcall.health.storage.feeds import Counts, count_feeds
from offcall.health.storage.gather import Event, Gathered, Item, Stamp, columns_of
from offcall.health.storage.refold import (
    decode_feeds,
    decode_state,
    differs,
    encode_state,
    stored,
)
from offcall.health.storage.rejects import hold
from offcall.history.database import History

__all__ = ["IngestReport", "batches", "ingest", "ingest_batches"]

BATCH = 5000

_FIND = "SELECT key, id, state FROM health_event WHERE key IN (?)"
_FIND_AND_LOCK = "SELECT key, id, state FROM health_event WHERE key IN (?) ORDER BY key FOR UPDATE"

_encode = msgspec.json.Encoder().encode
_encode_feeds = lru_cache(maxsize=1024)(_encode)


@dataclass(slots=True)
class IngestReport:
    """What became of the items.

    Attributes:
        messages: deliveries and rejects together.
        new: deliveries stored now.
        duplicates: deliveries that were there already.
        rejected: bodies put into quarantine, or there already.
        created: events that were not known before.
        changed: known events whose state is another now.
        noted: new deliveries with something odd in them.
    """

    messages: int = 0
    new: int = 0
    duplicates: int = 0
    rejected: int = 0
    created: int = 0
    changed: int = 0
    noted: int = 0

    def add(self, other: IngestReport) -> None:
        """Count another batch too."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def ingest(
    history: History,
    items: Iterable[Delivery | Reject],
    now: datetime,
    *,
    batch: int = BATCH,
) -> IngestReport:
    """Store deliveries and rejects; one transaction for each `batch`, which bounds memory.

    Whatever is given twice, at once or later, by one worker or by several, is stored once. When
    this returns, everything is committed.

    Raises:
        StoreError: what earlier batches stored stays; giving the same items again is harmless.
    """
    return ingest_batches(history, batches(items, now, history.timestamp, batch), now)


def batches(
    items: Iterable[Delivery | Reject], now: datetime, stamp: Stamp, size: int = BATCH
) -> Iterator[Gathered]:
    """`items`, gathered for `ingest_batches`."""
    source = iter(items)
    while (gathered := Gathered.of(itertools.islice(source, size), now, stamp)).messages:
        yield gathered


def ingest_batches(history: History, gathered: Iterable[Gathered], now: datetime) -> IngestReport:
    """`ingest`, of what is gathered already."""
    report = IngestReport()
    for one in gathered:
        report.add(history.transact(partial(_take, history, now, one)))
    return report


def _take(history: History, now: datetime, gathered: Gathered, conn: Connection) -> IngestReport:
    return _Batch(history, conn, now).take(gathered)


class _Batch:
    """One transaction's work."""

    def __init__(self, history: History, conn: Connection, now: datetime) -> None:
        self.history = history
        self.conn = conn
        self.now = now
        self.stamp = history.timestamp(now)
        self.report = IngestReport()

    def take(self, gathered: Gathered) -> IngestReport:
        """Store everything in it."""
        seen = dict(gathered.seen)
        for counts in seen.values():
            counts.new = 0
        if gathered.events:
            self._store({one.key: one for one in gathered.events}, seen)
        hold(self.history, self.conn, gathered.rejects, self.now)
        self.report.messages = gathered.messages
        self.report.rejected = len(gathered.rejects)
        self.report.duplicates = self.report.messages - self.report.rejected - self.report.new
        return self.report

    def _store(self, groups: dict[bytes, Event], seen: dict[Feed, Counts]) -> None:
        self._lock(groups)
        fresh = [one for one in groups.values() if one.fresh]
        old = [one for one in groups.values() if not one.fresh]
        added = [
            (name, event.id, self.stamp, *self._row(one, seen))
            for event in fresh
            for name, one in event.items.items()
        ]
        widened: list[tuple[Any, ...]] = []
        touched = self._touched(old, seen, added, widened)
        changed = self._changed(touched)
        if self.history.is_sqlite:
            self._insert_events(fresh)
        else:
            changed += [(True, self.stamp, *one.columns, one.id) for one in fresh]
        self.history.many(
            self.conn,
            "INSERT INTO health_delivery (key, event_id, received_at, feeds, notes, body) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            added,
        )
        self.history.many(
            self.conn,
            "UPDATE health_delivery SET feeds = ? WHERE event_id = ? AND key = ?",
            widened,
        )
        self._update_events(changed)
        self.report.new = len(added)
        self.report.created = len(fresh)
        count_feeds(self.history, self.conn, seen, self.now)

    def _row(self, one: Item, seen: dict[Feed, Counts]) -> tuple[Any, ...]:
        seen[one.feeds[0]].new += 1
        notes = None
        if one.notes:
            self.report.noted += 1
            notes = _encode(one.notes)
        return (_encode_feeds(one.feeds), notes, one.body)

    def _touched(
        self,
        old: Sequence[Event],
        seen: dict[Feed, Counts],
        added: list[tuple[Any, ...]],
        widened: list[tuple[Any, ...]],
    ) -> dict[int, Event]:
        """Those of the events that were known before whose state may be another now.

        Adds the rows to insert, and those whose feeds become more.
        """
        self._know({one.id: one for one in old})
        touched = {}
        for event in old:
            assert event.known is not None
            for name, one in event.items.items():
                before = event.known.get(name)
                if before is None:
                    added.append((name, event.id, self.stamp, *self._row(one, seen)))
                elif not before.issuperset(one.feeds):
                    feeds = tuple(sorted({*one.feeds, *before}))
                    widened.append((_encode(feeds), event.id, name))
                    if not event.state:
                        # None is kept: it is made of the delivery when it is read.
                        continue
                else:
                    continue
                touched[event.id] = event
        return touched

    def _lock(self, groups: dict[bytes, Event]) -> None:
        """Find the rows of the events, and lock them.

        SQLite: nobody else writes now, so new ones get their ids here and are written once, with
        their state. PostgreSQL: new ones are inserted without a state, then all are locked.
        """
        self._find(groups, _FIND)
        missing = [one for one in groups.values() if one.fresh]
        if self.history.is_sqlite:
            last = self.conn.execute(select(func.max(events.c.id))).scalar() or 0
            for number, one in enumerate(missing, start=last + 1):
                one.id = number
            return
        self.history.many(
            self.conn,
            "INSERT INTO health_event (key, account, arn, first_seen, changed_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(one.key, one.account, one.arn, self.stamp, self.stamp) for one in missing],
        )
        self._find(groups, _FIND_AND_LOCK)

    def _find(self, groups: dict[bytes, Event], query: str) -> None:
        for one in groups.values():
            one.fresh = True
        for key, number, state in self.history.pick(self.conn, query, list(groups)):
            one = groups[key]
            one.id, one.state, one.fresh = number, state, state is None

    def _know(self, old: dict[int, Event]) -> None:
        """Read which deliveries of the events are there, and the feeds by which they came."""
        query = "SELECT event_id, key, feeds FROM health_delivery WHERE event_id IN (?)"
        for one in old.values():
            one.known = {}
        for number, name, feeds in self.history.pick(self.conn, query, list(old)):
            one = old[number]
            if one.known is not None and name in one.items:
                one.known[name] = set(decode_feeds(feeds))

    def _insert_events(self, fresh: Sequence[Event]) -> None:
        self.history.many(
            self.conn,
            "INSERT INTO health_event (id, key, account, arn, first_seen, changed_at, service, "
            "code, category, region, scope, status, starts, ends, last_updated, state) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    one.id,
                    one.key,
                    one.account,
                    one.arn,
                    self.stamp,
                    self.stamp,
                    *one.columns,
                )
                for one in fresh
            ],
        )

    def _changed(self, touched: dict[int, Event]) -> list[tuple[Any, ...]]:
        """The new values of events that were known before."""
        accounts = {one.id: one.account for one in touched.values()}
        rows = []
        for number, mine in stored(self.conn, accounts):
            event = touched[number]
            before = decode_state(event.state) if event.state else fold(mine.values())
            for name, one in event.items.items():
                if name in mine:
                    mine[name].feeds = tuple(sorted({*one.feeds, *mine[name].feeds}))
                else:
                    mine[name] = one.delivery(event.account, self.now)
            after = fold(mine.values())
            changed = differs(before, after)
            self.report.changed += changed
            columns = columns_of(after, self.history.timestamp)
            rows.append((changed, self.stamp, *columns, encode_state(after), number))
        return rows

    def _update_events(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self.history.many(
            self.conn,
            "UPDATE health_event SET changed_at = CASE WHEN ? THEN ? ELSE changed_at END, "
            "service = ?, code = ?, category = ?, region = ?, scope = ?, status = ?, starts = ?, "
            "ends = ?, last_updated = ?, state = ? WHERE id = ?",
            rows,
        )
