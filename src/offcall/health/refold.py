"""Stored deliveries, read again and folded anew when another one has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from offcall.core.errors import StoreError
from offcall.health.fold import fold
from offcall.health.model import Delivery, EventState, Feed, Origin
from offcall.health.parse import parse
from offcall.health.parse.usual import described
from offcall.history.schema.health import deliveries

__all__ = [
    "decode_feeds",
    "decode_state",
    "describe",
    "differs",
    "encode_state",
    "parts",
    "refold",
    "reread",
]

_ASK = 500
"""Keys asked for in one query."""

T = TypeVar("T")

decode_feeds = msgspec.json.Decoder(tuple[Feed, ...]).decode
_decode_notes = msgspec.json.Decoder(tuple[str, ...]).decode
decode_state = msgspec.json.Decoder(EventState).decode
_encode = msgspec.json.Encoder().encode


def refold(conn: Connection, accounts: dict[int, str]) -> Iterator[tuple[int, EventState]]:
    """The states of events from everything that is stored of them.

    Args:
        accounts: the affected account ("" if none) of each event, by the id of its row.
    """
    for some in parts(list(accounts)):
        found: dict[int, list[Delivery]] = {}
        for row in conn.execute(select(deliveries).where(deliveries.c.event_id.in_(some))):
            one = reread(row, account=accounts[row.event_id])
            found.setdefault(row.event_id, []).append(one)
        for number, mine in found.items():
            yield number, fold(mine)


def reread(row: Row[Any], *, account: str) -> Delivery:
    """A stored delivery, parsed by today's rules.

    Raises:
        StoreError: what an older offcall understood, this one does not.
    """
    came_by = decode_feeds(row.feeds)
    first = came_by[0]
    origin = Origin(how=first.how, region=first.region or None, account=first.account or None)
    found = parse(row.body, origin=origin)
    if len(found) != 1 or not isinstance(found[0], Delivery):
        raise StoreError(
            f"message {row.id} of the history cannot be read any more",
            hint="this is a mistake in offcall: please report it",
        )
    one = found[0]
    one.key = row.key
    one.account = account or None
    one.feeds = came_by
    one.received = row.received_at
    # Also those about what had carried it, which is not stored.
    one.notes = _decode_notes(row.notes) if row.notes else ()
    return one


def encode_state(state: EventState) -> bytes:
    """A state as it is kept: without the description, which is long and stands in a delivery.

    (`described_by` says in which one; `describe` brings it back.)
    """
    text = state.description
    state.description = None
    encoded = _encode(state)
    state.description = text
    return encoded


def describe(conn: Connection, states: Sequence[EventState]) -> None:
    """Bring the descriptions back."""
    by_key: dict[bytes, EventState] = {
        one.described_by: one for one in states if one.described_by is not None
    }
    for some in parts(list(by_key)):
        query = select(deliveries.c.key, deliveries.c.body).where(deliveries.c.key.in_(some))
        for key, body in conn.execute(query):
            by_key[key].description = described(body) or _parsed_description(body)


def _parsed_description(body: bytes) -> str | None:
    found = parse(body, origin=Origin(how=""))
    return found[0].description if found and isinstance(found[0], Delivery) else None


def differs(before: bytes, after: EventState) -> bool:
    """Something that concerns people changed, not only the ways by which it came."""
    quiet: dict[str, Any] = {
        "feeds": (),
        "receiving_accounts": (),
        "notes": (),
        # A text that changed is in the timeline.
        "description": None,
        "described_by": None,
    }
    old = msgspec.structs.replace(decode_state(before), **quiet)
    return old != msgspec.structs.replace(after, **quiet)


def parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Slices that are short enough for one query."""
    for begin in range(0, len(values), _ASK):
        yield values[begin : begin + _ASK]
