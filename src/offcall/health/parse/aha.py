"""Events as AHA (aws-samples' AWS Health Aware) publishes them again.

https://github.com/aws-samples/aws-health-aware/blob/main/new_aha_event_schema.md
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse.message import Detail, Envelope, delivery_of

__all__ = ["is_aha", "of_aha"]


def is_aha(value: dict[str, Any]) -> bool:
    """The envelope is AHA's."""
    return value.get("source") == "aha" or value.get("detail-type") == "AHA Event"


def of_aha(value: dict[str, Any], body: bytes, origin: Origin) -> Iterator[Delivery | Reject]:
    """One delivery for each account among the entities: AHA sends one event for all accounts."""
    detail = value["detail"]
    entities = detail.get("affectedEntities")
    by_account: dict[Any, list[Any]] = {}
    for one in entities if isinstance(entities, list) else ():
        account = one.get("awsAccountId") if isinstance(one, dict) else None
        by_account.setdefault(account, []).append(one)
    several = len(by_account) > 1
    envelope = Envelope(
        account=value.get("account"),
        time=value.get("time"),
        region=value.get("region"),
        resources=None if by_account else value.get("resources"),
    )
    for account, mine in (by_account or {None: []}).items():
        changed = {**detail, "affectedEntities": mine}
        if account is not None:
            changed["affectedAccount"] = account
        # What is kept must give this one delivery when it is read again.
        part = msgspec.json.encode({**value, "detail": changed}) if several else body
        # AHA writes the impacted region where the API has it.
        changed.setdefault("eventRegion", detail.get("region"))
        made = msgspec.convert(changed, Detail)
        yield delivery_of(envelope, made, part, origin, ["published again by AHA"])
