"""What each channel was told of each alert, and what it is told next: threads and their messages.

A message is queued in one transaction that also moves the thread's version on; a worker that saw
an older version queues nothing. So there is one message for one change, whatever restarts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.engine import Connection

from offcall.history.database import History
from offcall.notify.alerts import Alert
from offcall.notify.plan import Occasion, Sending, Thread
from offcall.notify.schema import messages, threads

__all__ = ["Threads", "enqueue", "open_threads", "threads_of", "told_of"]

BATCH = 200
"""Messages queued in one transaction: others that write need not wait for long."""

ASK = 500
"""Keys in one query."""

Threads = dict[tuple[str, str], Thread]
"""By channel name and alert key."""


def open_threads(conn: Connection) -> Threads:
    """The threads of what had not ended when it was last told of."""
    return _read(conn, [select(threads).where(threads.c.state == "open")])


def threads_of(conn: Connection, keys: Iterable[str]) -> Threads:
    """The threads of these alerts, also those that ended."""
    return _read(conn, [select(threads).where(threads.c.key.in_(some)) for some in _parts(keys)])


def told_of(conn: Connection, keys: Iterable[str]) -> set[str]:
    """Those of `keys` that have a thread."""
    found: set[str] = set()
    for some in _parts(keys):
        found.update(
            conn.execute(select(threads.c.key).where(threads.c.key.in_(some)).distinct()).scalars()
        )
    return found


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(keys)
    for start in range(0, len(wanted), ASK):
        yield wanted[start : start + ASK]


def _read(conn: Connection, queries: Sequence[Select[Any]]) -> Threads:
    if not queries:
        return {}
    waiting: dict[tuple[str, str], datetime] = {
        (row.channel, row.key): row.due_at
        for row in conn.execute(
            select(messages.c.channel, messages.c.key, messages.c.due_at).where(
                messages.c.state == "waiting"
            )
        )
    }
    return {
        (row.channel, row.key): Thread(
            version=row.version,
            alert=Alert.model_validate(row.alert),
            told=Alert.model_validate(row.told) if row.told else None,
            covered=row.covered,
            waiting=waiting.get((row.channel, row.key)),
        )
        for query in queries
        for row in conn.execute(query)
    }


def enqueue(history: History, sendings: Iterable[Sending], now: datetime) -> list[Sending]:
    """Queue what was planned; those that another worker was faster with are left out.

    Raises:
        StoreError: see `History.write`. What was queued before it stays queued.
    """
    # In one order, so that two workers wait for each other's rows instead of for ever.
    ordered = sorted(sendings, key=lambda one: (one.place.name, one.alert.key))
    queued: list[Sending] = []
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        queued += history.transact(partial(_enqueue_all, history, batch, now))
    return queued


def _enqueue_all(
    history: History, batch: Sequence[Sending], now: datetime, conn: Connection
) -> list[Sending]:
    return [one for one in batch if _enqueue(conn, history, one, now)]


def _enqueue(conn: Connection, history: History, one: Sending, now: datetime) -> bool:
    body = one.alert.model_dump(mode="json")
    where = {"channel": one.place.name, "key": one.alert.key}
    fresh = {
        "version": one.seen + 1,
        "state": one.alert.state,
        "revision": one.alert.revision,
        "covered": one.covered,
        "alert": body,
        "updated_at": now,
    }
    if one.seen == 0:
        new = history.insert(threads).values(**where, **fresh, reference={})
        # The row tells whether it was inserted: a driver need not count what it did not do.
        added = new.on_conflict_do_nothing().returning(threads.c.version)
        moved = len(conn.execute(added).all())
    else:
        moved = conn.execute(
            update(threads)
            .where(threads.c.channel == where["channel"], threads.c.key == where["key"])
            .where(threads.c.version == one.seen)
            .values(**fresh)
        ).rowcount
    if moved != 1:
        return False
    conn.execute(
        update(messages)
        .where(messages.c.channel == where["channel"], messages.c.key == where["key"])
        .where(messages.c.state == "waiting")
        .values(state="replaced", ended_at=now, outcome="something newer is to be said")
    )
    unsaid = one.occasion is Occasion.UNSAID
    conn.execute(
        messages.insert().values(
            **where,
            version=one.seen + 1,
            occasion=one.occasion.value,
            state="skipped" if unsaid else "waiting",
            severity=one.alert.severity.value,
            title=one.alert.title,
            alert=body,
            digest=one.digest,
            rule=one.rule,
            created_at=now,
            due_at=one.due,
            attempts=0,
            ended_at=now if unsaid else None,
            outcome="it is again as it was told" if unsaid else None,
        )
    )
    return True
