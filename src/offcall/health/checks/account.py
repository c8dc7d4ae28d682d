"""May we ask the Health API, and for the whole organization?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import check
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity
from offcall.health.checks.delivery import example
from offcall.health.snapshot import Setup

__all__ = ["no_api", "no_delegate", "no_organization"]

API = "https://docs.aws.amazon.com/health/latest/ug/health-api.html"
ORGANIZATION = "https://docs.aws.amazon.com/health/latest/ug/aggregate-events.html"
DELEGATE = (
    "https://docs.aws.amazon.com/health/latest/ug/delegated-administrator-organizational-view.html"
)


def _account(setup: Setup) -> Resource:
    return Resource(
        kind="aws account", id=setup.account or "unknown", account=setup.account, service="HEALTH"
    )


@check(
    id="health-api-not-in-plan",
    title="The support plan does not include the Health API",
    severity=Severity.LOW,
    rationale="Without the API the history begins with the first event that EventBridge brings, "
    "and what EventBridge loses is lost. EventBridge works on every plan.",
    source=API,
    fails=example(plan="no api"),
    passes=example(plan="api"),
    tags=("account",),
)
def no_api(setup: Setup, now: datetime) -> Iterator[Finding]:
    """When AWS answered SubscriptionRequiredException."""
    if setup.plan == "no api":
        yield Finding(
            rule="health-api-not-in-plan",
            severity=Severity.LOW,
            title="The support plan of this account has no Health API",
            resource=_account(setup),
            why="Events cannot be polled, so nothing reconciles what EventBridge does not bring.",
            source=API,
            fix=Fix(
                steps=(
                    "Rely on EventBridge, with a rule in the backup region too; or take Business "
                    "Support+, Enterprise Support or Unified Operations",
                )
            ),
            category="setup",
        )


@check(
    id="health-organization-off",
    title="The organization view of Health is not on",
    severity=Severity.MEDIUM,
    rationale="With it one account sees the events of all accounts, also of those made later.",
    source=ORGANIZATION,
    fails=example(organization_wanted=True, organization="DISABLED"),
    passes=example(organization_wanted=True, organization="ENABLED"),
    tags=("account",),
)
def no_organization(setup: Setup, now: datetime) -> Iterator[Finding]:
    """When the estate wants it and AWS says that it is not ENABLED."""
    if setup.organization_wanted and setup.organization not in (None, "ENABLED"):
        yield Finding(
            rule="health-organization-off",
            severity=Severity.MEDIUM,
            title="The organization view of AWS Health is not switched on",
            resource=_account(setup),
            evidence=(Evidence(name="state", value=setup.organization or "", source="Health API"),),
            why="Events of the other accounts are seen only in those accounts.",
            source=ORGANIZATION,
            fix=Fix(
                steps=("Switch it on in the management account",),
                command="aws health enable-health-service-access-for-organization",
            ),
            category="setup",
        )


@check(
    id="health-no-delegated-administrator",
    title="No account is delegated administrator for Health",
    severity=Severity.LOW,
    rationale="Without one, offcall must run with the management account's credentials to see "
    "the organization, which is more power than it needs.",
    source=DELEGATE,
    fails=example(organization_wanted=True, delegated=()),
    passes=example(organization_wanted=True, delegated=("111122223333",)),
    tags=("account",),
)
def no_delegate(setup: Setup, now: datetime) -> Iterator[Finding]:
    """When the estate wants the organization and nobody is registered."""
    if setup.organization_wanted and setup.delegated == ():
        yield Finding(
            rule="health-no-delegated-administrator",
            severity=Severity.LOW,
            title="No account is registered as delegated administrator for AWS Health",
            resource=_account(setup),
            why="Only the management account can then read the organization's events.",
            source=DELEGATE,
            fix=Fix(
                steps=("Register the account in which offcall runs",),
                command="aws organizations register-delegated-administrator "
                "--service-principal health.amazonaws.com --account-id <account>",
            ),
            category="setup",
        )
