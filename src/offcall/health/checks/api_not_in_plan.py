"""May we ask the Health API?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Severity
from offcall.health.checks.examples import example
from offcall.health.checks.places import account_of
from offcall.health.snapshot import Setup

__all__ = ["api_not_in_plan"]


@check(
    id="health-api-not-in-plan",
    title="The support plan does not include the Health API",
    severity=Severity.LOW,
    category="setup",
    rationale="Without the API the history begins with the first event that EventBridge brings, "
    "and what EventBridge loses is lost. EventBridge works on every plan.",
    source="https://docs.aws.amazon.com/health/latest/ug/health-api.html",
    fails=example(plan="no api"),
    passes=example(plan="api"),
    tags=("account",),
)
def api_not_in_plan(setup: Setup, now: datetime) -> Iterator[Problem]:
    """When AWS answered SubscriptionRequiredException."""
    if setup.plan == "no api":
        yield Problem(
            account_of(setup),
            "The support plan of this account has no Health API",
            "Rely on EventBridge, with a rule in the backup region too; or take Business "
            "Support+, Enterprise Support or Unified Operations",
            why="Events cannot be polled, so nothing reconciles what EventBridge does not bring.",
        )
