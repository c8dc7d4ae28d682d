"""Plan, queue and send without channels, for the tests of the queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from offcall.history.database import History
from offcall.notify import outbox, queueing
from offcall.notify.alerts import Alert
from offcall.notify.plan import Sending, plan
from offcall.notify.routes import Rules
from offcall.notify.schema import messages

DEAD = timedelta(minutes=10)


def planned(history: History, alerts: list[Alert], book: Rules, now: datetime) -> list[Sending]:
    with history.read() as conn:
        threads = queueing.open_threads(conn)
    return plan(alerts, book, threads, now)


def due(history: History, now: datetime) -> list[outbox.Queued]:
    with history.read() as conn:
        return outbox.due(conn, now, DEAD)


def states(history: History) -> list[tuple[str, str]]:
    with history.read() as conn:
        rows = conn.execute(select(messages.c.occasion, messages.c.state).order_by(messages.c.id))
        return [(row.occasion, row.state) for row in rows]


def sent(history: History, now: datetime, reference: dict[str, str] | None = None) -> int:
    """Claim and settle everything that is due, one by one."""
    rows = due(history, now)
    for row in rows:
        mine = outbox.claim(history, [row], "w", now, DEAD)
        outbox.settle(history, mine, outcome="ok", reference=reference, now=now)
    return len(rows)
