"""The resource that an event's entity is: kind, name, account, region, from what AWS wrote."""

from __future__ import annotations

from offcall.core.arn import parse
from offcall.core.findings import Resource
from offcall.health.model import Entity, EventState

__all__ = ["NO_RESOURCE", "account_resource", "resource_of", "resources_of"]

NO_RESOURCE = frozenset({"AWS_ACCOUNT", "UNKNOWN", ""})
"""What AWS writes where it names no resource."""

_PREFIXES = {
    "i-": "ec2 instance",
    "vol-": "ebs volume",
    "vpn-": "vpn connection",
    "h-": "dedicated host",
    "vpc-": "vpc",
    "nat-": "nat gateway",
    "eni-": "network interface",
    "AKIA": "access key",
}


def resource_of(entity: Entity, event: EventState) -> Resource:
    """An entity as a resource. A bare id stays bare: its ARN would be a guess."""
    value = entity.value
    if value in NO_RESOURCE or value == event.account:
        return account_resource(event)
    account = entity.account or event.account
    region = None if event.region == "global" else event.region
    if arn := parse(value):
        return Resource(
            kind=arn.kind,
            id=value,
            name=arn.name,
            account=arn.account or account,
            region=arn.region or region,
            service=event.service,
            tags=dict(entity.tags),
        )
    known = (kind for start, kind in _PREFIXES.items() if value.startswith(start))
    return Resource(
        kind=next(known, f"{event.service.lower()} resource"),
        id=value,
        name=value,
        account=account,
        region=region,
        service=event.service,
        tags=dict(entity.tags),
    )


def account_resource(event: EventState) -> Resource:
    """What stands for an event that names no resource: its account, or the service itself."""
    region = None if event.region == "global" else event.region
    if event.account is None:
        where = event.region or "global"
        return Resource(
            kind="aws service",
            id=f"{event.service}/{where}",
            name=f"{event.service} in {where}",
            region=region,
            service=event.service,
        )
    return Resource(
        kind="aws account",
        id=event.account,
        name=event.account,
        account=event.account,
        region=region,
        service=event.service,
    )


def resources_of(event: EventState) -> tuple[Resource, ...]:
    """Every resource that the event names now."""
    return tuple(
        resource_of(one, event)
        for one in event.entities
        if one.listed and one.value not in NO_RESOURCE
    )
