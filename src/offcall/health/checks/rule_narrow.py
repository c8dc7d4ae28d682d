"""Do rules leave something out?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity
from offcall.health.checks.examples import example, region
from offcall.health.checks.places import EVENTS, bus_in
from offcall.health.snapshot import Rule, Setup

__all__ = ["rule_narrow"]


@check(
    id="health-rule-narrow",
    title="A rule lets only some Health events through",
    severity=Severity.LOW,
    category="setup",
    rationale="A pattern that names services, categories or event types leaves out what AWS adds "
    "later; filtering after storing loses nothing.",
    source=EVENTS,
    fails=example(
        regions=(
            region(
                "us-east-1", Rule(name="h", enabled=True, targets=("t",), narrowed=("service",))
            ),
        )
    ),
    passes=example(regions=(region("us-east-1"),)),
    tags=("eventbridge",),
)
def rule_narrow(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Each region in which every working rule is narrowed."""
    for one in setup.regions:
        working = [rule for rule in one.rules if rule.works]
        if not working or any(not rule.narrowed for rule in working):
            continue
        names = ", ".join(dict.fromkeys(name for rule in working for name in rule.narrowed))
        yield Problem(
            bus_in(setup, one.region),
            f"The rules here filter Health events by {names}",
            "Take the filter off the rule; leave event types out with health.ignore",
            (Evidence(name="filters", value=names, source="EventBridge"),),
            why="What does not fit the filter is never seen, whatever AWS announces.",
        )
