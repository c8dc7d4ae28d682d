"""Upgrades of major versions that AWS makes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Fix, Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.judging import HORIZON, at, proof, sentence, way_out
from offcall.lifecycle.regimes import Outlooks, outlooks
from offcall.lifecycle.regimes.model import Act, Outlook, Step
from offcall.lifecycle.regimes.rds import serverless_v1
from offcall.lifecycle.snapshot import Running

__all__ = ["forced_upgrade"]


@check(
    id="lifecycle-forced-upgrade",
    title="AWS will upgrade the major version by itself",
    severity=Severity.HIGH,
    category="support",
    rationale="A major upgrade that nobody tested takes the resource down at a time that nobody "
    "chose, and may not start on the other side.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
    judges=outlooks,
    fails=example(running("eks", "1.31")),
    passes=example(running("eks", "1.36")),
)
def forced_upgrade(found: Outlooks, now: datetime) -> Iterator[Problem]:
    """A forced upgrade within 180 days, or one that is due already."""
    today = now.astimezone(UTC).date()
    for item, outlook in found:
        step = next((one for one in outlook.steps if one.act is Act.UPGRADE), None)
        if step is None or outlook.dates is None:
            continue
        if step.on is not None and (step.on - today).days > HORIZON:
            continue
        due = step.on is None or step.on <= today
        time = "it is due now" if due else f"from {step.on} on"
        why = sentence(step.text)
        if outlook.resource.service == "rds":
            why += " AutoMinorVersionUpgrade does not stop it."
        yield Problem(
            item.resource,
            f"AWS upgrades {outlook.title} {outlook.version} by force: {time}",
            _fix(item, outlook),
            proof(outlook),
            key=outlook.dates.cycle,
            severity=_severity(step, today),
            why=why,
            source=step.source,
            # The first moment at which AWS may act, which is the end of the last day before.
            deadline=at(step.on) if step.on else None,
        )


def _severity(step: Step, today: date) -> Severity:
    days = (step.on - today).days if step.on else 0
    if days <= 14:
        return Severity.CRITICAL
    if days <= 60:
        return Severity.HIGH
    return Severity.MEDIUM if days <= 120 else Severity.LOW


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
