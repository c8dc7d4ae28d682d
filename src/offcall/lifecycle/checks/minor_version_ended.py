"""Minor versions at their end, which AWS upgrades by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.judging import at, proof, sentence, way_out
from offcall.lifecycle.regimes import Outlooks, outlooks
from offcall.lifecycle.regimes.model import Act, Outlook
from offcall.lifecycle.snapshot import Running

__all__ = ["minor_version_ended"]


@check(
    id="lifecycle-minor-version-ended",
    title="The minor version is at its end: AWS upgrades it, asked or not",
    severity=Severity.HIGH,
    category="support",
    rationale="AutoMinorVersionUpgrade=false does not protect: it only stays away from upgrades "
    "that are offered. A minor version past its end is upgraded in the maintenance window.",
    # "... all instances still running the deprecated minor version will be scheduled for automatic
    # upgrade ... during their scheduled maintenance windows."
    source="https://aws.amazon.com/rds/faqs/",
    judges=outlooks,
    fails=example(running("mysql", "8.4.6", auto_minor_version_upgrade=False)),
    passes=example(running("mysql", "8.4.9")),
)
def minor_version_ended(found: Outlooks, now: datetime) -> Iterator[Problem]:
    """A minor version that ended, or ends within 90 days."""
    today = now.astimezone(UTC).date()
    for item, outlook in found:
        step = next((one for one in outlook.steps if one.act is Act.MINOR), None)
        if step is None or outlook.dates is None:
            continue
        days = (step.on - today).days if step.on else 0
        if days > 90:
            continue
        end = "is past the end of its minor version" if days <= 0 else f"ends {_end(outlook)}"
        yield Problem(
            item.resource,
            f"{outlook.title} {outlook.version} {end}: "
            f"AWS upgrades it in {item.maintenance_window or 'a maintenance window'}",
            way_out(outlook, "upgrade it in a window of your choice, before AWS does", minor=True),
            (*proof(outlook), *_switch(item)),
            key=outlook.version,
            severity=Severity.HIGH if days <= 14 else Severity.MEDIUM,
            why=_belief(item) + sentence(step.text),
            source=step.source,
            deadline=at(step.on) if step.on else None,
        )


def _end(outlook: Outlook) -> str:
    day = outlook.dates.minor_end.on if outlook.dates and outlook.dates.minor_end else None
    return f"on {day}" if day else "soon"


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
