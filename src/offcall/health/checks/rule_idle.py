"""Can every rule deliver?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Fix, Severity
from offcall.health.checks.examples import example, region
from offcall.health.checks.places import EVENTS, bus_in
from offcall.health.snapshot import Rule, Setup

__all__ = ["rule_idle"]


@check(
    id="health-rule-idle",
    title="A rule for Health events is switched off or leads nowhere",
    severity=Severity.HIGH,
    category="setup",
    rationale="A rule that is disabled or has no target looks like a feed and is none.",
    source=EVENTS,
    fails=example(regions=(region("us-east-1", Rule(name="health", enabled=False)),)),
    passes=example(regions=(region("us-east-1"),)),
    tags=("eventbridge",),
)
def rule_idle(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Each rule that cannot deliver."""
    for one in setup.regions:
        for rule in one.rules:
            if not rule.works:
                how, fix = _trouble(rule, one.region)
                yield Problem(
                    bus_in(setup, one.region),
                    f"Rule {rule.name} is {how}",
                    fix,
                    key=rule.name,
                    why="Health events of this region are thrown away.",
                )


def _trouble(rule: Rule, region: str) -> tuple[str, Fix]:
    """What is wrong with a rule, and what to do."""
    if not rule.enabled:
        command = f"aws events enable-rule --name {rule.name} --region {region}"
        return "disabled", Fix(steps=("Enable the rule",), command=command)
    if rule.left_out:
        names = ", ".join(rule.left_out)
        step = f"Take {names} out of the rule's event pattern"
        how = f"deaf to the usual Health events of this account and region: {names}"
        return how, Fix(steps=(step,))
    return "without a target", Fix(steps=("Give the rule the queue as its target",))
