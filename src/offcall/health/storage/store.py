"""Health events in the history: deliveries go in (`ingest`), states come out, actions are kept.

`events` and `event` read folded states, they parse nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, text
from sqlalchemy.engine import Connection, Row

from offcall.core.errors import UserError
from offcall.core.text import did_you_mean
from offcall.health.model import Action, ActionKind, EventState, Scope
from offcall.health.schema import actions as actions_table
from offcall.health.schema import events as table
from offcall.health.storage.feeds import FeedSeen, feeds
from offcall.health.storage.ids import named, pick_one
from offcall.health.storage.ingest import IngestReport, ingest, ingest_batches
from offcall.health.storage.keys import event_key
from offcall.health.storage.phases import Phases
from offcall.health.storage.refold import describe, states
from offcall.history import audit
from offcall.history.database import History

if TYPE_CHECKING:
    from offcall.core.windows import Window

__all__ = [
    "FeedSeen",
    "IngestReport",
    "act",
    "add_texts",
    "event",
    "events",
    "feeds",
    "ingest",
    "ingest_batches",
    "messages",
]


def events(
    history: History,
    *,
    window: Window | None = None,
    starting: Window | None = None,
    region: str | None = None,
    account: str | None = None,
    service: str | None = None,
    code: str | None = None,
    category: str | Sequence[str] | None = None,
    status: str | Sequence[str] | None = None,
    phases: Phases | None = None,
    scope: str | None = None,
    changed_since: datetime | None = None,
    limit: int | None = None,
    texts: bool = True,
) -> list[EventState]:
    """The states that fit every argument given, soonest start first; those without start come last.

    Args:
        window: under way at some time in it. An event without an end goes on until it is closed,
            and a closed one without an end ended at its last update.
        starting: starting in it.
        region: the impacted region; events of "global" fit every region.
        account: the affected account; public events fit every account, unless `scope` says else.
        service: as AWS writes it ("RDS"), in any case.
        status: the word that AWS wrote; "" is none.
        phases: in one of these at a moment: the answer to what is going on.
        scope: "PUBLIC" or "ACCOUNT_SPECIFIC".
        changed_since: new or changed since then, by our clock.
        texts: with the descriptions; without them it is faster.

    Raises:
        StoreError: see `History.read`.
    """
    conditions: list[ColumnElement[bool]] = []
    if window is not None:
        conditions += _under_way(window)
    if starting is not None:
        conditions += _between(table.c.starts, starting)
    if region is not None:
        conditions.append(table.c.region.in_([region.lower(), "global"]))
    if account is not None:
        conditions.append(or_(table.c.account == account, table.c.scope == Scope.PUBLIC.value))
    if changed_since is not None:
        conditions.append(table.c.changed_at > changed_since)
    if phases is not None:
        conditions += phases.conditions()
    conditions += _equal(
        service=service.upper() if service else None,
        code=code,
        category=category,
        status=status,
        scope=scope,
    )
    query = (
        _select()
        .where(*conditions)
        .order_by(table.c.starts.is_(None), table.c.starts, table.c.account, table.c.arn)
    )
    if limit is not None:
        query = query.limit(limit)
    with history.read() as conn:
        return _states(conn, conn.execute(query).all(), among=conditions, texts=texts)


def add_texts(history: History, states: Sequence[EventState]) -> None:
    """Give states that were read without texts their descriptions; a few hundred at most."""
    by_key = {event_key(one.account or "", one.arn): one for one in states}
    query = select(table.c.id, table.c.key).where(table.c.key.in_(list(by_key)))
    with history.read() as conn:
        rows = conn.execute(query).all() if by_key else []
        describe(conn, {row.id: by_key[bytes(row.key)] for row in rows})


def event(history: History, arn: str, account: str | None = None) -> EventState:
    """One event, by its ARN, its id (see `ids`), the ARN's end, or a piece that no other has.

    Args:
        account: the affected account, needed when the event is there for several.

    Raises:
        UserError: there is none, or there are several.
    """
    with history.read() as conn:
        return _one(conn, arn, account)


def act(
    history: History,
    arn: str,
    account: str | None,
    kind: str,
    by: str,
    now: datetime,
    *,
    note: str | None = None,
    planned_for: datetime | None = None,
    entity: str | None = None,
) -> EventState:
    """Record what a person says about an event, or about one of its entities; audited.

    Args:
        arn, account: as for `event`.
        kind: one of `ActionKind`.
        planned_for: when it will be done, for "plan".
        entity: the entity's value, or the end of it ("db:orders", "orders").

    Raises:
        UserError: no such event or entity, another kind, or a plan in the past.
    """
    if kind not in {one.value for one in ActionKind}:
        raise UserError(
            "unknown action", value=kind, expected=" | ".join(one.value for one in ActionKind)
        )
    if planned_for is not None and kind != ActionKind.PLAN:
        raise UserError("only a plan has a date", value=kind)
    if planned_for is not None and planned_for < now:
        raise UserError("a plan is for the future", value=planned_for.isoformat())

    def done(conn: Connection) -> EventState:
        state = _one(conn, arn, account)
        value = _entity(state, entity) if entity is not None else None
        number = conn.execute(
            select(table.c.id).where(table.c.key == event_key(state.account or "", state.arn))
        ).scalar_one()
        values = {"entity": value, "kind": str(kind), "by": by, "at": now, "note": note}
        conn.execute(
            insert(actions_table).values(event_id=number, planned_for=planned_for, **values)
        )
        detail = {
            "account": state.account,
            "entity": value,
            "note": note,
            "planned_for": planned_for.isoformat() if planned_for else None,
        }
        audit.record(conn, by, f"{kind} event", state.arn, detail, now)
        return _one(conn, state.arn, state.account)

    return history.transact(done)


def messages(history: History, state: EventState) -> list[bytes]:
    """The messages of an event as they came, in the order in which they were stored."""
    from offcall.health.schema import deliveries

    query = (
        select(deliveries.c.body)
        .join(table, table.c.id == deliveries.c.event_id)
        .where(table.c.key == event_key(state.account or "", state.arn))
        .order_by(deliveries.c.id)
    )
    with history.read() as conn:
        return [bytes(body) for body in conn.execute(query).scalars()]


def _select() -> Select[Any]:
    return select(table.c.id, table.c.account, table.c.arn, table.c.first_seen, table.c.state)


def _equal(**wanted: str | Sequence[str] | None) -> list[ColumnElement[bool]]:
    status = wanted["status"]
    # Said so that the index of what is not closed is used.
    alive = status is not None and "closed" not in status
    return [table.c.status != text("'closed'")] * alive + [
        table.c[name].in_([values] if isinstance(values, str) else [str(one) for one in values])
        for name, values in wanted.items()
        if values is not None
    ]


def _under_way(window: Window) -> list[ColumnElement[bool]]:
    begin = func.coalesce(table.c.starts, table.c.last_updated, table.c.first_seen)
    found: list[ColumnElement[bool]] = []
    if window.end is not None:
        found.append(begin < window.end)
    if window.start is not None:
        over = and_(
            table.c.status == "closed",
            func.coalesce(table.c.ends, table.c.last_updated) < window.start,
        )
        ended = and_(table.c.ends.is_not(None), table.c.ends < window.start)
        found.append(~func.coalesce(or_(over, ended), False))
    return found


def _between(column: ColumnElement[Any], window: Window) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if window.start is not None:
        found.append(column >= window.start)
    if window.end is not None:
        found.append(column < window.end)
    return found


def _one(conn: Connection, text: str, account: str | None) -> EventState:
    query = _select().order_by(table.c.account, table.c.arn)
    if account is not None:
        query = query.where(or_(table.c.account == account, table.c.account == ""))
    rows = named(conn, query, text)
    if account is not None and len(rows) > 1:
        rows = [row for row in rows if row.account == account] or rows
    row = rows[pick_one(conn, text, [(one.account, one.arn) for one in rows])]
    return _states(conn, [row], among=[table.c.id == row.id])[0]


def _states(
    conn: Connection,
    rows: Sequence[Row[Any]],
    *,
    among: Sequence[ColumnElement[bool]],
    texts: bool = True,
) -> list[EventState]:
    """Rows as states; `among` is the condition that selected them, to find their actions."""
    taken: dict[int, list[Action]] = {}
    query = (
        select(actions_table)
        .join(table, table.c.id == actions_table.c.event_id)
        .where(*among)
        .order_by(actions_table.c.at, actions_table.c.id)
    )
    for row in conn.execute(query) if rows else ():
        taken.setdefault(row.event_id, []).append(
            Action(
                kind=row.kind,
                by=row.by,
                at=row.at,
                note=row.note,
                planned_for=row.planned_for,
                entity=row.entity,
            )
        )
    found = states(conn, ((row.id, row.account, row.state) for row in rows))
    for row in rows:
        found[row.id].first_seen = row.first_seen
        if row.id in taken:
            found[row.id].actions = tuple(taken[row.id])
    if texts:
        describe(conn, found)
    return [found[row.id] for row in rows]


def _entity(state: EventState, named: str) -> str:
    values = [one.value for one in state.entities]
    if named in values:
        return named
    fitting = [one for one in values if one.endswith((f"/{named}", f":{named}"))]
    if len(fitting) == 1:
        return fitting[0]
    raise UserError(
        "the event names several resources like this"
        if fitting
        else "the event does not name this resource",
        value=named,
        hint=did_you_mean(named, values),
    )
