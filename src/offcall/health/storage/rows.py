"""What is stored of an event and of its messages.

Most events of an import are closed and have one usual message. Their rows are made straight of what
was decoded (`parse.usual.Usual`), with no delivery, no state and no datetime in between. All others
are folded. Both ways give the same rows (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from offcall.health.fold import fold
from offcall.health.model import Delivery, EventState, Status
from offcall.health.parse.usual import Usual
from offcall.health.storage.refold import decode_feeds, decode_notes, kept, revive

__all__ = ["Columns", "Event", "Item", "Stamp", "columns_of", "of_two"]

Stamp = Callable[[datetime | None], str | datetime | None]
"""How the database's driver takes a time: `History.timestamp`."""


class Item(msgspec.Struct, array_like=True, gc=False):
    """What is stored of a delivery. The delivery itself is made of it again when it is needed.

    Attributes:
        feed: the first that brought it, as its place in `Gathered.seen`.
        feeds, notes: as they are stored.
    """

    key: bytes
    feed: int
    feeds: bytes
    notes: bytes | None
    body: bytes

    def delivery(self, account: str, received: datetime) -> Delivery:
        """The delivery, of an event that affects `account` ("" if public)."""
        return revive(
            self.body,
            key=self.key,
            account=account,
            feeds=decode_feeds(self.feeds),
            notes=decode_notes(self.notes) if self.notes else (),
            received=received,
        )


class Event(msgspec.Struct, array_like=True, gc=False):
    """An event that a batch touches, and the deliveries that the batch brings.

    Attributes:
        key: what identifies it in the table.
        account: the affected one, "" if it is public.
        columns: what its row holds if the batch's deliveries are all there are: those of
            `columns_of`, then the state.
        items: the deliveries by their keys.
    """

    key: bytes
    account: str
    arn: str
    columns: tuple[Any, ...]
    items: dict[bytes, Item]


class Columns:
    """Makes `Event.columns`, for deliveries that are received `now`."""

    def __init__(self, now: datetime, stamp: Stamp) -> None:
        self._now = now
        self._stamp = stamp
        self._takes_text = isinstance(stamp(now), str)

    def of_one(self, one: Delivery | Usual) -> tuple[Any, ...]:
        """Of an event with one delivery."""
        if isinstance(one, Delivery):
            one.received = self._now
            state = b"" if one.status == Status.CLOSED else kept(fold((one,)))
            return (*columns_of(one, self._stamp), state)
        detail = one.whole.detail
        if detail.status != "closed" or not self._takes_text:
            return self.of_one(one.delivery())
        return (
            detail.service,
            detail.code,
            detail.category,
            detail.region,
            detail.scope,
            detail.status,
            one.start,
            one.end,
            one.updated,
            b"",
        )

    def of_all(self, event: Event) -> tuple[Any, ...]:
        """Of an event with any number of deliveries."""
        state = fold(one.delivery(event.account, self._now) for one in event.items.values())
        return (*columns_of(state, self._stamp), kept(state))


def columns_of(one: EventState | Delivery, stamp: Stamp) -> tuple[Any, ...]:
    """What of a state stands in columns. A single delivery has the same as the state of it."""
    return (
        one.service,
        one.code,
        one.category,
        one.region or "",
        one.scope or "",
        one.status or "",
        stamp(one.start),
        stamp(one.end),
        stamp(one.last_updated),
    )


def of_two(first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """`Event.columns` of two deliveries, given those of each; None if they must be folded.

    Two that are closed are simple: the later one counts, and what it lacks stays.
    """
    *_, updated, state = first
    *_, updated_too, state_too = second
    if state or state_too or not updated or not updated_too or updated == updated_too:
        return None
    if updated > updated_too:
        first, second = second, first
    return tuple(later or earlier for earlier, later in zip(first, second, strict=True))
