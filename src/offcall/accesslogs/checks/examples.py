"""Small traffic for the examples of checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from offcall.accesslogs.anomalies.model import Contribution, Incident
from offcall.accesslogs.results.answers import Reading
from offcall.accesslogs.results.groups import Group
from offcall.accesslogs.results.objectives import Burning, Kept
from offcall.accesslogs.results.requests import ErrorRow
from offcall.accesslogs.slo.objective import BURNS
from offcall.accesslogs.snapshot import Served, SourceTraffic, Traffic
from offcall.core.checks import Example
from offcall.core.findings import Resource

__all__ = ["NOW", "error", "example", "incident", "promise", "served"]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

BALANCER = Resource(
    kind="load balancer",
    id="arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188",
    name="web",
    account="111122223333",
    region="us-east-1",
    service="elasticloadbalancing",
)
GROUP = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/73e2d6bc24d8a067"


def served(target: str, requests: int, failed: int = 0, p95: float = 0.2) -> Served:
    """What one target served."""
    group = Group(
        key=target,
        requests=requests,
        share=0.5,
        sent_bytes=0,
        received_bytes=0,
        client_errors=0,
        server_errors=failed,
        timed=requests,
        p50=p95 / 4,
        p90=p95 / 2,
        p95=p95,
        p99=p95 * 2,
        max=p95 * 4,
    )
    return Served(group=GROUP, requests=group)


def error(requests: int, status: int = 502, made_by: str = "balancer") -> ErrorRow:
    """Errors of one kind."""
    return ErrorRow(
        status=status,
        target_status=None,
        reason=None,
        made_by=made_by,
        why="the target closed the connection",
        look="restarts of the target",
        requests=requests,
        first=NOW - timedelta(hours=1),
        last=NOW - timedelta(minutes=1),
    )


def promise(rate: float) -> Kept:
    """An objective whose budget burns so fast."""
    burning = tuple(
        Burning(
            long_seconds=int(one.long.total_seconds()),
            short_seconds=int(one.short.total_seconds()),
            long_rate=rate,
            short_rate=rate,
            limit=one.rate,
            page=one.page,
            alert=rate >= one.rate,
        )
        for one in BURNS
    )
    return Kept(
        source="web",
        objective="99.9% without 5xx over 30 days",
        share=0.999,
        days=30,
        requests=10_000,
        bad=int(10 * rate),
        good_share=1 - rate / 1000,
        budget_left=1 - rate,
        covered_seconds=259_200,
        burning=burning,
    )


def incident(**facts: Any) -> Incident:
    """Half an hour in which one target failed."""
    usual: dict[str, Any] = {
        "kind": "server-errors",
        "route": None,
        "start": NOW - timedelta(minutes=36),
        "end": NOW - timedelta(minutes=6),
        "detected": NOW - timedelta(minutes=33),
        "ongoing": True,
        "step_seconds": 60,
        "observed": 0.12,
        "expected": 0.0001,
        "requests": 2700,
        "excess": 324.0,
        "score": 60.0,
        "causes": (
            Contribution(dimension="target", value="10.0.0.1:80", share=1.0, before=0.33),
            Contribution(dimension="status", value="502", share=0.95, before=0.0),
        ),
    }
    return Incident(**{**usual, **facts})


def example(**facts: Any) -> Example:
    """One source with 10,000 requests of the last day."""
    usual: dict[str, Any] = {
        "name": "web",
        "since": NOW - timedelta(days=1),
        "reading": Reading(files={"alb": 1}, lines=10_000, size=6_000_000),
        "balancer": BALANCER,
        "first": NOW - timedelta(days=1),
        "last": NOW - timedelta(minutes=6),
        "requests": 10_000,
    }
    source = SourceTraffic(**{**usual, **facts})
    return Example(lambda: Traffic(taken_at=NOW, source="an example", sources=(source,)), NOW)
