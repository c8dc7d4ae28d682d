"""Upgrades that AWS makes by itself: of major versions, and of minor versions past their end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from offcall.core.checks import Example, check
from offcall.core.findings import Evidence, Finding, Fix, Severity
from offcall.lifecycle.examples import NOW, inventory, running
from offcall.lifecycle.judging import HORIZON, at, finding, proof, sentence, way_out
from offcall.lifecycle.regimes import outlooks
from offcall.lifecycle.regimes.model import Act, Outlook, Step
from offcall.lifecycle.regimes.rds import serverless_v1
from offcall.lifecycle.snapshot import Inventory, Running

__all__ = ["major", "minor"]

# "... all instances still running the deprecated minor version will be scheduled for automatic
# upgrade ... during their scheduled maintenance windows."
MINORS = "https://aws.amazon.com/rds/faqs/"


def _severity(step: Step, today: date) -> Severity:
    if step.on is None or (step.on - today).days <= 14:
        return Severity.CRITICAL
    days = (step.on - today).days
    if days <= 60:
        return Severity.HIGH
    return Severity.MEDIUM if days <= 120 else Severity.LOW


@check(
    id="lifecycle-forced-upgrade",
    title="AWS will upgrade the major version by itself",
    severity=Severity.HIGH,
    rationale="A major upgrade that nobody tested takes the resource down at a time that nobody "
    "chose, and may not start on the other side.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
    fails=Example(lambda: inventory(running("eks", "1.31")), NOW),
    passes=Example(lambda: inventory(running("eks", "1.36")), NOW),
)
def major(snapshot: Inventory, now: datetime) -> Iterator[Finding]:
    """A forced upgrade within 180 days, or one that is due already."""
    today = now.astimezone(UTC).date()
    for item, outlook in outlooks(snapshot, now):
        step = next((one for one in outlook.steps if one.act is Act.UPGRADE), None)
        if step is None or outlook.dates is None:
            continue
        if step.on is not None and (step.on - today).days > HORIZON:
            continue
        due = step.on is None or step.on <= today
        time = "it is due now" if due else f"from {step.on} on" if step.on else ""
        yield finding(
            item,
            outlook,
            rule="lifecycle-forced-upgrade",
            severity=_severity(step, today),
            title=f"AWS upgrades {outlook.title} {outlook.version} by force: {time}",
            why=sentence(step.text)
            + (
                " AutoMinorVersionUpgrade does not stop it."
                if outlook.resource.service == "rds"
                else ""
            ),
            source=step.source,
            key=outlook.dates.cycle,
            deadline=_deadline(step),
            fix=_fix(item, outlook),
        )


@check(
    id="lifecycle-minor-version-ended",
    title="The minor version is at its end: AWS upgrades it, asked or not",
    severity=Severity.HIGH,
    rationale="AutoMinorVersionUpgrade=false does not protect: it only stays away from upgrades "
    "that are offered. A minor version past its end is upgraded in the maintenance window.",
    source=MINORS,
    fails=Example(
        lambda: inventory(running("mysql", "8.4.6", auto_minor_version_upgrade=False)), NOW
    ),
    passes=Example(lambda: inventory(running("mysql", "8.4.9")), NOW),
)
def minor(snapshot: Inventory, now: datetime) -> Iterator[Finding]:
    """A minor version that ended, or ends within 90 days."""
    today = now.astimezone(UTC).date()
    for item, outlook in outlooks(snapshot, now):
        step = next((one for one in outlook.steps if one.act is Act.MINOR), None)
        if step is None or outlook.dates is None:
            continue
        days = (step.on - today).days if step.on else 0
        if days > 90:
            continue
        past = days <= 0
        yield finding(
            item,
            outlook,
            rule="lifecycle-minor-version-ended",
            severity=Severity.HIGH if days <= 14 else Severity.MEDIUM,
            title=f"{outlook.title} {outlook.version} "
            + ("is past the end of its minor version" if past else f"ends {_end(outlook)}")
            + f": AWS upgrades it in {item.maintenance_window or 'a maintenance window'}",
            why=_belief(item) + sentence(step.text),
            source=step.source,
            key=outlook.version,
            deadline=_deadline(step),
            evidence=(*proof(outlook), *_switch(item)),
            fix=way_out(
                outlook, "upgrade it in a window of your choice, before AWS does", minor=True
            ),
        )


def _fix(item: Running, outlook: Outlook) -> Fix:
    """Upgrade first; where extended support is merely off, it can also be turned on."""
    if serverless_v1(item):
        return Fix(steps=("migrate it to Aurora Serverless v2 yourself, at a time of your choice",))
    fix = way_out(outlook, "upgrade it yourself before, at a time of your choice")
    dates = outlook.dates
    if item.extended_support is not False or dates is None or dates.extended_end is None:
        return fix
    setting = (
        "upgradePolicy.supportType to EXTENDED"
        if item.engine == "eks"
        else "EngineLifecycleSupport to open-source-rds-extended-support"
    )
    lever = f"or buy time until {dates.extended_end.on or 'later'} for money: set {setting}"
    return fix.model_copy(update={"steps": (*fix.steps, lever)})


def _end(outlook: Outlook) -> str:
    day = outlook.dates.minor_end.on if outlook.dates and outlook.dates.minor_end else None
    return f"on {day}" if day else "soon"


def _deadline(step: Step) -> datetime | None:
    """The first moment at which AWS may act, which is the end of the last day before."""
    return at(step.on) if step.on else None


def _belief(item: Running) -> str:
    if item.auto_minor_version_upgrade is False:
        return (
            "AutoMinorVersionUpgrade is false, and that does not protect it: the setting only "
            "declines upgrades that are offered, not those of a version past its end. "
        )
    return ""


def _switch(item: Running) -> Iterator[Evidence]:
    if item.auto_minor_version_upgrade is not None:
        value = str(item.auto_minor_version_upgrade).lower()
        yield Evidence(name="AutoMinorVersionUpgrade", value=value)
    if item.version_status:
        yield Evidence(
            name="status of the version",
            value=item.version_status,
            source="rds.DescribeDBEngineVersions",
        )
