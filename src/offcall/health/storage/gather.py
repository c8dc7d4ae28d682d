"""A batch of messages, grouped by event and made ready before the transaction begins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

import msgspec

from offcall.health.model import Delivery, Feed, Reject
from offcall.health.parse.instants import instant
from offcall.health.parse.usual import Usual
from offcall.health.storage.feeds import Counts
from offcall.health.storage.keys import event_key
from offcall.health.storage.refold import decode_feeds
from offcall.health.storage.rows import Columns, Event, Item, Stamp, of_two

__all__ = ["Gathered", "Message"]

Message = Delivery | Usual | Reject

_key = attrgetter("key")
_encode = msgspec.json.Encoder().encode


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
    def of(cls, messages: Iterable[Message], now: datetime, stamp: Stamp) -> Gathered:
        """Group `messages`."""
        found = _Gathering(now, stamp)
        count = 0
        for one in messages:
            count += 1
            found.add(one)
        return cls(found.finished(), found.seen(), found.rejects, count)


class _Gathering:
    """A batch that grows.

    Attributes:
        folded: events that the rules of `Columns` for one and for two deliveries do not cover.
        ways: by which feeds messages came.
        places: where each feed stands in `Gathered.seen`.
    """

    def __init__(self, now: datetime, stamp: Stamp) -> None:
        self.columns = Columns(now, stamp)
        self.events: dict[bytes, Event] = {}
        self.folded: dict[bytes, Event] = {}
        self.ways: dict[tuple[Feed, ...], _Way] = {}
        self.places: dict[Feed, int] = {}
        self.rejects: list[Reject] = []

    def add(self, one: Message) -> None:
        """One more message."""
        if isinstance(one, Reject):
            self.rejects.append(one)
            return
        way = self.ways.get(one.feeds)
        if way is None:
            way = self.ways[one.feeds] = _Way.of(one.feeds, self.places)
        way.count(one.sent_at)
        account, arn = one.account or "", one.arn
        key = event_key(account, arn)
        event = self.events.get(key)
        if event is None:
            items = {one.key: way.item(one)}
            self.events[key] = Event(key, account, arn, self.columns.of_one(one), items)
        elif (before := event.items.get(one.key)) is None:
            event.items[one.key] = way.item(one)
            self._update(event, one)
        elif before.feeds != way.stored:
            before.feeds = _merged(before.feeds, way.stored)
            if event.columns[-1]:
                # The state that is kept names the feeds.
                self.folded[key] = event

    def _update(self, event: Event, one: Delivery | Usual) -> None:
        both = None
        if len(event.items) == 2:
            both = of_two(event.columns, self.columns.of_one(one))
        if both is None:
            self.folded[event.key] = event
        else:
            event.columns = both

    def finished(self) -> list[Event]:
        """The events, complete and in order."""
        for event in self.folded.values():
            event.columns = self.columns.of_all(event)
        return sorted(self.events.values(), key=_key)

    def seen(self) -> list[tuple[Feed, Counts]]:
        """What each feed brought."""
        seen = {feed: Counts() for feed in self.places}
        for feeds, way in self.ways.items():
            for feed in feeds:
                one = seen[feed]
                one.messages += way.messages
                usual = instant(way.newest_usual) if way.newest_usual else None
                times = [at for at in (one.sent, way.newest, usual) if at is not None]
                one.sent = max(times, default=None)
        return list(seen.items())


class _Way(msgspec.Struct, gc=False):
    """Messages that came by the same feeds, nearly always by one.

    Attributes:
        place: the first feed's place in `Gathered.seen`.
        stored: the feeds as they are stored.
        newest, newest_usual: the latest time at which one was sent.
    """

    place: int
    stored: bytes
    messages: int = 0
    newest: datetime | None = None
    newest_usual: str = ""

    @classmethod
    def of(cls, feeds: tuple[Feed, ...], places: dict[Feed, int]) -> _Way:
        """A new one; feeds that are new get a place."""
        for feed in feeds:
            places.setdefault(feed, len(places))
        return cls(places[feeds[0]], _encode(feeds))

    def count(self, sent: datetime | str | None) -> None:
        """Count a message."""
        self.messages += 1
        if isinstance(sent, str):
            self.newest_usual = max(self.newest_usual, sent)
        elif sent is not None and (self.newest is None or sent > self.newest):
            self.newest = sent

    def item(self, one: Delivery | Usual) -> Item:
        """What is stored of a message."""
        notes = _encode(one.notes) if one.notes else None
        return Item(one.key, self.place, self.stored, notes, one.body)


@lru_cache(maxsize=1024)
def _merged(before: bytes, more: bytes) -> bytes:
    """Feeds and feeds, as they are stored."""
    return _encode(sorted({*decode_feeds(before), *decode_feeds(more)}))
