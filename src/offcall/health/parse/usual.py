"""The usual message, understood in one step.

Almost every message is an EventBridge event in which all is as documented. It is decoded straight
into typed structs; the types refuse nearly everything that is not usual. Anything unusual gives
None, and `message.delivery_of` judges it field by field; the two agree on every message (a test
compares them).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Annotated, ClassVar, Literal

import msgspec

from offcall.health.model import Delivery, Entity, Feed, Origin
from offcall.health.parse.fields import is_account, is_event_arn
from offcall.health.parse.instants import instant, instant_text

__all__ = ["Usual", "described", "understood", "usual"]

_BACKSLASH = ord("\\")
_ABUSE = "AWS Health Abuse Event"
_COUNTS = {str(number): number for number in range(1, 1000)}
_FIRST, _LAST, _BEYOND = "2006", "2100", "2101"
"""As in `fields`: AWS is as old as the first, and nothing is dated after the last year."""

_Full = Annotated[str, msgspec.Meta(min_length=1)]


class _Text(msgspec.Struct, gc=False):
    latest: _Full = msgspec.field(name="latestDescription")
    language: str = ""


_Texts = Annotated[list[_Text], msgspec.Meta(min_length=1, max_length=1)]


class _Entity(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    value: _Full = msgspec.field(name="entityValue")
    updated: str | None = msgspec.field(default=None, name="lastUpdatedTime")
    status: Literal["IMPAIRED", "UNIMPAIRED", "UNKNOWN", "PENDING", "RESOLVED"] | None = None


class _Detail(msgspec.Struct, gc=False, kw_only=True):
    arn: Annotated[str, msgspec.Meta(max_length=2048)] = msgspec.field(name="eventArn")
    service: _Full
    code: _Full = msgspec.field(name="eventTypeCode")
    category: Literal["issue", "accountNotification", "scheduledChange", "investigation"] = (
        msgspec.field(name="eventTypeCategory")
    )
    scope: Literal["ACCOUNT_SPECIFIC"] = msgspec.field(name="eventScopeCode")
    communication: _Full = msgspec.field(name="communicationId")
    region: _Full = msgspec.field(name="eventRegion")
    account: str = msgspec.field(name="affectedAccount")
    status: Literal["upcoming", "open", "closed"] = msgspec.field(name="statusCode")
    updated: str = msgspec.field(name="lastUpdatedTime")
    texts: _Texts = msgspec.field(name="eventDescription")
    start: str | None = msgspec.field(default=None, name="startTime")
    end: str | None = msgspec.field(default=None, name="endTime")
    zone: None = msgspec.field(default=None, name="availabilityZone")
    metadata: dict[str, str] | None = msgspec.field(default=None, name="eventMetadata")
    entities: list[_Entity] | None = msgspec.field(default=None, name="affectedEntities")
    page: str = "1"
    pages: str = msgspec.field(default="1", name="totalPages")
    backup: Literal["false", "true"] = msgspec.field(default="false", name="backupEvent")
    actionability: _Full | None = None
    personas: tuple[Literal["OPERATIONS", "SECURITY", "BILLING"], ...] = ()


class _Envelope(msgspec.Struct, gc=False, kw_only=True):
    kind: Literal["AWS Health Event", "AWS Health Abuse Event"] = msgspec.field(name="detail-type")
    source: Literal["aws.health"]
    account: str
    time: str
    region: _Full
    detail: _Detail
    resources: list[str] | None = None


class Usual(msgspec.Struct, gc=False):
    """A message without anything unusual.

    An import makes rows straight of it; few messages need the `delivery`.

    Attributes:
        key, account, arn, feeds, body, line, notes: as in `Delivery`.
        sent_at, updated, start, end: text, see `instants`.
        whole: as it was decoded.
    """

    key: bytes
    account: str
    arn: str
    feeds: tuple[Feed, ...]
    body: bytes
    sent_at: str
    updated: str
    start: str | None
    end: str | None
    page: int
    pages: int
    whole: _Envelope
    line: int | None
    notes: ClassVar[tuple[str, ...]] = ()

    @property
    def status(self) -> str:
        """As in `Delivery`."""
        return self.whole.detail.status

    def delivery(self) -> Delivery:
        """All that it says."""
        one = self.whole.detail
        updated = instant(self.updated)
        return Delivery(
            key=self.key,
            account=self.account,
            arn=self.arn,
            code=one.code,
            service=one.service,
            category=one.category,
            region=one.region,
            scope=one.scope,
            status=one.status,
            start=instant(self.start) if self.start else None,
            end=instant(self.end) if self.end else None,
            last_updated=updated,
            description=one.texts[0].latest,
            actionability=one.actionability,
            personas=one.personas if len(one.personas) < 2 else tuple(dict.fromkeys(one.personas)),
            metadata=one.metadata or {},
            entities=_entities(self.whole, updated),
            communication_id=one.communication,
            page=self.page,
            total_pages=self.pages,
            sent_at=instant(self.sent_at),
            receiving_account=self.whole.account,
            abuse=self.whole.kind == _ABUSE,
            feeds=self.feeds,
            body=self.body,
            line=self.line,
        )


class _Described(msgspec.Struct, gc=False):
    texts: _Texts = msgspec.field(name="eventDescription")


class _Describing(msgspec.Struct, gc=False):
    detail: _Described


_decode = msgspec.json.Decoder(_Envelope).decode
_decode_text = msgspec.json.Decoder(_Describing).decode


def usual(body: bytes, origin: Origin) -> Delivery | None:
    """The delivery in a message without anything unusual, else None."""
    found = understood(body, origin)
    return None if found is None else found.delivery()


def understood(body: bytes, origin: Origin) -> Usual | None:
    """A message without anything unusual, else None."""
    try:
        whole = _decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    one = whole.detail
    arn, account, updated = one.arn, one.account, instant_text(one.updated)
    sent = instant_text(whole.time)
    if (
        sent is None
        or updated is None
        or not _may_be(updated, sent)
        or not is_event_arn(arn)
        or not _is_account(account)
        or not _is_account(whole.account)
        # JSON has NUL only like this; in whichever field it is, it is not usual.
        or (_BACKSLASH in body and b"\\u0000" in body)
    ):
        return None
    start = end = None
    if one.start is not None and (start := instant_text(one.start)) is None:
        return None
    if one.end is not None and (end := instant_text(one.end)) is None:
        return None
    for entity in one.entities or ():
        # Nearly always the time of the event itself.
        if entity.updated is not None and entity.updated != one.updated:
            at = instant_text(entity.updated)
            if at is None or not _FIRST <= at < _BEYOND:
                return None
    page = pages = 1
    if one.pages != "1" or one.page != "1":
        page, pages = _COUNTS.get(one.page, 0), _COUNTS.get(one.pages, 0)
        if not 0 < page <= pages:
            return None
    named = f"c\0{account}\0{arn}\0{one.communication}\0{page}\0{pages}"
    return Usual(
        blake2b(named.encode(), digest_size=16).digest(),
        account,
        arn,
        _feeds(origin.how, whole.region, whole.account, one.backup),
        body,
        sent,
        updated,
        start,
        end,
        page,
        pages,
        whole,
        origin.line,
    )


def described(body: bytes) -> str | None:
    """The description in a usual message, faster than by parsing all of it; else None."""
    try:
        texts = _decode_text(body).detail.texts
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return None if "\x00" in texts[0].latest else texts[0].latest


@lru_cache(maxsize=1024)
def _feeds(how: str, region: str, account: str, backup: str) -> tuple[Feed, ...]:
    return (Feed(how, region, account, backup == "true"),)


@lru_cache(maxsize=4096)
def _is_account(value: str) -> bool:
    return is_account(value) is not None


def _may_be(updated: str, sent: str) -> bool:
    """An update of a time that AWS can have meant, given the time of its envelope."""
    return (
        updated >= _FIRST
        and _FIRST <= sent < _LAST
        and (updated <= sent or int(updated[:4]) <= int(sent[:4]) + 1)
    )


def _entities(whole: _Envelope, updated: datetime) -> tuple[Entity, ...]:
    one = whole.detail
    if not one.entities:
        return tuple(Entity(value=each) for each in whole.resources or () if each)
    return tuple(
        Entity(
            value=each.value,
            status=each.status,
            last_updated=updated if each.updated == one.updated else _instant_of(each.updated),
        )
        for each in one.entities
    )


def _instant_of(written: str | None) -> datetime | None:
    text = instant_text(written) if written is not None else None
    return None if text is None else instant(text)
