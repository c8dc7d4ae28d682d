"""Taking deliveries and rejects into the history: in bulk, idempotent, safe for several workers.

Each batch is one transaction. An event's row is locked before its deliveries are looked at (on
SQLite the whole file is), so whoever adds a delivery folds every delivery there is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from offcall.health.feeds import Counts, count_feeds
from offcall.health.fold import fold
from offcall.health.keys import event_key
from offcall.health.model import Delivery, EventState, Feed, Reject
from offcall.health.refold import decode_feeds, differs, encode_state, parts, refold
from offcall.health.rejects import hold
from offcall.history.database import History
from offcall.history.problems import BusyError
from offcall.history.schema.health import deliveries, events

__all__ = ["IngestReport", "ingest"]

BATCH = 5000
_TRIES = 5

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
    report = IngestReport()
    source = iter(items)
    while chunk := list(itertools.islice(source, batch)):
        for left in reversed(range(_TRIES)):
            try:
                with history.write() as conn:
                    done = _Batch(history, conn, now).take(chunk)
                break
            except BusyError:
                if not left:
                    raise
        report.add(done)
    return report


class _Event(msgspec.Struct, gc=False):
    """An event that the batch touches: its row, and the deliveries that the batch brings.

    Attributes:
        fresh: the row is this transaction's own.
        touched: a delivery is new, or came by a new feed.
    """

    account: str
    arn: str
    items: dict[bytes, Delivery] = {}
    id: int = 0
    state: bytes | None = None
    fresh: bool = True
    touched: bool = False

    @property
    def key(self) -> bytes:
        """What identifies it in the table."""
        return event_key(self.account, self.arn)

    def add(self, item: Delivery) -> None:
        """Another delivery of the batch, perhaps a copy."""
        before = self.items.get(item.key)
        if before is None:
            self.items[item.key] = item
        elif item.feeds != before.feeds:
            feeds = tuple(sorted({*before.feeds, *item.feeds}))
            self.items[item.key] = msgspec.structs.replace(before, feeds=feeds)


class _Batch:
    """One transaction's work."""

    def __init__(self, history: History, conn: Connection, now: datetime) -> None:
        self.history = history
        self.conn = conn
        self.now = now
        self.stamp = history.timestamp(now)
        self.report = IngestReport()
        self.seen: dict[Feed, Counts] = {}

    def take(self, chunk: Sequence[Delivery | Reject]) -> IngestReport:
        """Store everything in `chunk`."""
        groups: dict[tuple[str, str], _Event] = {}
        rejects = []
        for item in chunk:
            if isinstance(item, Reject):
                rejects.append(item)
                continue
            name = (item.account or "", item.arn)
            found = groups.get(name)
            if found is None:
                found = groups[name] = _Event(*name)
            found.add(item)
            self._count(item)
        if groups:
            # In one order always, so that two workers wait for one another and do not deadlock.
            self._store(dict(sorted((one.key, one) for one in groups.values())))
        hold(self.history, self.conn, rejects, self.now)
        self.report.messages = len(chunk)
        self.report.rejected = len(rejects)
        self.report.duplicates = len(chunk) - len(rejects) - self.report.new
        return self.report

    def _count(self, item: Delivery) -> None:
        for feed in item.feeds:
            counts = self.seen.get(feed)
            if counts is None:
                counts = self.seen[feed] = Counts()
            counts.messages += 1
            if item.sent_at is not None and (counts.sent is None or item.sent_at > counts.sent):
                counts.sent = item.sent_at

    def _store(self, groups: dict[bytes, _Event]) -> None:
        self._lock(groups)
        stored = self._stored(
            [name for one in groups.values() if not one.fresh for name in one.items]
        )
        added: list[tuple[Any, ...]] = []
        widened: list[tuple[Any, ...]] = []
        for event in groups.values():
            for name, one in event.items.items():
                one.received = self.now
                before = stored.get(name)
                if before is None:
                    added.append(self._row(event, one))
                elif not before.issuperset(one.feeds):
                    widened.append((_encode(tuple(sorted({*one.feeds, *before}))), name))
                else:
                    continue
                event.touched = True
        if self.history.is_sqlite:
            self._insert_events([(key, one) for key, one in groups.items() if one.fresh])
        self.history.many(
            self.conn,
            "INSERT INTO health_delivery (key, event_id, received_at, feeds, notes, body) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            added,
        )
        self.history.many(self.conn, "UPDATE health_delivery SET feeds = ? WHERE key = ?", widened)
        self._update_events([one for one in groups.values() if one.touched])
        self.report.created += sum(one.fresh for one in groups.values())
        count_feeds(self.history, self.conn, self.seen, self.now)

    def _row(self, event: _Event, one: Delivery) -> tuple[Any, ...]:
        self.report.new += 1
        self.seen[one.feeds[0]].new += 1
        notes = None
        if one.notes:
            self.report.noted += 1
            notes = _encode(one.notes)
        return (one.key, event.id, self.stamp, _encode_feeds(one.feeds), notes, one.body)

    def _lock(self, groups: dict[bytes, _Event]) -> None:
        """Find the rows of the events, and lock them.

        SQLite: nobody else writes now, so new ones get their ids here and are written once, with
        their state. PostgreSQL: new ones are inserted without a state, then all are locked.
        """
        self._find(groups, lock=False)
        missing = [(key, one) for key, one in groups.items() if one.fresh]
        if self.history.is_sqlite:
            last = self.conn.execute(select(func.max(events.c.id))).scalar() or 0
            for number, (_, one) in enumerate(missing, start=last + 1):
                one.id = number
            return
        self.history.many(
            self.conn,
            "INSERT INTO health_event (key, account, arn, first_seen, changed_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(key, one.account, one.arn, self.stamp, self.stamp) for key, one in missing],
        )
        self._find(groups, lock=True)

    def _find(self, groups: dict[bytes, _Event], *, lock: bool) -> None:
        for some in parts(list(groups)):
            query = select(events.c.key, events.c.id, events.c.state).where(events.c.key.in_(some))
            if lock:
                query = query.order_by(events.c.key).with_for_update()
            for key, number, state in self.conn.execute(query):
                one = groups[key]
                one.id, one.state, one.fresh = number, state, state is None

    def _stored(self, names: Sequence[bytes]) -> dict[bytes, set[Feed]]:
        """The deliveries among `names` that are there, and the feeds by which they came."""
        stored: dict[bytes, set[Feed]] = {}
        for some in parts(names):
            query = select(deliveries.c.key, deliveries.c.feeds).where(deliveries.c.key.in_(some))
            for name, feeds in self.conn.execute(query):
                stored[name] = set(decode_feeds(feeds))
        return stored

    def _insert_events(self, fresh: Sequence[tuple[bytes, _Event]]) -> None:
        rows = []
        for key, one in fresh:
            columns = self._columns(fold(one.items.values()))
            rows.append((one.id, key, one.account, one.arn, self.stamp, self.stamp, *columns))
            one.touched = False
        self.history.many(
            self.conn,
            "INSERT INTO health_event (id, key, account, arn, first_seen, changed_at, service, "
            "code, category, region, scope, status, starts, ends, last_updated, state) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def _update_events(self, touched: Sequence[_Event]) -> None:
        rows = []
        by_id = {one.id: one for one in touched}
        accounts = {one.id: one.account for one in touched if not one.fresh}
        folded = [(one.id, fold(one.items.values())) for one in touched if one.fresh]
        for number, state in itertools.chain(folded, refold(self.conn, accounts)):
            before = by_id[number].state
            changed = before is None or differs(before, state)
            self.report.changed += before is not None and changed
            rows.append((changed, self.stamp, *self._columns(state), number))
        self.history.many(
            self.conn,
            "UPDATE health_event SET changed_at = CASE WHEN ? THEN ? ELSE changed_at END, "
            "service = ?, code = ?, category = ?, region = ?, scope = ?, status = ?, starts = ?, "
            "ends = ?, last_updated = ?, state = ? WHERE id = ?",
            rows,
        )

    def _columns(self, state: EventState) -> tuple[Any, ...]:
        stamp = self.history.timestamp
        return (
            state.service,
            state.code,
            state.category,
            state.region or "",
            state.scope or "",
            state.status or "",
            stamp(state.start),
            stamp(state.end),
            stamp(state.last_updated),
            encode_state(state),
        )
