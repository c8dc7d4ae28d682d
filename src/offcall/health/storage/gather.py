"""A batch of deliveries, grouped by event and made ready before the transaction begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec

from offcall.health.fold import fold
from offcall.health.model import Delivery, EventState, Feed, Reject
from offcall.health.storage.feeds import Counts
from offcall.health.storage.keys import event_key
from offcall.health.storage.refold import encode_state, kept, revive

__all__ = ["Event", "Gathered", "Item", "Stamp", "columns_of"]

Stamp = Callable[[datetime | None], str | datetime | None]
"""How the database's driver takes a time: `History.timestamp`."""

_key = attrgetter("key")


class Item(msgspec.Struct, array_like=True, gc=False):
    """What is stored of a delivery. The delivery itself is made of it again when it is needed."""

    key: bytes
    feeds: tuple[Feed, ...]
    notes: tuple[str, ...]
    body: bytes

    def delivery(self, account: str, received: datetime) -> Delivery:
        """The delivery, of an event that affects `account` ("" if public)."""
        return revive(
            self.body,
            key=self.key,
            account=account,
            feeds=self.feeds,
            notes=self.notes,
            received=received,
        )

    def came_also_by(self, feeds: tuple[Feed, ...]) -> None:
        """A copy came by these."""
        self.feeds = tuple(sorted({*self.feeds, *feeds}))


class Event(msgspec.Struct, omit_defaults=True, gc=False):
    """An event that the batch touches: its row, and the deliveries that the batch brings.

    Attributes:
        key: what identifies it in the table.
        columns: what its row holds if the batch's deliveries are all there are: those of
            `columns_of`, then the state.
        fresh: the row is this transaction's own.
        state: what is kept of it; see `refold`.
        known: the feeds of the deliveries that are stored already.
    """

    key: bytes
    account: str
    arn: str
    items: dict[bytes, Item]
    columns: tuple[Any, ...]
    id: int = 0
    state: bytes | None = None
    fresh: bool = True
    known: dict[bytes, set[Feed]] | None = None


class Gathered(msgspec.Struct):
    """A batch, grouped by event, with everything made ready that needs no database.

    The lock on the history is held for less time like this, and it can be made in a process of
    its own (see `ahead`).

    Attributes:
        events: in the order of their keys, always: two workers wait for one another and do not
            deadlock.
        seen: what each feed brought.
        messages: deliveries and rejects together.
        read: bytes of the source that were read for it, if anybody counted.
        damage: why the source ended before its time.
    """

    events: list[Event]
    seen: list[tuple[Feed, Counts]]
    rejects: list[Reject]
    messages: int
    read: float = 0
    damage: tuple[str, ...] = ()

    @classmethod
    def of(cls, items: Iterable[Delivery | Reject], now: datetime, stamp: Stamp) -> Gathered:
        """Group `items`."""
        seen: dict[Feed, Counts] = {}
        rejects: list[Reject] = []
        groups: dict[tuple[str, str], dict[bytes, Delivery]] = {}
        # Most deliveries share the tuple of their feeds.
        tallies: dict[tuple[Feed, ...], list[Counts]] = {}
        feeds: tuple[Feed, ...] = ()
        tally: list[Counts] = []
        messages = 0
        for item in items:
            messages += 1
            if isinstance(item, Reject):
                rejects.append(item)
                continue
            item.received = now
            if item.feeds is not feeds:
                feeds = item.feeds
                if feeds not in tallies:
                    tallies[feeds] = [seen.setdefault(feed, Counts()) for feed in feeds]
                tally = tallies[feeds]
            sent = item.sent_at
            for counts in tally:
                counts.messages += 1
                if sent is not None and (counts.sent is None or sent > counts.sent):
                    counts.sent = sent
            mine = groups.get((item.account or "", item.arn))
            if mine is None:
                groups[item.account or "", item.arn] = {item.key: item}
            elif (before := mine.get(item.key)) is None:
                mine[item.key] = item
            elif item.feeds != before.feeds:
                before.feeds = tuple(sorted({*item.feeds, *before.feeds}))
        found = [
            Event(
                event_key(account, arn),
                account,
                arn,
                {one.key: Item(one.key, one.feeds, one.notes, one.body) for one in mine.values()},
                _of_all(mine, stamp),
            )
            for (account, arn), mine in groups.items()
        ]
        found.sort(key=_key)
        return cls(found, list(seen.items()), rejects, messages)


def _of_all(mine: dict[bytes, Delivery], stamp: Stamp) -> tuple[Any, ...]:
    if len(mine) == 1:
        (one,) = mine.values()
        return (*columns_of(one, stamp), kept(one))
    state = fold(mine.values())
    return (*columns_of(state, stamp), encode_state(state))


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
