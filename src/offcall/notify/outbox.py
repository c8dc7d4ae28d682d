"""Queued messages (see `queueing`) until they are sent: claimed, recorded. Several workers may run.

    waiting ──claim──▶ sending ──▶ sent | skipped
       ▲                  │ └────▶ failed        (given up: `notify retry` makes it wait again)
       └───── retry ──────┘
    waiting ──▶ replaced                          (something newer is to be said)

- A message is claimed in its own transaction before anything is sent, and its outcome is recorded
  after. A worker that dies in between leaves `sending`; after a while another takes it over. That
  is at least once: when the dead worker had reached the channel, people read it twice. Never
  hearing of a change would be worse. PagerDuty and e-mail clients fold the second one.
- A thread has at most one message on its way, so that replies follow what they reply to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.engine import Connection, Row

from offcall.history.database import History
from offcall.notify.alerts import Alert
from offcall.notify.plan import Occasion
from offcall.notify.schema import messages, threads

__all__ = ["Queued", "claim", "due", "give_up", "retry", "settle"]


@dataclass(frozen=True, slots=True)
class Queued:
    """A message of the outbox.

    Attributes:
        told: what the channel was told before, None if nothing.
        reference: what the channel gave for the first message (Slack's ts, a Message-ID, …).
    """

    id: int
    channel: str
    alert: Alert
    occasion: Occasion
    state: str
    digest: str | None
    rule: str
    created: datetime
    due: datetime
    attempts: int
    claimed_at: datetime | None = None
    told: Alert | None = None
    reference: dict[str, str] | None = None


def due(conn: Connection, now: datetime, dead_after: timedelta) -> list[Queued]:
    """Messages that may be sent now, oldest first, with those of workers that have died."""
    query = _joined().where(
        ((messages.c.state == "waiting") & (messages.c.due_at <= now))
        | ((messages.c.state == "sending") & (messages.c.claimed_at <= now - dead_after))
    )
    return [_queued(row) for row in conn.execute(query.order_by(messages.c.id))]


def claim(
    history: History, wanted: Sequence[Queued], worker: str, now: datetime, dead_after: timedelta
) -> list[Queued]:
    """Take messages that are to go out as one; those that another worker has are left out.

    The first one leads: who does not get it gets none, so that a digest is not torn in two.
    """
    taken: list[Queued] = []
    with history.write() as conn:
        for one in wanted:
            mine = _claim(conn, one, worker, now, dead_after)
            if mine is None and one is wanted[0]:
                return []
            if mine is not None:
                taken.append(mine)
    return taken


def _claim(
    conn: Connection, one: Queued, worker: str, now: datetime, dead_after: timedelta
) -> Queued | None:
    thread = (threads.c.channel == one.channel) & (threads.c.key == one.alert.key)
    # The thread's row is the lock: no other message of it can be claimed meanwhile.
    conn.execute(select(threads.c.version).where(thread).with_for_update())
    busy = conn.execute(
        select(messages.c.id).where(
            messages.c.channel == one.channel,
            messages.c.key == one.alert.key,
            messages.c.state == "sending",
            messages.c.id != one.id,
            messages.c.claimed_at > now - dead_after,
        )
    ).first()
    if busy is not None:
        return None
    moved = conn.execute(
        update(messages)
        .where(messages.c.id == one.id, messages.c.attempts == one.attempts)
        .where(messages.c.state == one.state)
        .values(
            state="sending", claimed_by=worker, claimed_at=now, attempts=messages.c.attempts + 1
        )
    ).rowcount
    if moved != 1:
        return None
    return _queued(conn.execute(_joined().where(messages.c.id == one.id)).one())


def settle(
    history: History,
    done: Iterable[Queued],
    *,
    outcome: str,
    reference: dict[str, str] | None,
    now: datetime,
    skipped: bool = False,
) -> None:
    """Record that claimed messages were sent.

    Args:
        reference: what later messages need to follow; None keeps what the thread has.
        skipped: nothing was sent because there was nothing to do on that channel.
    """
    with history.write() as conn:
        for one in sorted(done, key=lambda each: (each.channel, each.alert.key)):
            conn.execute(
                update(messages)
                .where(messages.c.id == one.id)
                .values(state="skipped" if skipped else "sent", ended_at=now, outcome=outcome)
            )
            thread = (threads.c.channel == one.channel) & (threads.c.key == one.alert.key)
            known = conn.execute(select(threads.c.reference).where(thread)).scalar()
            conn.execute(
                update(threads)
                .where(thread)
                .values(told=one.alert.model_dump(mode="json"), reference=reference or known or {})
            )


def give_up(
    history: History,
    done: Iterable[Queued],
    *,
    outcome: str,
    again_at: datetime | None,
    now: datetime,
) -> None:
    """Record that claimed messages could not be sent.

    Args:
        again_at: when to try again; None gives them up.
    """
    with history.write() as conn:
        for one in done:
            values: dict[str, Any] = {"outcome": outcome, "claimed_by": None, "claimed_at": None}
            if again_at is None:
                values |= {"state": "failed", "ended_at": now}
            else:
                thread = (threads.c.channel == one.channel) & (threads.c.key == one.alert.key)
                newer = conn.execute(
                    select(threads.c.version).where(thread).with_for_update()
                ).scalar()
                mine = conn.execute(
                    select(messages.c.version).where(messages.c.id == one.id)
                ).scalar()
                # What came meanwhile says all that this one said.
                stale = newer != mine
                values |= (
                    {"state": "replaced", "ended_at": now}
                    if stale
                    else {"state": "waiting", "due_at": again_at}
                )
            conn.execute(update(messages).where(messages.c.id == one.id).values(**values))


def retry(history: History, now: datetime, ids: Sequence[int] = ()) -> int:
    """Let given-up messages wait again, all or these; how many there were.

    One whose thread has said something newer since then is left alone.
    """
    newest = (
        select(threads.c.version)
        .where(threads.c.channel == messages.c.channel, threads.c.key == messages.c.key)
        .scalar_subquery()
    )
    query = (
        update(messages)
        .where(messages.c.state == "failed", messages.c.version == newest)
        .values(state="waiting", due_at=now, attempts=0, ended_at=None)
    )
    if ids:
        query = query.where(messages.c.id.in_(ids))
    with history.write() as conn:
        return conn.execute(query).rowcount


def _joined() -> Select[Any]:
    return select(messages, threads.c.told, threads.c.reference).join(
        threads, (threads.c.channel == messages.c.channel) & (threads.c.key == messages.c.key)
    )


def _queued(row: Row[Any]) -> Queued:
    return Queued(
        id=row.id,
        channel=row.channel,
        alert=Alert.model_validate(row.alert),
        occasion=Occasion(row.occasion),
        state=row.state,
        digest=row.digest,
        rule=row.rule,
        created=row.created_at,
        due=row.due_at,
        attempts=row.attempts,
        claimed_at=row.claimed_at,
        told=Alert.model_validate(row.told) if row.told else None,
        reference=dict(row.reference) or None,
    )
