"""May we ask for the whole organization?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Fix, Severity
from offcall.health.checks.examples import example
from offcall.health.checks.places import account_of
from offcall.health.snapshot import Setup

__all__ = ["organization_off"]


@check(
    id="health-organization-off",
    title="The organization view of Health is not on",
    severity=Severity.MEDIUM,
    category="setup",
    rationale="With it one account sees the events of all accounts, also of those made later.",
    source="https://docs.aws.amazon.com/health/latest/ug/aggregate-events.html",
    fails=example(organization_wanted=True, organization="DISABLED"),
    passes=example(organization_wanted=True, organization="ENABLED"),
    tags=("account",),
)
def organization_off(setup: Setup, now: datetime) -> Iterator[Problem]:
    """When the estate wants it and AWS says that it is not ENABLED."""
    if setup.organization_wanted and setup.organization not in (None, "ENABLED"):
        yield Problem(
            account_of(setup),
            "The organization view of AWS Health is not switched on",
            Fix(
                steps=("Switch it on in the management account",),
                command="aws health enable-health-service-access-for-organization",
            ),
            (Evidence(name="state", value=setup.organization or "", source="Health API"),),
            why="Events of the other accounts are seen only in those accounts.",
        )
