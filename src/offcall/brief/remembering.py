"""Keep the history's findings fresh between two briefs, so that notifications know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offcall.brief.snapshot import BriefFacts, read_facts
from offcall.core.windows import Window

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from offcall.core.context import Context
    from offcall.core.snapshots import Unread
    from offcall.history.database import History
    from offcall.history.recording import Seen

__all__ = ["Remembered", "record_rooms", "remember"]


@dataclass(frozen=True, slots=True)
class Remembered:
    """How many findings are new, are still there, and are resolved; what could not be read."""

    new: int
    still: int
    resolved: int
    unread: tuple[Unread, ...]


def remember(ctx: Context) -> Remembered:
    """Read the estate's facts and record their findings; no brief counts as read by anybody.

    Of a room that could not read everything, nothing is called resolved.

    Raises:
        EstateError: a section does not fit.
        StoreError: the history failed us.
    """
    from offcall.history import open_history

    facts = read_facts(ctx, Window(None, None, "all time", ctx.zone))
    history = open_history(ctx)
    seen = history.transact(lambda conn: record_rooms(conn, history, facts, ctx.now))
    return Remembered(
        new=sum(len(one.new) for one in seen),
        still=sum(len(one.still) for one in seen),
        resolved=sum(len(one.resolved) for one in seen),
        unread=facts.unread,
    )


def record_rooms(
    conn: Connection, history: History, facts: BriefFacts, now: datetime
) -> list[Seen]:
    """Record what every room said, each under its own name, and what it looked at.

    The window does not matter.

    So a finding has one life, whoever looked: it ends when its room was read completely and does
    not name it any more.
    """
    from offcall.history.recording import record_on
    from offcall.history.resources import note

    for one in sorted(facts.rooms, key=lambda one: one.room):
        if one.resources:
            note(conn, history, one.room, one.resources, now)
    # In one order always, so that two of us wait for one another and do not deadlock.
    return [
        record_on(conn, history, one.room, (*one.findings, *one.later), now, complete=one.complete)
        for one in sorted(facts.rooms, key=lambda one: one.room)
    ]
