"""A batch of deliveries, grouped by event and made ready before the transaction begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec

from offcall.health.feeds import Counts
from offcall.health.keys import event_key
from offcall.health.model import Delivery, EventState, Feed, Reject
from offcall.health.refold import kept
from offcall.history.database import History

__all__ = ["Event", "Gathered", "columns_of", "fed"]

_key = attrgetter("key")


class Event(msgspec.Struct, gc=False):
    """An event that the batch touches: its row, and the deliveries that the batch brings.

    Attributes:
        key: what identifies it in the table.
        columns: what its row holds if the batch's deliveries are all there are; see `columns_of`.
        fresh: the row is this transaction's own.
        state: what is kept of it; see `refold`.
        known: the feeds of the deliveries that are stored already.
    """

    key: bytes
    account: str
    arn: str
    items: dict[bytes, Delivery]
    columns: tuple[Any, ...] | None
    id: int = 0
    state: bytes | None = None
    fresh: bool = True
    known: dict[bytes, set[Feed]] | None = None

    def add(self, item: Delivery) -> None:
        """Another delivery of the batch, perhaps a copy."""
        before = self.items.get(item.key)
        if before is None:
            self.items[item.key] = item
            self.columns = None
        elif item.feeds != before.feeds:
            one = self.items[item.key] = fed(before, item.feeds)
            if self.columns is not None:
                self.columns = (*self.columns[:-1], kept(one))


class Gathered:
    """A batch, grouped by event, with everything made ready that needs no database.

    The lock on the history is held for less time like this.

    Attributes:
        events: in the order of their keys, always: two workers wait for one another and do not
            deadlock.
        seen: what each feed brought.
        messages: deliveries and rejects together.
    """

    def __init__(self, history: History, items: Iterable[Delivery | Reject], now: datetime) -> None:
        self.seen: dict[Feed, Counts] = {}
        self.rejects: list[Reject] = []
        stamp = history.timestamp
        groups: dict[tuple[str, str], Event] = {}
        # Most deliveries share the tuple of their feeds.
        tallies: dict[tuple[Feed, ...], list[Counts]] = {}
        feeds: tuple[Feed, ...] = ()
        tally: list[Counts] = []
        self.messages = 0
        for item in items:
            self.messages += 1
            if isinstance(item, Reject):
                self.rejects.append(item)
                continue
            item.received = now
            account, arn = item.account or "", item.arn
            found = groups.get((account, arn))
            if found is None:
                groups[account, arn] = Event(
                    event_key(account, arn),
                    account,
                    arn,
                    {item.key: item},
                    (*columns_of(item, stamp), kept(item)),
                )
            else:
                found.add(item)
            if item.feeds is not feeds:
                feeds = item.feeds
                tally = tallies.get(feeds) or self._tally(feeds, tallies)
            sent = item.sent_at
            for counts in tally:
                counts.messages += 1
                if sent is not None and (counts.sent is None or sent > counts.sent):
                    counts.sent = sent
        self.events = {one.key: one for one in sorted(groups.values(), key=_key)}

    def _tally(
        self, feeds: tuple[Feed, ...], tallies: dict[tuple[Feed, ...], list[Counts]]
    ) -> list[Counts]:
        found = tallies[feeds] = [self.seen.setdefault(feed, Counts()) for feed in feeds]
        return found


def columns_of(
    one: EventState | Delivery, stamp: Callable[[datetime | None], str | datetime | None]
) -> tuple[Any, ...]:
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


def fed(one: Delivery, feeds: tuple[Feed, ...]) -> Delivery:
    """The delivery, that came by these feeds too."""
    return msgspec.structs.replace(one, feeds=tuple(sorted({*one.feeds, *feeds})))
