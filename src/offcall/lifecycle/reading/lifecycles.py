"""The Health API's own list of lifecycles: dates of engines that have no API of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from offcall.lifecycle.reading.place import Found, Place, utc
from offcall.lifecycle.snapshot import LiveSupport

__all__ = ["read_lifecycles"]

# The services of the Health API that are one engine each, or whose engine the title names. RDS
# is many engines, and has its own API.
ENGINES = {
    "EKS": ("eks",),
    "LAMBDA": ("lambda",),
    "ELASTICACHE": ("redis", "valkey", "memcached"),
    "OPENSEARCH": ("opensearch", "elasticsearch"),
    "ES": ("opensearch", "elasticsearch"),
    "KAFKA": ("kafka",),
    "MSK": ("kafka",),
    "DOCDB": ("docdb",),
    "DOCUMENTDB": ("docdb",),
    "NEPTUNE": ("neptune",),
}


def read_lifecycles(place: Place, found: Found) -> None:
    """What the Health API says about the ends of versions, where an engine is clear from it.

    https://docs.aws.amazon.com/health/latest/APIReference/API_DescribeServiceLifecycle.html
    """
    health = place.client("health")
    if not health.knows("describe_service_lifecycle"):
        return
    with found.attempt("service lifecycles (health:DescribeServiceLifecycle)", place):
        for one in health.pages("describe_service_lifecycle", "serviceLifecycles"):
            found.live += _lifecycle(one, place)


def _lifecycle(raw: dict[str, Any], place: Place) -> Iterator[LiveSupport]:
    version = str(raw.get("version") or "").strip()
    engine = _engine(raw, version)
    if engine is None or not version:
        return
    ends: dict[str, Any] = {}
    for event in raw.get("lifecycleEvents") or ():
        regions = event.get("regions") or ()
        if regions and place.region not in (None, *regions) and "global" not in regions:
            continue
        name = _end_of(str(event.get("lifecycleEventType") or ""))
        if name is not None:
            ends[name] = utc(event.get("date"))
    if ends:
        yield LiveSupport(
            engine=engine,
            version=version,
            source="health.DescribeServiceLifecycle",
            read_at=place.now,
            **ends,
        )


def _engine(raw: dict[str, Any], version: str) -> str | None:
    """The engine of an entry: where a service has several, the one that title or version names.

    None when none or more than one is named: a date of Valkey must not become one of Redis.
    """
    engines = ENGINES.get(str(raw.get("service") or "").upper(), ())
    if len(engines) == 1:
        return engines[0]
    words = set(re.findall(r"[a-z]+", f"{raw.get('title') or ''} {version}".lower()))
    named = [engine for engine in engines if engine in words]
    # The service calls itself OpenSearch, also where it speaks of Elasticsearch.
    if "elasticsearch" in named:
        return "elasticsearch"
    return named[0] if len(named) == 1 else None


def _end_of(kind: str) -> str | None:
    """Which of our dates a lifecycle event is; a start, or a word that is not known, is none."""
    words = set(re.findall(r"[a-z]+", kind.lower()))
    if "end" not in words or "start" in words:
        return None
    if "extended" in words:
        return "extended_end"
    if "standard" in words or {"end", "of", "support"} == words:
        return "standard_end"
    return None
