"""One event with or without its EventBridge envelope, as a delivery.

This is the hot path: an import of 100,000 events goes through `delivery_of` once for each.
https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
"""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from offcall.health.model import Category, Delivery, Entity, Feed, Origin, Reject, Scope, Status
from offcall.health.parse.values import boolean, number, text, text_map, time

__all__ = [
    "Detail",
    "Envelope",
    "decode_envelope",
    "delivery_of",
    "description_of",
    "entity_of",
    "is_account",
    "is_event_arn",
    "reject",
]

_CATEGORIES = {one.value.lower(): one.value for one in Category}
_BY_CODE = (
    ("_SCHEDULED", Category.SCHEDULED_CHANGE.value),
    ("_PLANNED_LIFECYCLE_EVENT", Category.SCHEDULED_CHANGE.value),
    ("_OPERATIONAL_ISSUE", Category.ISSUE.value),
    ("_NOTIFICATION", Category.ACCOUNT_NOTIFICATION.value),
)
"""What the ends of AWS's event type codes say of the category."""
# aws-samples' own test events say so.
_CATEGORIES["plannedchange"] = Category.SCHEDULED_CHANGE.value
_EXACT = {one.value: one.value for one in Category}
_STATUSES = frozenset(one.value for one in Status)
# The documentation says OPERATIONAL, the service sends OPERATIONS.
_PERSONAS = {"OPERATIONAL": "OPERATIONS"}
_LONGEST_ARN = 2048
_FIRST_YEAR, _LAST_YEAR = 2006, 2100
"""AWS is as old as that; the last year is for messages that do not say when they were sent."""
is_account = re.compile(r"[0-9]{12}\Z").match
is_event_arn = re.compile(r"arn:aws[a-z-]*:health:[a-z0-9-]*:[0-9]*:event/\S").match
_PLAIN = frozenset(("entityValue", "status", "lastUpdatedTime"))


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
    at_region, at_service, at_code = _of_arn(arn)
    scope = text(detail.scope, "eventScopeCode", notes)
    scope = scope.upper() if scope else None
    receiving = text(envelope.account, "account", notes) or origin.account
    account = None if scope == Scope.PUBLIC else _account(detail, receiving, notes)
    code = text(detail.code, "eventTypeCode", notes) or at_code
    if account is not None and detail.affected_account and not is_account(account):
        return reject(f"detail.affectedAccount is not 12 digits: {account!r:.60}", body, origin)
    category, written = _category(detail.category, code, notes)
    communication = text(detail.communication_id, "communicationId", notes)
    page = number(detail.page, 1, "page", notes)
    total = number(detail.total_pages, 1, "totalPages", notes)
    if page > total:
        notes.append(f"page {page} of {total}")
        total = page
    backup = boolean(detail.backup)
    sent = _update_time(envelope.time, "time", notes, None)
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
        status=_status(detail.status, notes),
        start=time(detail.start, "startTime", notes),
        end=time(detail.end, "endTime", notes),
        last_updated=_update_time(
            detail.last_updated or detail.last_updated_too, "lastUpdatedTime", notes, sent
        ),
        description=description_of(detail.description, notes),
        actionability=text(detail.actionability, "actionability", notes),
        personas=_personas(detail.personas, notes) if detail.personas else (),
        metadata=text_map(detail.metadata, "eventMetadata", notes) if detail.metadata else {},
        entities=_entities(detail.entities, envelope.resources, notes),
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


def _update_time(value: Any, name: str, notes: list[str], sent: datetime | None) -> datetime | None:
    """A time by which updates are ordered. One that cannot be is none: it would win for ever."""
    found = time(value, name, notes)
    if found is None:
        return None
    latest = _LAST_YEAR if sent is None else sent.year + 1
    if _FIRST_YEAR <= found.year <= latest:
        return found
    notes.append(f"{name} cannot be {found:%Y-%m-%d}: it is not used")
    return None


def _of_arn(arn: str) -> tuple[str | None, str, str]:
    """Region, service and code from `arn:aws:health:REGION::event/SERVICE/CODE/ID`."""
    path = arn.split("/")
    parts = path[0].split(":")
    region = parts[3] if len(parts) > 3 else None
    if len(path) < 4:
        return region or None, "", ""
    return region or None, path[1], path[2]


