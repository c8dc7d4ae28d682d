"""One batch into the history, in one transaction.

An event's row is locked before its deliveries are looked at (on SQLite the whole file is), so
whoever adds a delivery folds every delivery there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from offcall.health.fold import fold
from offcall.health.schema import events
from offcall.health.storage.feeds import count_feeds
from offcall.health.storage.gather import Gathered
from offcall.health.storage.refold import (
    decode_feeds,
    decode_state,
    differs,
    kept,
    stored,
)
from offcall.health.storage.rejects import hold
from offcall.health.storage.rows import Event, Item, columns_of, of_two
from offcall.history.database import History

__all__ = ["IngestReport", "store"]

_FIND = "SELECT key, id, state FROM health_event WHERE key IN (?)"
_FIND_AND_LOCK = "SELECT key, id, state FROM health_event WHERE key IN (?) ORDER BY key FOR UPDATE"
_encode = msgspec.json.Encoder().encode


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


@dataclass(slots=True)
class _Known:
    """An event that was there before.

    Attributes:
        state: what is kept of it; see `refold`.
        feeds: by which its deliveries came that are stored already, as it is stored.
    """

    event: Event
    state: bytes
    feeds: dict[bytes, bytes] = field(default_factory=dict)

    @property
    def may_be_simple(self) -> bool:
        """It had one delivery, the batch brings another one, and with each alone it is closed."""
        one_each = len(self.feeds) == len(self.event.items) == 1
        return one_each and not self.state and not self.event.columns[-1]


def store(history: History, conn: Connection, gathered: Gathered, now: datetime) -> IngestReport:
    """Store everything in it, whatever of it is there already."""
    batch = _Batch(history, conn, now)
    if gathered.events:
        batch.store(gathered.events)
    hold(history, conn, gathered.rejects, now)
    seen = dict(gathered.seen)
    for place, counts in enumerate(seen.values()):
        counts.new = batch.new[place]
    count_feeds(history, conn, seen, now)
    report = batch.report
    report.messages = gathered.messages
    report.rejected = len(gathered.rejects)
    report.duplicates = report.messages - report.rejected - report.new
    return report


class _Batch:
    """One transaction's work.

    Attributes:
        new: how many new deliveries each feed was the first to bring, by its place.
    """

    def __init__(self, history: History, conn: Connection, now: datetime) -> None:
        self.history = history
        self.conn = conn
        self.now = now
        self.stamp = history.timestamp(now)
        self.report = IngestReport()
        self.new: Counter[int] = Counter()

    def store(self, found: Sequence[Event]) -> None:
        """Store the events and their deliveries."""
        fresh, old = self._lock(found)
        added = [(number, one) for number, event in fresh for one in event.items.values()]
        more, touched, widened = self._compare(old)
        added += more
        # Reads what is stored, so it comes before the rest.
        changed = self._changed(touched)
        if self.history.is_sqlite:
            self._insert_events(fresh)
        else:
            changed += [(True, self.stamp, *one.columns, number) for number, one in fresh]
        self._insert_deliveries(added)
        self.history.many(
            self.conn,
            "UPDATE health_delivery SET feeds = ? WHERE event_id = ? AND key = ?",
            widened,
        )
        self._update_events(changed)
        self.new.update(one.feed for _, one in added)
        self.report.new = len(added)
        self.report.created = len(fresh)
        self.report.noted = sum(one.notes is not None for _, one in added)

    def _lock(self, found: Sequence[Event]) -> tuple[list[tuple[int, Event]], dict[int, _Known]]:
        """Find the rows of the events, and lock them: new ones, and by id those known before.

        SQLite: nobody else writes now, so new ones get their ids here and are written once, with
        their state. PostgreSQL: new ones are inserted without a state, then all are locked.
        """
        rows = self._find(_FIND, found)
        missing = [one for one in found if one.key not in rows]
        if self.history.is_sqlite:
            last = self.conn.execute(select(func.max(events.c.id))).scalar() or 0
            fresh = list(enumerate(missing, start=last + 1))
        else:
            self.history.many(
                self.conn,
                "INSERT INTO health_event (key, account, arn, first_seen, changed_at) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(one.key, one.account, one.arn, self.stamp, self.stamp) for one in missing],
            )
            rows = self._find(_FIND_AND_LOCK, found)
            fresh = [(rows[one.key][0], one) for one in found if rows[one.key][1] is None]
        old = {}
        for one in found if rows else ():
            number, state = rows.get(one.key, (0, None))
            if state is not None:
                old[number] = _Known(one, state)
        return fresh, old

    def _find(self, query: str, found: Sequence[Event]) -> dict[bytes, tuple[int, bytes | None]]:
        picked = self.history.pick(self.conn, query, [one.key for one in found])
        return {key: (number, state) for key, number, state in picked}

    def _compare(
        self, old: dict[int, _Known]
    ) -> tuple[list[tuple[int, Item]], dict[int, _Known], list[tuple[Any, ...]]]:
        """What the batch brings of events that were known before: deliveries that are new, events
        whose state may be another now, and deliveries that came by more feeds than were stored."""
        query = "SELECT event_id, key, feeds FROM health_delivery WHERE event_id IN (?)"
        for number, name, feeds in self.history.pick(self.conn, query, list(old)):
            old[number].feeds[name] = feeds
        new: list[tuple[int, Item]] = []
        touched: dict[int, _Known] = {}
        widened: list[tuple[Any, ...]] = []
        for number, known in old.items():
            for one in known.event.items.values():
                before = known.feeds.get(one.key)
                if before is None:
                    new.append((number, one))
                    touched[number] = known
                elif before != one.feeds:
                    feeds = {*decode_feeds(before), *decode_feeds(one.feeds)}
                    merged = _encode(sorted(feeds))
                    if merged != before:
                        widened.append((merged, number, one.key))
                        # A state that is not kept is made of the delivery when it is read.
                        if known.state:
                            touched[number] = known
        return new, touched, widened

    def _changed(self, touched: dict[int, _Known]) -> list[tuple[Any, ...]]:
        """The new values of events that were known before."""
        rows = self._simply_changed(touched)
        done = {number for *_, number in rows}
        rest = {number: one for number, one in touched.items() if number not in done}
        for number, mine in stored(self.conn, {at: one.event.account for at, one in rest.items()}):
            known = rest[number]
            before = decode_state(known.state) if known.state else fold(mine.values())
            for one in known.event.items.values():
                if one.key in mine:
                    feeds = {*decode_feeds(one.feeds), *mine[one.key].feeds}
                    mine[one.key].feeds = tuple(sorted(feeds))
                else:
                    mine[one.key] = one.delivery(known.event.account, self.now)
            after = fold(mine.values())
            columns = columns_of(after, self.history.timestamp)
            rows.append((differs(before, after), self.stamp, *columns, kept(after), number))
        self.report.changed = sum(row[0] for row in rows)
        return rows

    def _simply_changed(self, touched: dict[int, _Known]) -> list[tuple[Any, ...]]:
        """Those of `_changed` that need not be folded; most are, when events come in order.

        Two updates of different times always make another state than one of them.
        """
        numbers = [number for number, one in touched.items() if one.may_be_simple]
        query = (
            "SELECT service, code, category, region, scope, status, starts, ends, last_updated, "
            "state, id FROM health_event WHERE id IN (?)"
        )
        rows = []
        for *columns, number in self.history.pick(self.conn, query, numbers):
            both = of_two(tuple(columns), touched[number].event.columns)
            if both is not None:
                rows.append((True, self.stamp, *both, number))
        return rows

    def _insert_events(self, fresh: Sequence[tuple[int, Event]]) -> None:
        stamp = self.stamp
        self.history.many(
            self.conn,
            "INSERT INTO health_event (id, first_seen, changed_at, key, account, arn, service, "
            "code, category, region, scope, status, starts, ends, last_updated, state) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (number, stamp, stamp, one.key, one.account, one.arn, *one.columns)
                for number, one in fresh
            ],
        )

    def _insert_deliveries(self, added: Sequence[tuple[int, Item]]) -> None:
        stamp = self.stamp
        self.history.many(
            self.conn,
            "INSERT INTO health_delivery (event_id, received_at, key, feeds, notes, body) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [(number, stamp, one.key, one.feeds, one.notes, one.body) for number, one in added],
        )

    def _update_events(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self.history.many(
            self.conn,
            "UPDATE health_event SET changed_at = CASE WHEN ? THEN ? ELSE changed_at END, "
            "service = ?, code = ?, category = ?, region = ?, scope = ?, status = ?, starts = ?, "
            "ends = ?, last_updated = ?, state = ? WHERE id = ?",
            rows,
        )
