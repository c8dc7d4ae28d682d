"""May an account other than the management account ask?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Fix, Severity
from offcall.health.checks.examples import example
from offcall.health.checks.places import account_of
from offcall.health.snapshot import Setup

__all__ = ["no_delegated_administrator"]

SOURCE = (
    "https://docs.aws.amazon.com/health/latest/ug/delegated-administrator-organizational-view.html"
)


@check(
    id="health-no-delegated-administrator",
    title="No account is delegated administrator for Health",
    severity=Severity.LOW,
    category="setup",
    rationale="Without one, offcall must run with the management account's credentials to see "
    "the organization, which is more power than it needs.",
    source=SOURCE,
    fails=example(organization_wanted=True, delegated=()),
    passes=example(organization_wanted=True, delegated=("111122223333",)),
    tags=("account",),
)
def no_delegated_administrator(setup: Setup, now: datetime) -> Iterator[Problem]:
    """When the estate wants the organization and nobody is registered."""
    if setup.organization_wanted and setup.delegated == ():
        yield Problem(
            account_of(setup),
            "No account is registered as delegated administrator for AWS Health",
            Fix(
                steps=("Register the account in which offcall runs",),
                command="aws organizations register-delegated-administrator "
                "--service-principal health.amazonaws.com --account-id <account>",
            ),
            why="Only the management account can then read the organization's events.",
        )
