"""Was everything understood?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Fix, Resource, Severity
from offcall.core.text import plural
from offcall.health.checks.examples import example, feed
from offcall.health.checks.places import EVENTS
from offcall.health.snapshot import Setup

__all__ = ["quarantine"]


@check(
    id="health-quarantine",
    title="Messages lie in quarantine",
    severity=Severity.MEDIUM,
    category="setup",
    rationale="A message that offcall does not understand is kept whole; it may be an event.",
    source=EVENTS,
    fails=example(quarantine=2, feeds=(feed(1),)),
    passes=example(feeds=(feed(1),)),
    tags=("feeds",),
)
def quarantine(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Once, with the number."""
    if setup.quarantine:
        yield Problem(
            Resource(kind="quarantine", id="quarantine"),
            f"{plural(setup.quarantine, 'message')} could not be understood",
            Fix(
                steps=("Look at them; try again after an upgrade, or discard them with a reason",),
                command="offcall health quarantine",
            ),
            why="What is in there may be an event that nobody sees.",
        )
