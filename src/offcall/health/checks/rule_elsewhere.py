"""Do rules lead to our queues?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.arn import parse
from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity
from offcall.health.checks.examples import example, queue, region
from offcall.health.checks.places import EVENTS, bus_in
from offcall.health.snapshot import Setup

__all__ = ["rule_elsewhere"]


@check(
    id="health-rule-elsewhere",
    title="The rules of a region lead to other queues than those that are watched",
    severity=Severity.HIGH,
    category="setup",
    rationale="A rule that works and sends Health events to somebody else's target looks like a "
    "feed of ours and is none.",
    source=EVENTS,
    fails=example(
        queues=(queue(arn="arn:aws:sqs:us-east-1:1:ours"),), regions=(region("us-east-1"),)
    ),
    passes=example(
        queues=(queue(arn="arn:aws:sqs:us-east-1:1:health"),), regions=(region("us-east-1"),)
    ),
    tags=("eventbridge",),
)
def rule_elsewhere(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Each region whose working rules name none of our queues, nor what may pass events on."""
    ours = {one.arn for one in setup.queues}
    for one in setup.regions:
        targets = [target for rule in one.rules if rule.works for target in rule.targets]
        # A topic or another bus may lead to our queue.
        passed_on = any(arn.service in ("sns", "events") for arn in map(parse, targets) if arn)
        if not ours or not targets or passed_on or ours & set(targets):
            continue
        yield Problem(
            bus_in(setup, one.region),
            "The rules here send Health events to none of the queues that offcall watches",
            "Make the queue a target of the rule, or name the right queue",
            (Evidence(name="target", value=target, source="EventBridge") for target in targets),
            why="Events of this region reach another target, and offcall never sees them.",
        )
