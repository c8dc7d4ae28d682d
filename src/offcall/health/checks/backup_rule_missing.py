"""Is there a rule in the backup region?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Severity
from offcall.health.checks.examples import example, region
from offcall.health.checks.places import REGIONS, bus_in, rule_in
from offcall.health.regions import backup_of, global_of
from offcall.health.snapshot import RegionRules, Setup

__all__ = ["backup_rule_missing"]


@check(
    id="health-backup-rule-missing",
    title="No rule in the backup region",
    severity=Severity.MEDIUM,
    category="setup",
    rationale="AWS also sends events to us-west-2 (and those of us-west-2 to us-east-1), so that "
    "they arrive when the region itself is in trouble: just when they matter.",
    source=REGIONS,
    fails=example(
        wanted=("us-east-1",), regions=(region("us-east-1"), RegionRules(region="us-west-2"))
    ),
    passes=example(wanted=("us-east-1",), regions=(region("us-east-1"), region("us-west-2"))),
    tags=("eventbridge",),
)
def backup_rule_missing(setup: Setup, now: datetime) -> Iterator[Problem]:
    """The backup region of what we run in, unless another check looks at it anyway."""
    looked_at = {*setup.wanted, *global_of(setup.wanted)}
    for name in sorted({one for one in map(backup_of, setup.wanted) if one} - looked_at):
        if setup.works_in(name) is False:
            yield Problem(
                bus_in(setup, name),
                "No rule takes the copies that AWS sends to the backup region",
                rule_in(name),
                why="When a region is in trouble, its own EventBridge may be too.",
            )
