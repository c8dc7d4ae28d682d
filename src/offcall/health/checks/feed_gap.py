"""Did EventBridge bring all that there is?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity
from offcall.health.checks.examples import NOW, example
from offcall.health.checks.places import EVENTS
from offcall.health.model import EventState
from offcall.health.snapshot import Missed, Setup

__all__ = ["feed_gap", "gap_findings"]


@check(
    id="health-feed-gap",
    title="The Health API knows an event that EventBridge did not bring",
    severity=Severity.MEDIUM,
    category="setup",
    rationale="EventBridge delivers Health events on a best effort basis. One missing event is "
    "bad luck; many are a rule, a queue policy or a region that is not set up.",
    source=EVENTS,
    fails=example(
        missed=(
            Missed(
                arn="arn:aws:health:eu-west-1::event/RDS/AWS_RDS_MAINTENANCE_SCHEDULED/1",
                account="111122223333",
                code="AWS_RDS_MAINTENANCE_SCHEDULED",
                region="eu-west-1",
                updated=NOW,
            ),
        )
    ),
    passes=example(),
    tags=("feeds",),
)
def feed_gap(setup: Setup, now: datetime) -> Iterator[Problem]:
    """One finding a region, with the events that are missing."""
    return _gaps(setup.missed)


def gap_findings(events: Iterable[EventState]) -> Iterator[Finding]:
    """The same finding, straight from events."""
    missed = (
        Missed(
            arn=one.arn,
            account=one.account,
            code=one.code,
            region=one.region,
            updated=one.last_updated,
        )
        for one in events
    )
    return map(feed_gap.finding, _gaps(missed))


def _gaps(missed: Iterable[Missed]) -> Iterator[Problem]:
    by_region: dict[str, list[Missed]] = {}
    for one in missed:
        by_region.setdefault(one.region or "global", []).append(one)
    for region, events in sorted(by_region.items()):
        yield Problem(
            Resource(
                kind="event feed", id=f"eventbridge/{region}", region=region, service="EVENTS"
            ),
            f"EventBridge did not bring {len(events):,} of the events of {region}",
            Fix(
                steps=(f"Check the rule and the queue of {region}: offcall health doctor",),
                command="offcall health doctor",
            ),
            (Evidence(name=one.code, value=one.arn, source="Health API") for one in events[:5]),
            why="The poll brought them, later than EventBridge would have.",
        )
