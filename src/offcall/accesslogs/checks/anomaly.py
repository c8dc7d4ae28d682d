"""Stretches of time in which the traffic was not as usual."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.accesslogs.anomalies.finding import problem
from offcall.accesslogs.checks.examples import example, incident
from offcall.accesslogs.snapshot import Traffic
from offcall.core.checks import Problem, check
from offcall.core.findings import Severity

__all__ = ["anomaly"]


@check(
    id="logs-anomaly",
    title="The traffic is not as usual",
    severity=Severity.HIGH,
    category="open",
    rationale="What is far from usual for the time of day is an outage, an attack or a change that "
    "nobody announced. What made the difference says where to look.",
    source="https://sre.google/sre-book/monitoring-distributed-systems/",
    fails=example(anomalies=(incident(),)),
    passes=example(),
)
def anomaly(snapshot: Traffic, now: datetime) -> Iterator[Problem]:
    """Incidents; those that are over are a degree less severe."""
    for source in snapshot.sources:
        for one in source.anomalies:
            yield problem(source.resource, one)
