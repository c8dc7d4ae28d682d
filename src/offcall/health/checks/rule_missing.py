"""Does a rule bring the events of every region in which we run?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Severity
from offcall.health.checks.examples import example, region
from offcall.health.checks.places import REGIONS, bus_in, rule_in
from offcall.health.regions import backup_of, global_of
from offcall.health.snapshot import RegionRules, Setup

__all__ = ["rule_missing"]


@check(
    id="health-rule-missing",
    title="No EventBridge rule brings the Health events of a region in which we run",
    severity=Severity.HIGH,
    category="setup",
    rationale="EventBridge delivers Health events only where a rule asks for them. A rule in the "
    "backup region us-west-2 brings a copy of what other regions get; without either, "
    "announcements and outages of the region go unseen.",
    source=REGIONS,
    fails=example(wanted=("eu-west-1",), regions=(RegionRules(region="eu-west-1"),)),
    passes=example(wanted=("eu-west-1",), regions=(region("eu-west-1"),)),
    tags=("eventbridge",),
)
def rule_missing(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Each wanted region that was read and has no rule."""
    everywhere = global_of(setup.wanted)
    for name in (*setup.wanted, *(one for one in everywhere if one not in setup.wanted)):
        if setup.rules_in(name) != ():
            continue
        backup = backup_of(name)
        covered = backup is not None and bool(setup.works_in(backup))
        if name not in setup.wanted:
            title = "Health events of global services (IAM, CloudFront, …) reach nobody: no rule"
        else:
            title = "No EventBridge rule for Health events in this region"
        yield Problem(
            bus_in(setup, name),
            title + (", only the copy from the backup region" if covered else ""),
            rule_in(name),
            severity=Severity.MEDIUM if covered else Severity.HIGH,
            why="Without a rule AWS delivers nothing there, and nobody is told.",
        )
