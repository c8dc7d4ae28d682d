"""The inventory of AWS accounts: every account, region and service, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from offcall.core.parallel import gather
from offcall.core.snapshots import Unread
from offcall.lifecycle.estate import Account, Service
from offcall.lifecycle.reading.clusters import read_clusters
from offcall.lifecycle.reading.databases import read_databases
from offcall.lifecycle.reading.lifecycles import read_lifecycles
from offcall.lifecycle.reading.place import Found, Place
from offcall.lifecycle.reading.services import (
    read_caches,
    read_functions,
    read_kafka,
    read_search,
)
from offcall.lifecycle.snapshot import LiveSupport, Running

if TYPE_CHECKING:
    from offcall.core.context import Progress

__all__ = ["READERS", "ReadAws", "read_aws"]

READERS: dict[Service, Callable[[Place, Found], None]] = {
    "rds": read_databases,
    "eks": read_clusters,
    "elasticache": read_caches,
    "opensearch": read_search,
    "lambda": read_functions,
    "kafka": read_kafka,
    "health": read_lifecycles,
}
WORKERS = 8


@dataclass(frozen=True, slots=True)
class ReadAws:
    """What was read from AWS."""

    resources: tuple[Running, ...]
    live: tuple[LiveSupport, ...]
    unread: tuple[Unread, ...]
    source: str


def read_aws(
    *,
    accounts: Sequence[Account],
    regions: Sequence[str],
    services: Sequence[Service],
    now: datetime,
    progress: Progress,
) -> ReadAws:
    """Read everything; what a call refuses is in `unread`, in the order of accounts and regions.

    Raises:
        SourceError: not one call succeeded: the first reason.
        MissingExtra: boto3 is not installed.
    """
    jobs = [
        (place, service)
        for account in accounts
        for index, place in enumerate(_places(account, regions, now))
        for service in services
        # The Health API is one for all regions of an account.
        if service != "health" or index == 0
    ]
    found = gather(
        [partial(_read, *job) for job in jobs],
        workers=WORKERS,
        progress=progress,
        title="Reading versions from AWS",
    )
    errors = [error for one in found for error in one.errors]
    nothing = not any(one.resources or one.live for one in found)
    if errors and nothing and all(one.errors for one in found):
        raise errors[0]
    labels = dict.fromkeys(place.name for place, _ in jobs)
    return ReadAws(
        resources=tuple(item for one in found for item in one.resources),
        live=_once(item for one in found for item in one.live),
        unread=tuple(item for one in found for item in one.unread),
        source="AWS, " + ", ".join(labels),
    )


def _places(account: Account, regions: Sequence[str], now: datetime) -> list[Place]:
    label = account.name or account.profile or account.role_arn or "the default credentials"
    wanted: Sequence[str | None] = account.regions or regions or (None,)
    return [
        Place(
            label=label, region=region, profile=account.profile, role_arn=account.role_arn, now=now
        )
        for region in wanted
    ]


def _read(place: Place, service: Service) -> Found:
    found = Found()
    # The client itself may fail: no region, no such profile, no credentials.
    with found.attempt(service, place):
        READERS[service](place, found)
    return found


def _once(live: Iterable[LiveSupport]) -> tuple[LiveSupport, ...]:
    """The first answer for each engine, version and pair of dates: regions repeat each other."""
    seen: dict[tuple[object, ...], LiveSupport] = {}
    for one in live:
        key = (one.engine, one.version, one.standard_end, one.extended_end, one.source)
        seen.setdefault(key, one)
    return tuple(seen.values())
