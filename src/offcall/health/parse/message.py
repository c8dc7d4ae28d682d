"""One event with or without its EventBridge envelope, as a delivery.

This is the hot path: an import of 100,000 events goes through `delivery_of` once for each.
https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from offcall.health.model import Delivery, Feed, Origin, Reject, Scope
from offcall.health.parse.fields import (
    account_of,
    category_of,
    description_of,
    entities_of,
    is_account,
    is_event_arn,
    of_arn,
    personas_of,
    receiver_of,
    status_of,
    update_time,
)
from offcall.health.parse.values import boolean, number, text, text_map, time

__all__ = [
    "Detail",
    "Envelope",
    "decode_envelope",
    "delivery_of",
    "reject",
]

_LONGEST_ARN = 2048


class Detail(msgspec.Struct, gc=False, kw_only=True):
    """`detail`, with values of any type: `delivery_of` judges them."""

    event_arn: Any = msgspec.field(default=None, name="eventArn")
    service: Any = None
    code: Any = msgspec.field(default=None, name="eventTypeCode")
    category: Any = msgspec.field(default=None, name="eventTypeCategory")
    scope: Any = msgspec.field(default=None, name="eventScopeCode")
    communication_id: Any = msgspec.field(default=None, name="communicationId")
    start: Any = msgspec.field(default=None, name="startTime")
    end: Any = msgspec.field(default=None, name="endTime")
    last_updated: Any = msgspec.field(default=None, name="lastUpdatedTime")
    last_updated_too: Any = msgspec.field(default=None, name="lastUpdatedtime")
    status: Any = msgspec.field(default=None, name="statusCode")
    region: Any = msgspec.field(default=None, name="eventRegion")
    zone: Any = msgspec.field(default=None, name="availabilityZone")
    description: Any = msgspec.field(default=None, name="eventDescription")
    metadata: Any = msgspec.field(default=None, name="eventMetadata")
    entities: Any = msgspec.field(default=None, name="affectedEntities")
    affected_account: Any = msgspec.field(default=None, name="affectedAccount")
    page: Any = None
    total_pages: Any = msgspec.field(default=None, name="totalPages")
    backup: Any = msgspec.field(default=None, name="backupEvent")
    actionability: Any = None
    personas: Any = None


class Envelope(msgspec.Struct, gc=False, kw_only=True):
    """What EventBridge puts around `detail`."""

    detail_type: Any = msgspec.field(default=None, name="detail-type")
    source: Any = None
    account: Any = None
    time: Any = None
    region: Any = None
    resources: Any = None
    detail: Detail | None = None


_SCALARS = tuple(
    (one.name, one.encode_name)
    for one in msgspec.structs.fields(Detail)
    if one.name not in ("event_arn", "description", "metadata", "entities", "personas")
)

decode_envelope = msgspec.json.Decoder(Envelope).decode


def reject(reason: str, body: bytes, origin: Origin, line: int | None = None) -> Reject:
    """A body that cannot be used."""
    return Reject(reason=reason, body=body, origin=origin, line=line or origin.line)


def delivery_of(
    envelope: Envelope,
    detail: Detail,
    body: bytes,
    origin: Origin,
    notes: list[str] | None = None,
) -> Delivery | Reject:
    """Judge every field. Only an event without a usable ARN is rejected."""
    arn = detail.event_arn
    if not isinstance(arn, str) or not arn.strip():
        said = "is missing" if arn in (None, "") else f"is not text: {arn!r:.60}"
        return reject(f"detail.eventArn {said}", body, origin)
    if len(arn) > _LONGEST_ARN or "\x00" in arn:
        return reject("detail.eventArn is no ARN: too long, or it holds NUL", body, origin)
    if not is_event_arn(arn):
        return reject(
            f"detail.eventArn is not the ARN of a health event: {arn!r:.80}", body, origin
        )
    for name, member in _SCALARS:
        if isinstance(value := getattr(detail, name), dict | list):
            kind = "an object" if isinstance(value, dict) else "a list"
            return reject(f"detail.{member} is {kind}, not a single value", body, origin)
    notes = [] if notes is None else notes
    at_region, at_service, at_code = of_arn(arn)
    scope = text(detail.scope, "eventScopeCode", notes)
    scope = scope.upper() if scope else None
    receiving = receiver_of(envelope.account, notes) or origin.account
    account = (
        None if scope == Scope.PUBLIC else account_of(detail.affected_account, receiving, notes)
    )
    code = text(detail.code, "eventTypeCode", notes) or at_code
    if account is not None and detail.affected_account and not is_account(account):
        return reject(f"detail.affectedAccount is not 12 digits: {account!r:.60}", body, origin)
    category, written = category_of(detail.category, code, notes)
    communication = text(detail.communication_id, "communicationId", notes)
    page = number(detail.page, 1, "page", notes)
    total = number(detail.total_pages, 1, "totalPages", notes)
    if page > total:
        notes.append(f"page {page} of {total}")
        total = page
    backup = boolean(detail.backup)
    sent = update_time(envelope.time, "time", notes, None)
    made = Delivery(
        key=b"",
        account=account,
        arn=arn,
        code=code,
        service=text(detail.service, "service", notes) or at_service,
        category=category,
        category_written=written,
        region=text(detail.region, "eventRegion", notes) or at_region,
        zone=text(detail.zone, "availabilityZone", notes),
        scope=scope,
        status=status_of(detail.status, notes),
        start=time(detail.start, "startTime", notes),
        end=time(detail.end, "endTime", notes),
        last_updated=update_time(
            detail.last_updated or detail.last_updated_too, "lastUpdatedTime", notes, sent
        ),
        description=description_of(detail.description, notes),
        actionability=text(detail.actionability, "actionability", notes),
        personas=personas_of(detail.personas, notes) if detail.personas else (),
        metadata=text_map(detail.metadata, "eventMetadata", notes) if detail.metadata else {},
        entities=entities_of(detail.entities, envelope.resources, notes),
        communication_id=communication,
        page=page,
        total_pages=total,
        sent_at=sent,
        receiving_account=receiving,
        abuse=envelope.detail_type == "AWS Health Abuse Event",
        feeds=(
            Feed(
                origin.how,
                text(envelope.region, "region", notes) or origin.region or "",
                receiving or "",
                backup,
            ),
        ),
        body=body,
        line=origin.line,
    )
    if not made.code:
        notes.append("the event type is not named")
    made.key = _key(made)
    made.notes = tuple(dict.fromkeys(notes)) if notes else ()
    return made


def _key(made: Delivery) -> bytes:
    """What every copy of the message shares.

    With a communication id that is account and communication id (which ends in the page), and the
    ARN, lest two events ever share one. A public event is told to every account with an id of its
    own, so there the content counts, as it does where there is no id.
    """
    if made.communication_id and made.account is not None:
        pages = f"{made.page}\0{made.total_pages}"
        named = f"c\0{made.account}\0{made.arn}\0{made.communication_id}\0{pages}"
        return blake2b(named.encode(errors="replace"), digest_size=16).digest()
    content = (
        made.account,
        made.arn,
        made.last_updated,
        made.status,
        made.start,
        made.end,
        made.description,
        # Polls list the entities in any order; tags are not worth a new delivery.
        sorted((one.value, one.status or "", str(one.last_updated)) for one in made.entities),
        made.metadata,
        made.actionability,
        made.page,
        made.total_pages,
    )
    return blake2b(msgspec.json.encode(content), digest_size=16).digest()