def _account(detail: Detail, receiving: str | None, notes: list[str]) -> str | None:
    named = detail.affected_account
    if isinstance(named, int) and not isinstance(named, bool):
        # An account id that went through a spreadsheet or YAML: leading zeros are lost.
        notes.append("affectedAccount is a number")
        return f"{named:012d}"
    found = text(named, "affectedAccount", notes)
    if found is None:
        notes.append(
            "affectedAccount is not given: the receiving account is taken"
            if receiving
            else "no account is given"
        )
    return found or receiving


def _category(value: Any, code: str, notes: list[str]) -> tuple[str, str | None]:
    if isinstance(value, str) and value in _EXACT:
        return value, None
    written = text(value, "eventTypeCategory", notes)
    if written is None:
        found = next((kind for ending, kind in _BY_CODE if code.endswith(ending)), "")
        if found:
            notes.append(f"eventTypeCategory is not given: {found} by the event type's name")
        return found, None
    known = _CATEGORIES.get(written.lower())
    if known is None:
        notes.append(f"unknown category {written!r:.60}")
        return written, None
    notes.append(f"the category is written {written!r}")
    return known, written


def _status(value: Any, notes: list[str]) -> str | None:
    if isinstance(value, str) and value in _STATUSES:
        return value
    written = text(value, "statusCode", notes)
    if written is None:
        return None
    status = written.lower()
    if status not in _STATUSES:
        notes.append(f"unknown status {written!r:.60}")
    else:
        notes.append(f"the status is written {written!r}")
    return status


def description_of(value: Any, notes: list[str]) -> str | None:
    """The text, English if there are several languages: a list, a mapping (API, AHA), or text."""
    if isinstance(value, list):
        items = [one for one in value if isinstance(one, dict)]
        if not items and value:
            notes.append("eventDescription holds no description")
            return None
        value = next(
            (one for one in items if str(one.get("language", "en")).startswith("en")),
            items[0] if items else None,
        )
    if isinstance(value, dict):
        value = value.get("latestDescription")
    return text(value, "eventDescription", notes)


def _personas(value: Any, notes: list[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        notes.append("personas is not a list")
        return ()
    names = [str(one).upper() for one in value]
    if any(one in _PERSONAS for one in names):
        notes.append("persona OPERATIONAL is taken for OPERATIONS")
    return tuple(dict.fromkeys(_PERSONAS.get(one, one) for one in names))


def _entities(value: Any, resources: Any, notes: list[str]) -> tuple[Entity, ...]:
    if not value:
        if not isinstance(resources, list):
            return ()
        return tuple(Entity(value=one) for one in resources if isinstance(one, str) and one)
    if not isinstance(value, list):
        notes.append("affectedEntities is not a list")
        return ()
    found = []
    for one in value:
        entity = entity_of(one, notes)
        if entity is None:
            notes.append(f"an affected entity has no value: {one!r:.60}")
        else:
            found.append(entity)
    return tuple(found)


def entity_of(one: Any, notes: list[str]) -> Entity | None:
    """An entity as EventBridge, the Health API or AHA write it; None if it has no name."""
    if isinstance(one, str) and one:
        return Entity(value=one)
    if not isinstance(one, dict):
        return None
    get = one.get
    value = text(get("entityValue") or get("entityArn"), "entityValue", notes)
    if value is None:
        return None
    status = text(get("status") or get("statusCode"), "entity status", notes)
    updated = get("lastUpdatedTime") or get("lastUpdatedtime")
    when = _update_time(updated, "an entity's lastUpdatedTime", notes, None)
    if one.keys() <= _PLAIN:
        return Entity(value=value, status=status.upper() if status else None, last_updated=when)
    return Entity(
        value=value,
        status=status.upper() if status else None,
        last_updated=when,
        arn=text(get("entityArn"), "entityArn", notes),
        url=text(get("entityUrl"), "entityUrl", notes),
        account=text(get("awsAccountId"), "awsAccountId", notes),
        account_name=text(get("awsAccountName"), "awsAccountName", notes),
        tags={
            **text_map(get("accountTags"), "accountTags", notes),
            **text_map(get("tags"), "tags", notes),
            **text_map(get("resourceTags"), "resourceTags", notes),
        },
        metadata=text_map(get("entityMetadata"), "entityMetadata", notes),
    )


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
