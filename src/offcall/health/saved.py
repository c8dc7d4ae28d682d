"""Events as a snapshot: what the history knows, to be judged later or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec
from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from offcall.core.snapshots import Snapshot
from offcall.health.model import EventState
from offcall.health.storage import store
from offcall.health.storage.ids import ids_of
from offcall.health.storage.keys import event_key
from offcall.history.database import History

__all__ = ["Events", "read_events"]


def _state(value: Any) -> EventState:
    if isinstance(value, EventState):
        return value
    try:
        state = msgspec.convert(value, EventState)
    except msgspec.ValidationError as error:
        raise ValueError(f"no event: {error}") from error
    if any(one is not None and one.tzinfo is None for one in _times(state)):
        raise ValueError("no event: a time has no zone")
    return state


def _times(state: EventState) -> Iterator[datetime | None]:
    yield from (state.start, state.end, state.last_updated, state.first_seen)
    yield from (one.at for one in state.timeline)
    yield from (one.last_updated for one in state.entities)
    for action in state.actions:
        yield from (action.at, action.planned_for)


Stored = Annotated[
    EventState,
    PlainValidator(_state),
    PlainSerializer(msgspec.to_builtins),
    WithJsonSchema({"type": "object", "title": "EventState"}),
]


class Events(Snapshot):
    """Every event that the history has, with what people said of it.

    `--save` writes all of them, whatever was asked for, so that any question can be asked of the
    file. The messages as they came are not in it.
    """

    kind: ClassVar[str] = "offcall.health/1"

    events: tuple[Stored, ...] = ()
    ids: tuple[str, ...] = Field(default=(), description="Their ids, in the same order.")
    newest: datetime | None = Field(
        default=None, description="When the newest message was sent; None: there never was one."
    )


def read_events(history: History, now: datetime) -> Events:
    """All of them.

    Raises:
        StoreError: the history cannot be read.
    """
    found = store.events(history)
    for one in found:
        one.described_by = None
    keys = [event_key(one.account or "", one.arn) for one in found]
    with history.read() as conn:
        ids = ids_of(conn, keys)
    sent = [one.last_sent or one.last_seen for one in store.feeds(history)]
    return Events(
        taken_at=now,
        source=history.url,
        events=tuple(found),
        ids=tuple(ids[key] for key in keys),
        newest=max(sent, default=None),
    )
