"""The resources that a name or ARN stands for, from the messages that name it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.engine import Connection

from offcall.core.findings import Resource
from offcall.health.resources import resources_of
from offcall.health.schema import deliveries, events
from offcall.health.storage.refold import states
from offcall.history.database import History

__all__ = ["resources_named"]

NEWEST = 50
"""Messages that are looked into: a resource that is named often is named alike."""


def resources_named(history: History, text: str) -> list[Resource]:
    """What the newest events that name `text` say that they are about, the newest first.

    The database looks for the text in the messages, so that few of them need to be read.

    Args:
        text: an ARN, an id, or a name; as written, or in small letters.
    """
    with history.read() as conn:
        query = (
            select(deliveries.c.event_id)
            .where(or_(*(_names(conn, one) for one in {text, text.lower()})))
            .order_by(deliveries.c.id.desc())
            .limit(NEWEST)
        )
        wanted = list(dict.fromkeys(conn.execute(query).scalars()))
        rows = conn.execute(
            select(events.c.id, events.c.account, events.c.state).where(events.c.id.in_(wanted))
        )
        found = states(conn, (tuple(row) for row in rows))
    return [one for number in wanted for one in resources_of(found[number])]


def _names(conn: Connection, text: str) -> ColumnElement[bool]:
    """A message with the text as a whole name: between quotes, colons or slashes."""
    forms = (f'"{text}"', f':{text}"', f":{text}:", f'/{text}"', f"/{text}/")
    return and_(_holds(conn, text), or_(*(_holds(conn, one) for one in forms)))


def _holds(conn: Connection, text: str) -> ColumnElement[bool]:
    part = literal(text.encode())
    if conn.dialect.name == "sqlite":
        return func.instr(deliveries.c.body, part) > 0
    return func.position(part.op("IN")(deliveries.c.body)) > 0
