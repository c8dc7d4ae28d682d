"""Stored deliveries, read again and folded anew when another one has come.

The state of an event is kept with it, so that what is asked for again and again need not be folded
each time. Of a closed event it is not kept: there are many of those, hardly anybody asks for them,
and to read the deliveries gives the state quickly enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import select, tuple_
from sqlalchemy.engine import Connection, Row

from offcall.core.errors import StoreError
from offcall.health.fold import fold
from offcall.health.model import Delivery, EventState, Feed, Origin
from offcall.health.parse import parse
from offcall.health.parse.usual import described
from offcall.health.schema import deliveries

__all__ = [
    "decode_feeds",
    "decode_notes",
    "decode_state",
    "describe",
    "differs",
    "kept",
    "parts",
    "reread",
    "revive",
    "states",
    "stored",
]

_ASK = 500
"""Keys asked for in one query."""

T = TypeVar("T")

decode_feeds = msgspec.json.Decoder(tuple[Feed, ...]).decode
decode_notes = msgspec.json.Decoder(tuple[str, ...]).decode
decode_state = msgspec.json.Decoder(EventState).decode
_encode = msgspec.json.Encoder().encode


def stored(
    conn: Connection, accounts: dict[int, str]
) -> Iterator[tuple[int, dict[bytes, Delivery]]]:
    """Everything that is stored of events, by its key.

    Args:
        accounts: the affected account ("" if none) of each event, by the id of its row.
    """
    for some in parts(list(accounts)):
        found: dict[int, dict[bytes, Delivery]] = {}
        for row in conn.execute(select(deliveries).where(deliveries.c.event_id.in_(some))):
            one = reread(row, account=accounts[row.event_id])
            found.setdefault(row.event_id, {})[one.key] = one
        yield from found.items()


def kept(state: EventState) -> bytes:
    """A state as it is kept: b"" if it is not, and else without the description.

    That is long and stands in a delivery: `described_by` says in which one; `describe` brings it
    back.
    """
    if state.is_closed:
        return b""
    text = state.description
    state.description = None
    encoded = _encode(state)
    state.description = text
    return encoded


def states(conn: Connection, rows: Iterable[tuple[int, str, bytes]]) -> dict[int, EventState]:
    """The states of events, by the ids of their rows.

    Args:
        rows: id, affected account ("" if none), and what is kept as state.
    """
    found = {}
    unkept = {}
    for number, account, state in rows:
        if state:
            found[number] = decode_state(state)
        else:
            unkept[number] = account
    for number, mine in stored(conn, unkept):
        found[number] = fold(mine.values())
    return found


def reread(row: Row[Any], *, account: str) -> Delivery:
    """A stored delivery, parsed by today's rules.

    Raises:
        StoreError: what an older offcall understood, this one does not.
    """
    notes = decode_notes(row.notes) if row.notes else ()
    feeds = decode_feeds(row.feeds)
    return revive(
        row.body, key=row.key, account=account, feeds=feeds, notes=notes, received=row.received_at
    )


def revive(
    body: bytes,
    *,
    key: bytes,
    account: str,
    feeds: tuple[Feed, ...],
    notes: tuple[str, ...],
    received: datetime,
) -> Delivery:
    """The delivery of which these parts are stored, parsed by today's rules.

    Raises:
        StoreError: what an older offcall understood, this one does not.
    """
    first = feeds[0]
    origin = Origin(how=first.how, region=first.region or None, account=first.account or None)
    found = parse(body, origin=origin)
    if len(found) != 1 or not isinstance(found[0], Delivery):
        raise StoreError(
            f"message {key.hex()} of the history cannot be read any more",
            hint="this is a mistake in offcall: please report it",
        )
    one = found[0]
    one.key = key
    one.account = account or None
    one.feeds = feeds
    one.received = received
    # Also those about what had carried it, which is not stored.
    one.notes = notes
    return one


def describe(conn: Connection, states: Mapping[int, EventState]) -> None:
    """Bring the descriptions back; the states are by the ids of their rows."""
    wanted = {
        (number, one.described_by): one
        for number, one in states.items()
        if one.described_by is not None and one.description is None
    }
    this = tuple_(deliveries.c.event_id, deliveries.c.key)
    for some in parts(list(wanted)):
        query = select(deliveries.c.event_id, deliveries.c.key, deliveries.c.body)
        for number, key, body in conn.execute(query.where(this.in_(some))):
            wanted[number, key].description = described(body) or _parsed_description(body)


def _parsed_description(body: bytes) -> str | None:
    found = parse(body, origin=Origin(how=""))
    return found[0].description if found and isinstance(found[0], Delivery) else None


def differs(before: EventState, after: EventState) -> bool:
    """Something that concerns people changed, not only the ways by which it came."""
    quiet: dict[str, Any] = {
        "feeds": (),
        "receiving_accounts": (),
        "notes": (),
        # A text that changed is in the timeline.
        "description": None,
        "described_by": None,
    }
    return msgspec.structs.replace(before, **quiet) != msgspec.structs.replace(after, **quiet)


def parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Slices that are short enough for one query."""
    for begin in range(0, len(values), _ASK):
        yield values[begin : begin + _ASK]
