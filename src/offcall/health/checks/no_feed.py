"""Do events come by themselves?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Fix, Resource, Severity
from offcall.health.checks.examples import example, feed
from offcall.health.checks.places import EVENTS
from offcall.health.snapshot import Setup

__all__ = ["no_feed"]


@check(
    id="health-no-feed",
    title="No feed has ever brought anything",
    severity=Severity.HIGH,
    category="setup",
    rationale="Without a queue that is watched or an API that is polled, the history holds only "
    "what somebody imported by hand.",
    source=EVENTS,
    fails=example(feeds=(feed(1, how="file"),)),
    passes=example(feeds=(feed(1),)),
    tags=("feeds",),
)
def no_feed(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Once, when there is no lasting feed."""
    if not any(one.lasts for one in setup.feeds):
        yield Problem(
            Resource(kind="event feed", id="feeds", account=setup.account),
            "Health events do not come by themselves",
            Fix(
                steps=("Deploy the rule and queue in deploy/, then run `offcall health watch`",),
                command="offcall health watch --queue <url>",
            ),
            why="What AWS announces tomorrow is seen only if somebody imports it.",
        )
