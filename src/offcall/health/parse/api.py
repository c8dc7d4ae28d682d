"""Events as the Health API answers, also saved to files: events, details, affected entities.

https://docs.aws.amazon.com/health/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse.message import Detail, Envelope, delivery_of, reject

__all__ = ["canonical", "from_api", "is_answer", "of_answer", "of_canonical"]

_SHAPE = "offcallHealthApi"
"""The member that marks a body made by `canonical`."""


def from_api(
    event: dict[str, Any],
    detail: dict[str, Any] | None,
    entities: list[dict[str, Any]],
    account: str | None,
    *,
    origin: Origin,
) -> Delivery | Reject:
    """A delivery from what the Health API answers.

    Args:
        event: an `Event` or `OrganizationEvent` as boto3 gives it.
        detail: the member of `successfulSet` for it (eventDescription, eventMetadata), if any.
        entities: its `AffectedEntity` items for this account.
        account: the affected account; None for a public event.
        origin: `origin.account` is the account that polls: the receiving one.
    """
    detail = detail or {}
    value = {
        _SHAPE: 1,
        "account": account,
        "poller": origin.account,
        "event": event,
        "eventDescription": detail.get("eventDescription"),
        "eventMetadata": detail.get("eventMetadata"),
        "entities": entities,
    }
    body = canonical(value)
    return of_canonical(msgspec.json.decode(body), body, origin)


def canonical(value: dict[str, Any]) -> bytes:
    """JSON of an API answer, in which datetimes are text."""
    return msgspec.json.encode(value, enc_hook=str, order="sorted")


def of_canonical(value: dict[str, Any], body: bytes, origin: Origin) -> Delivery | Reject:
    """What `from_api` stored, read again."""
    event = value.get("event")
    if not isinstance(event, dict):
        return reject("event is not an object", body, origin)
    return _one(
        event,
        value.get("eventDescription"),
        value.get("eventMetadata"),
        value.get("entities"),
        value.get("account"),
        body,
        origin,
    )


def is_answer(value: dict[str, Any]) -> bool:
    """It looks like an answer of the Health API, or like what `from_api` made."""
    return (
        _SHAPE in value
        or "successfulSet" in value
        or isinstance(value.get("events"), list)
        or isinstance(value.get("entities"), list)
        or isinstance(value.get("event"), dict)
        or ("arn" in value and "eventTypeCode" in value)
    )


def of_answer(value: dict[str, Any], body: bytes, origin: Origin) -> Iterator[Delivery | Reject]:
    """The deliveries in an answer. A saved file may hold events, details and entities together."""
    if _SHAPE in value:
        yield of_canonical(value, body, origin)
        return
    if "arn" in value:
        yield from _parts(value, {}, origin, {})
        return
    if isinstance(value.get("event"), dict):
        yield from _parts(value["event"], value, origin, _by_event(value))
        return
    yield from _joined(value, origin)
    for failed in _dicts(value.get("failedSet")):
        yield reject(
            f"the API gave no details of {failed.get('eventArn')}: "
            f"{failed.get('errorName')} {failed.get('errorMessage') or ''}".strip(),
            canonical(failed),
            origin,
        )


def _joined(value: dict[str, Any], origin: Origin) -> Iterator[Delivery | Reject]:
    """Events with their details and entities; also entities whose event is not there."""
    entities = _by_event(value)
    detailed = [
        one for one in _dicts(value.get("successfulSet")) if isinstance(one.get("event"), dict)
    ]
    named = {one["event"].get("arn") for one in detailed}
    bare = [one for one in _dicts(value.get("events")) if one.get("arn") not in named]
    named.update(one.get("arn") for one in bare)
    bare += [{"arn": arn} for arn in dict.fromkeys(arn for arn, _ in entities if arn not in named)]
    for event in bare:
        yield from _parts(event, {}, origin, entities)
    for one in detailed:
        yield from _parts(one["event"], one, origin, entities)


def _parts(
    event: dict[str, Any],
    detail: dict[str, Any],
    origin: Origin,
    entities: dict[tuple[Any, Any], list[dict[str, Any]]],
) -> Iterator[Delivery | Reject]:
    """One delivery for each account that the entities name, or one for the event alone."""
    named = detail.get("awsAccountId") or event.get("awsAccountId")
    accounts = dict.fromkeys(account for arn, account in entities if arn == event.get("arn"))
    for account in [named] if named else list(accounts) or [None]:
        mine = entities.get((event.get("arn"), account), [])
        yield from_api(event, detail, mine, account, origin=origin)


def _by_event(value: dict[str, Any]) -> dict[tuple[Any, Any], list[dict[str, Any]]]:
    found: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    only = value["event"].get("arn") if isinstance(value.get("event"), dict) else None
    for name in ("entities", "affectedEntities"):
        for one in _dicts(value.get(name)):
            key = (one.get("eventArn") or only, one.get("awsAccountId"))
            found.setdefault(key, []).append(one)
    return found


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _one(
    event: dict[str, Any],
    description: Any,
    metadata: Any,
    entities: Any,
    account: Any,
    body: bytes,
    origin: Origin,
) -> Delivery | Reject:
    detail = Detail(
        event_arn=event.get("arn"),
        service=event.get("service"),
        code=event.get("eventTypeCode"),
        category=event.get("eventTypeCategory"),
        scope=event.get("eventScopeCode"),
        start=event.get("startTime"),
        end=event.get("endTime"),
        last_updated=event.get("lastUpdatedTime"),
        status=event.get("statusCode"),
        region=event.get("region"),
        zone=event.get("availabilityZone"),
        description=description,
        metadata=metadata,
        entities=entities,
        affected_account=account,
        actionability=event.get("actionability"),
        personas=event.get("personas"),
    )
    return delivery_of(Envelope(account=origin.account), detail, body, origin)
