"""Deliveries of one event, in any order and with any repetition, as one state.

`fold` is a function of the set of deliveries: it sorts them by what is in them, never by when they
came, so permuting or repeating them changes nothing.

Pages of one update are one revision. Each revision changes what it names; what it leaves out stays
(older messages and the API's answers lack fields), except the end of an event that is open again.
An entity has the status that was written last by AWS's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from offcall.health.model import (
    Change,
    Delivery,
    Entity,
    EventState,
    Feed,
    Revision,
    Status,
)

__all__ = ["fold"]

_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_RANK = {Status.UPCOMING.value: 1, Status.OPEN.value: 2, Status.CLOSED.value: 3}
_CLOCKS_DIFFER = timedelta(minutes=10)


def fold(deliveries: Iterable[Delivery]) -> EventState:
    """The state that `deliveries` add up to; they are of one event and one account.

    Raises:
        ValueError: there are none.
    """
    unique = list(deliveries)
    if len(unique) != 1:
        unique = _unique(unique)
    if len(unique) == 1 and unique[0].total_pages == 1:
        return _of_one(unique[0])
    revisions = _revisions(unique)
    state = _begin(revisions[0][0])
    timeline: list[Revision] = []
    entities: dict[str, Entity] = {}
    for pages in revisions:
        changes = _apply(state, pages, first=not timeline)
        changes += _apply_entities(entities, pages, first=not timeline)
        _extend(timeline, pages, changes)
    latest = revisions[-1]
    seen = {one.page for one in latest}
    state.total_pages = max(one.total_pages for one in latest)
    state.missing_pages = tuple(
        page for page in range(1, state.total_pages + 1) if page not in seen
    )
    state.entities = tuple(entities.values())
    state.timeline = tuple(timeline)
    _sum_up(state, unique)
    return state


def _unique(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """One of each key, in an order that depends on contents alone; copies add their feeds."""
    by_key: dict[bytes, Delivery] = {}
    for one in deliveries:
        before = by_key.get(one.key)
        if before is None:
            by_key[one.key] = one
        else:
            chosen = min(before, one, key=lambda each: (_when(each), each.body))
            by_key[one.key] = msgspec.structs.replace(
                chosen,
                feeds=tuple(sorted({*before.feeds, *one.feeds})),
                notes=tuple(sorted({*before.notes, *one.notes})),
            )
    if not by_key:
        raise ValueError("an event needs at least one delivery")
    return sorted(by_key.values(), key=_order)


def _when(one: Delivery) -> datetime:
    return one.last_updated or one.sent_at or one.start or _NEVER


def _order(
    one: Delivery,
) -> tuple[datetime, int, bool, datetime, datetime, str, int, bytes]:
    # Of two updates with one time, the one that is further on in the event's life is later; then
    # the API's answer, which has all entities; then the one whose entities changed last.
    return (
        _when(one),
        _RANK.get(one.status or "", 0),
        one.communication_id is None,
        max((each.last_updated or _NEVER for each in one.entities), default=_NEVER),
        one.sent_at or _NEVER,
        _communication(one) or "",
        one.page,
        one.key,
    )


def _communication(one: Delivery) -> str | None:
    """The communication id without its page."""
    named = one.communication_id
    if named is None:
        return None
    base, dash, page = named.rpartition("-")
    return base if dash and page == str(one.page) else named


def _revisions(ordered: Sequence[Delivery]) -> list[list[Delivery]]:
    """Pages of one update together, at the place of the first of them."""
    found: dict[str | bytes, list[Delivery]] = {}
    for one in ordered:
        found.setdefault(_communication(one) or one.key, []).append(one)
    return list(found.values())


def _begin(one: Delivery) -> EventState:
    return EventState(
        account=one.account, arn=one.arn, code=one.code, service=one.service, category=""
    )


def _of_one(one: Delivery) -> EventState:
    """The usual case, without the work of comparing."""
    entities = one.entities
    if entities and not _plain(entities):
        merged: dict[str, Entity] = {}
        _apply_entities(merged, (one,), first=True)
        entities = tuple(merged.values())
    state = EventState(
        account=one.account,
        arn=one.arn,
        code=one.code,
        service=one.service,
        category=one.category,
        category_written=one.category_written,
        region=one.region,
        zone=one.zone,
        scope=one.scope,
        status=one.status,
        start=one.start,
        end=one.end,
        last_updated=one.last_updated,
        description=one.description,
        described_by=one.key if one.description else None,
        actionability=one.actionability,
        personas=one.personas,
        metadata=one.metadata,
        entities=entities,
        timeline=(Revision(one.last_updated or one.sent_at, one.communication_id),),
    )
    _sum_up(state, (one,))
    return state


def _plain(entities: Sequence[Entity]) -> bool:
    """Each has a time, and none is named twice."""
    for one in entities:
        if one.last_updated is None:
            return False
    return len(entities) == 1 or len({one.value for one in entities}) == len(entities)


_COMPARED = (
    ("status", "status"),
    ("start", "start"),
    ("end", "end"),
    ("description", "text"),
    ("actionability", "actionability"),
    ("category", "category"),
)
_TOLD = ("status", "start", "end")
"""What is news also when it was not known before."""
_CARRIED = (
    "code",
    "service",
    "region",
    "zone",
    "scope",
    "last_updated",
    "category_written",
    "personas",
)


def _apply(state: EventState, pages: Sequence[Delivery], *, first: bool) -> list[Change]:
    """Take over what the revision names; the changes against what was known before."""
    changes: list[Change] = []
    if state.end is not None and state.is_closed and _reopens(pages):
        # The end was that of the closing.
        changes.append(Change("end", _text(state.end), None))
        state.end = None
    for one in pages:
        for name, what in _COMPARED:
            value, before = getattr(one, name), getattr(state, name)
            if not value or value == before:
                continue
            if not first and (before or name in _TOLD):
                changes.append(Change(what, _text(before) if before else None, _text(value)))
            setattr(state, name, value)
            if name == "description":
                state.described_by = one.key
        for name in _CARRIED:
            setattr(state, name, getattr(one, name) or getattr(state, name))
        state.metadata = {**state.metadata, **one.metadata}
    return changes


def _reopens(pages: Sequence[Delivery]) -> bool:
    """The revision says that it goes on, and not until when."""
    statuses = {one.status for one in pages if one.status}
    return (
        bool(statuses)
        and statuses <= {Status.OPEN.value, Status.UPCOMING.value}
        and all(one.end is None for one in pages)
    )


def _apply_entities(
    entities: dict[str, Entity], pages: Sequence[Delivery], *, first: bool
) -> list[Change]:
    changes: list[Change] = []
    named: set[str] = set()
    for one in pages:
        at = _when(one)
        for entity in one.entities:
            named.add(entity.value)
            before = entities.get(entity.value)
            updated = entity.last_updated or at
            merged = _merge_entity(before, entity, updated)
            entities[entity.value] = merged
            if first:
                continue
            if before is None:
                changes.append(Change("entity", None, merged.status or "named", entity.value))
            elif merged.status != before.status:
                changes.append(Change("entity status", before.status, merged.status, entity.value))
    complete = {one.page for one in pages} >= set(range(1, pages[0].total_pages + 1))
    truncated = any(one.metadata.get("truncated", "").lower() == "true" for one in pages)
    if named and complete and not truncated:
        for value, known in entities.items():
            if value not in named and known.listed:
                entities[value] = msgspec.structs.replace(known, listed=False)
                changes.append(Change("entity", known.status or "named", None, value))
    return changes


def _merge_entity(before: Entity | None, entity: Entity, updated: datetime) -> Entity:
    if before is None:
        return msgspec.structs.replace(entity, last_updated=updated)
    newer = updated >= (before.last_updated or _NEVER)
    return Entity(
        value=entity.value,
        status=(entity.status or before.status) if newer else (before.status or entity.status),
        last_updated=updated if newer and entity.status else before.last_updated,
        arn=entity.arn or before.arn,
        url=entity.url or before.url,
        account=entity.account or before.account,
        account_name=entity.account_name or before.account_name,
        tags={**before.tags, **entity.tags},
        metadata={**before.metadata, **entity.metadata},
    )


def _extend(timeline: list[Revision], pages: Sequence[Delivery], changes: list[Change]) -> None:
    first = pages[0]
    if timeline and not changes:
        # The same news by another way (a poll, a second account): nothing to tell.
        return
    timeline.append(
        Revision(
            at=first.last_updated or first.sent_at,
            communication=_communication(first) if len(pages) > 1 else first.communication_id,
            changes=tuple(changes),
            pages=tuple(sorted({one.page for one in pages})),
            total_pages=max(one.total_pages for one in pages),
        )
    )


def _sum_up(state: EventState, deliveries: Sequence[Delivery]) -> None:
    """What concerns all deliveries together, and what should be noted about the result."""
    if len(deliveries) == 1:
        feeds: tuple[Feed, ...] = deliveries[0].feeds
        notes = list(deliveries[0].notes)
        receiving = deliveries[0].receiving_account
        state.abuse = deliveries[0].abuse
        state.receiving_accounts = (receiving,) if receiving else ()
    else:
        feeds = tuple(sorted({feed for one in deliveries for feed in one.feeds}))
        notes = sorted({note for one in deliveries for note in one.notes})
        receivers = {one.receiving_account for one in deliveries if one.receiving_account}
        state.receiving_accounts = tuple(sorted(receivers))
        state.abuse = any(one.abuse for one in deliveries)
    state.feeds = feeds
    if len(feeds) > 1:
        named = {feed.account for feed in feeds if feed.account}
        state.receiving_accounts = tuple(sorted({*state.receiving_accounts, *named}))
    text = state.description
    if text and ("[RESOLVED]" in text or "[Resolved]" in text) and state.status != Status.CLOSED:
        state.resolved_by_text = True
        notes.append("the text says [RESOLVED], the status does not")
    if state.end is not None and state.start is not None and state.end < state.start:
        notes.append("it ends before it starts")
    if state.missing_pages:
        seen = state.total_pages - len(state.missing_pages)
        notes.append(f"{seen} of {state.total_pages} pages seen")
    for one in deliveries:
        if one.received is not None and _when(one) > one.received + _CLOCKS_DIFFER:
            notes.append("a message is dated after it was received")
            break
    state.notes = tuple(dict.fromkeys(notes)) if notes else ()


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
