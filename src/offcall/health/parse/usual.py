"""The usual message, understood in one step.

Almost every message is an EventBridge event in which all is as documented. It is decoded straight
into typed structs and made a delivery with no judging of single values. Anything unusual gives
None, and `message.delivery_of` judges it field by field; the two agree on every message (a test
compares them).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

import msgspec

from offcall.health.model import Category, Delivery, Entity, Feed, Origin, Status
from offcall.health.parse.fields import is_account, is_event_arn
from offcall.health.parse.values import usual_time

__all__ = ["described", "usual"]

_CATEGORIES = frozenset(one.value for one in Category)
_STATUSES = frozenset(one.value for one in Status)
_PERSONAS = frozenset(("OPERATIONS", "SECURITY", "BILLING"))
_KINDS = {"AWS Health Event": False, "AWS Health Abuse Event": True}
_COUNTS = {str(number): number for number in range(1, 1000)}
_BOOLEANS = {"false": False, "true": True}
_ENTITY_STATUSES = frozenset((None, "IMPAIRED", "UNIMPAIRED", "UNKNOWN", "PENDING", "RESOLVED"))


class _Text(msgspec.Struct, gc=False):
    language: str = ""
    latest: str = msgspec.field(default="", name="latestDescription")


class _Entity(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    value: str = msgspec.field(name="entityValue")
    updated: str | None = msgspec.field(default=None, name="lastUpdatedTime")
    status: str | None = None


class _Detail(msgspec.Struct, gc=False, kw_only=True):
    arn: str = msgspec.field(name="eventArn")
    service: str
    code: str = msgspec.field(name="eventTypeCode")
    category: str = msgspec.field(name="eventTypeCategory")
    scope: str = msgspec.field(name="eventScopeCode")
    communication: str = msgspec.field(name="communicationId")
    region: str = msgspec.field(name="eventRegion")
    account: str = msgspec.field(name="affectedAccount")
    status: str = msgspec.field(name="statusCode")
    updated: str = msgspec.field(name="lastUpdatedTime")
    texts: list[_Text] = msgspec.field(name="eventDescription")
    start: str | None = msgspec.field(default=None, name="startTime")
    end: str | None = msgspec.field(default=None, name="endTime")
    zone: None = msgspec.field(default=None, name="availabilityZone")
    metadata: dict[str, str] | None = msgspec.field(default=None, name="eventMetadata")
    entities: list[_Entity] | None = msgspec.field(default=None, name="affectedEntities")
    page: str = "1"
    pages: str = msgspec.field(default="1", name="totalPages")
    backup: str = msgspec.field(default="false", name="backupEvent")
    actionability: str | None = None
    personas: tuple[str, ...] = ()


class _Envelope(msgspec.Struct, gc=False, kw_only=True):
    kind: str = msgspec.field(name="detail-type")
    source: str
    account: str
    time: str
    region: str
    detail: _Detail
    resources: list[str] | None = None


class _Described(msgspec.Struct, gc=False):
    texts: list[_Text] = msgspec.field(name="eventDescription")


class _Describing(msgspec.Struct, gc=False):
    detail: _Described


_decode = msgspec.json.Decoder(_Envelope).decode
_decode_text = msgspec.json.Decoder(_Describing).decode


def usual(body: bytes, origin: Origin) -> Delivery | None:
    """The delivery in a message without anything unusual, else None."""
    try:
        envelope = _decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    one = envelope.detail
    abuse = _KINDS.get(envelope.kind)
    if (
        abuse is None
        or envelope.source != "aws.health"
        or one.category not in _CATEGORIES
        or one.status not in _STATUSES
        or one.scope != "ACCOUNT_SPECIFIC"
        or len(one.texts) != 1
        or not is_event_arn(one.arn)
        or not is_account(one.account)
        or len(one.arn) > 2048
        or not (one.service and one.code and one.region and one.account and one.communication)
        or (envelope.account != one.account and not is_account(envelope.account))
        or not (envelope.region and one.texts[0].latest)
        or not _PERSONAS.issuperset(one.personas)
        or one.actionability == ""
        # JSON has NUL only like this; in whichever field it is, it is not usual.
        or (b"\\" in body and b"\\u0000" in body)
    ):
        return None
    page = pages = 1
    if one.pages != "1" or one.page != "1":
        page, pages = _COUNTS.get(one.page, 0), _COUNTS.get(one.pages, 0)
        if not 0 < page <= pages:
            return None
    updated = usual_time(one.updated)
    sent = usual_time(envelope.time)
    start = end = None
    if one.start is not None and (start := usual_time(one.start)) is None:
        return None
    if one.end is not None and (end := usual_time(one.end)) is None:
        return None
    entities = _entities(one, envelope.resources, updated)
    if sent is None or updated is None or not 2005 < updated.year <= sent.year + 1 <= 2100:
        return None
    if entities is None or one.backup not in _BOOLEANS:
        return None
    named = f"c\0{one.account}\0{one.arn}\0{one.communication}\0{page}\0{pages}"
    return Delivery(
        key=blake2b(named.encode(), digest_size=16).digest(),
        account=one.account,
        arn=one.arn,
        code=one.code,
        service=one.service,
        category=one.category,
        region=one.region,
        scope=one.scope,
        status=one.status,
        start=start,
        end=end,
        last_updated=updated,
        description=one.texts[0].latest,
        actionability=one.actionability,
        personas=one.personas if len(one.personas) < 2 else tuple(dict.fromkeys(one.personas)),
        metadata=one.metadata or {},
        entities=entities,
        communication_id=one.communication,
        page=page,
        total_pages=pages,
        sent_at=sent,
        receiving_account=envelope.account,
        abuse=abuse,
        feeds=_feeds(origin.how, envelope.region, envelope.account, one.backup == "true"),
        body=body,
        line=origin.line,
    )


def described(body: bytes) -> str | None:
    """The description in a usual message, faster than by parsing all of it; else None."""
    try:
        texts = _decode_text(body).detail.texts
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return texts[0].latest if len(texts) == 1 and "\x00" not in texts[0].latest else None


@lru_cache(maxsize=1024)
def _feeds(how: str, region: str, account: str, backup: bool) -> tuple[Feed, ...]:
    return (Feed(how, region, account, backup),)


def _entities(
    detail: _Detail, resources: list[str] | None, at: datetime | None
) -> tuple[Entity, ...] | None:
    if not detail.entities:
        return tuple(Entity(value=one) for one in resources if one) if resources else ()
    found = []
    for one in detail.entities:
        if not one.value or one.status not in _ENTITY_STATUSES:
            return None
        # Nearly always the time of the event itself.
        updated = at if one.updated == detail.updated else None
        if (
            updated is None
            and one.updated is not None
            and (updated := usual_time(one.updated)) is None
        ):
            return None
        if updated is not None and updated is not at and not 2005 < updated.year <= 2100:
            return None
        found.append(Entity(value=one.value, status=one.status, last_updated=updated))
    return tuple(found)
