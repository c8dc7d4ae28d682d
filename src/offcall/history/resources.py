"""The resources that were looked at, as they were described last: above all, their tags.

A brief and the worker write them, so that a command that reads no inventory knows of a resource
what an inventory said, without asking AWS.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Text, cast, select
from sqlalchemy.engine import Connection

from offcall.core.findings import Resource
from offcall.history.database import History
from offcall.history.schema.resources import resources as table

__all__ = ["known", "note"]


def note(
    conn: Connection, history: History, room: str, resources: Iterable[Resource], now: datetime
) -> None:
    """Keep how these are described now, in the place of what was said before.

    A room that knows no tags of a resource takes nothing away from what another one said of it.
    """
    rows = conn.execute(select(table.c.id, cast(table.c.body, Text)))
    before: dict[str, str] = {row[0]: row[1] for row in rows}
    news = []
    for _, one in sorted({one.id: one for one in resources}.items()):
        body = one.model_dump_json(exclude_none=True, exclude={"file", "line"})
        old = before.get(one.id)
        if old == body or (old is not None and not one.tags):
            continue
        news.append((one.id, one.name, body, room, history.timestamp(now)))
    history.many(conn, _UPSERT, news)


def known(conn: Connection) -> list[Resource]:
    """All of them."""
    return [Resource.model_validate(body) for body in conn.execute(select(table.c.body)).scalars()]


_UPSERT = (
    "INSERT INTO resource (id, name, body, room, seen_at) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body, "
    "room = excluded.room, seen_at = excluded.seen_at"
)
