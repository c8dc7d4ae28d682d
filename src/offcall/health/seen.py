"""The events to look at: those of the history, or of a snapshot. Both answer alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from offcall.core.errors import UserError
from offcall.core.findings import Resource
from offcall.core.windows import Window
from offcall.health.model import EventState, Scope
from offcall.health.resources import resources_of
from offcall.health.saved import Events, read_events
from offcall.health.storage import store
from offcall.health.storage.ids import among, ids_of, pick_one
from offcall.health.storage.keys import event_key
from offcall.health.storage.naming import resources_named
from offcall.health.storage.phases import Phases
from offcall.history import open_history

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.history.database import History

__all__ = ["Asked", "Seen", "seen"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events; see `store.events` for what each member means."""

    window: Window | None = None
    region: str | None = None
    account: str | None = None
    service: str | None = None
    category: str | None = None
    phases: Phases | None = None

    def fits(self, event: EventState) -> bool:
        """What `store.events` asks of the database; a test compares the two."""
        return (
            (self.window is None or _under_way(event, self.window))
            and (self.region is None or event.region in (self.region.lower(), "global"))
            and (self.account in (None, event.account) or event.is_public)
            and (self.service is None or event.service == self.service.upper())
            and (self.category in (None, event.category))
            and (self.phases is None or event.phase(self.phases.now) in self.phases.names)
        )


class Seen(Protocol):
    """Where events are looked up."""

    def events(self, asked: Asked, *, texts: bool = True) -> list[EventState]:
        """Those that fit, soonest first; without `texts` perhaps without descriptions."""

    def add_texts(self, events: Sequence[EventState]) -> None:
        """Give these their descriptions."""

    def event(self, text: str, account: str | None) -> EventState:
        """The one that `text` names; UserError when there is none, or several."""

    def messages(self, event: EventState) -> list[bytes]:
        """Its messages as they came; UserError where they are not kept."""

    def ids(self, events: Sequence[EventState]) -> list[str]:
        """Their short ids."""

    def resources(self, text: str) -> list[Resource]:
        """What events that name `text` say that they are about."""

    def newest(self) -> datetime | None:
        """When the newest message was sent; None: there never was one."""

    def has_public(self) -> bool:
        """Whether there is any public event."""


def seen(ctx: Context) -> Seen:
    """The history, or with `--from` (and `--save`) the snapshot."""
    if ctx.load is None and ctx.save is None:
        return _OfHistory(open_history(ctx))
    return _OfSnapshot(ctx.snapshot(Events, lambda: read_events(open_history(ctx), ctx.now)))


class _OfHistory:
    def __init__(self, history: History) -> None:
        self._history = history

    def events(self, asked: Asked, *, texts: bool = True) -> list[EventState]:
        return store.events(
            self._history,
            window=asked.window,
            region=asked.region,
            account=asked.account,
            service=asked.service,
            category=asked.category,
            phases=asked.phases,
            texts=texts,
        )

    def add_texts(self, events: Sequence[EventState]) -> None:
        store.add_texts(self._history, events)

    def event(self, text: str, account: str | None) -> EventState:
        return store.event(self._history, text, account)

    def messages(self, event: EventState) -> list[bytes]:
        return store.messages(self._history, event)

    def ids(self, events: Sequence[EventState]) -> list[str]:
        keys = _keys(events)
        with self._history.read() as conn:
            found = ids_of(conn, keys)
        return [found[key] for key in keys]

    def resources(self, text: str) -> list[Resource]:
        return resources_named(self._history, text)

    def newest(self) -> datetime | None:
        sent = [one.last_sent or one.last_seen for one in store.feeds(self._history)]
        return max(sent, default=None)

    def has_public(self) -> bool:
        return bool(store.events(self._history, scope=str(Scope.PUBLIC), limit=1, texts=False))


class _OfSnapshot:
    def __init__(self, snapshot: Events) -> None:
        self._snapshot = snapshot
        self._events = dict(zip(_keys(snapshot.events), snapshot.events, strict=True))
        self._ids = dict(zip(self._events, snapshot.ids, strict=False))

    def events(self, asked: Asked, *, texts: bool = True) -> list[EventState]:
        return sorted(filter(asked.fits, self._events.values()), key=_order)

    def add_texts(self, events: Sequence[EventState]) -> None:
        """They have them."""

    def event(self, text: str, account: str | None) -> EventState:
        keys = among(text, {key: one.arn for key, one in self._events.items()})
        found = [self._events[key] for key in keys]
        if account is not None:
            found = [one for one in found if one.account in (account, None)]
            if len(found) > 1:
                found = [one for one in found if one.account == account] or found
        return found[pick_one(None, text, [(one.account or "", one.arn) for one in found])]

    def messages(self, event: EventState) -> list[bytes]:
        raise UserError(
            "the messages as they came are not in a snapshot",
            hint="leave out --raw, or ask the history that the snapshot was made of",
        )

    def ids(self, events: Sequence[EventState]) -> list[str]:
        return [self._ids.get(key) or key.hex() for key in _keys(events)]

    def resources(self, text: str) -> list[Resource]:
        newest = sorted(self._events.values(), key=_newest, reverse=True)
        return [one for event in newest for one in resources_of(event)]

    def newest(self) -> datetime | None:
        return self._snapshot.newest

    def has_public(self) -> bool:
        return any(one.is_public for one in self._events.values())


def _keys(events: Iterable[EventState]) -> list[bytes]:
    return [event_key(one.account or "", one.arn) for one in events]


_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def _newest(event: EventState) -> datetime:
    return event.first_seen or _NEVER


def _order(event: EventState) -> tuple[bool, datetime, str, str]:
    return (event.start is None, event.start or _NEVER, event.account or "", event.arn)


def _under_way(event: EventState, window: Window) -> bool:
    begin = event.start or event.last_updated or event.first_seen
    if window.end is not None and (begin is None or begin >= window.end):
        return False
    if window.start is None:
        return True
    end = event.end or (event.last_updated if event.is_closed else None)
    return end is None or end >= window.start
