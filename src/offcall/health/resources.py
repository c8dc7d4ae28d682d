"""The resource that an event's entity is: kind, name, account, region, from what AWS wrote."""

from __future__ import annotations

from offcall.core.findings import Resource
from offcall.health.model import Entity, EventState

__all__ = ["NO_RESOURCE", "account_resource", "resource_of", "resources_of"]

NO_RESOURCE = frozenset({"AWS_ACCOUNT", "UNKNOWN", ""})
"""What AWS writes where it names no resource."""

_KINDS = {
    ("rds", "db"): "rds instance",
    ("rds", "cluster"): "rds cluster",
    ("ec2", "instance"): "ec2 instance",
    ("ec2", "volume"): "ebs volume",
    ("elasticloadbalancing", "loadbalancer"): "load balancer",
    ("acm", "certificate"): "acm certificate",
    ("kafka", "cluster"): "msk cluster",
    ("es", "domain"): "opensearch domain",
}
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
    parts = value.split(":", 5)
    account = entity.account or event.account
    region = None if event.region == "global" else event.region
    if len(parts) == 6 and parts[0] == "arn":
        kind, name = _of_arn(parts[2], parts[5])
        return Resource(
            kind=kind,
            id=value,
            name=name,
            account=parts[4] or account,
            region=parts[3] or region,
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


def _of_arn(service: str, rest: str) -> tuple[str, str]:
    """Kind and short name: "db:shop" is ("rds instance", "shop")."""
    for mark in "/:":
        word, found, name = rest.partition(mark)
        if found and ":" not in word and "/" not in word:
            kind = _KINDS.get((service, word), f"{service} {word}")
            # MSK and load balancer ARNs end in an id that nobody calls them by.
            parts = name.split("/")
            if word == "loadbalancer":
                return kind, parts[1] if len(parts) > 1 else name
            return kind, parts[0] if service == "kafka" else name
    return f"{service} resource", rest


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
