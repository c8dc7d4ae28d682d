"""Has anything come lately? Silence is only good news when the feed works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Fix, Severity
from offcall.health.checks.examples import example, feed
from offcall.health.checks.places import EVENTS, feed_of
from offcall.health.snapshot import Setup

__all__ = ["feed_silent"]


@check(
    id="health-feed-silent",
    title="A feed has gone silent",
    severity=Severity.HIGH,
    category="setup",
    rationale="A feed that used to bring messages and stopped is mostly a rule, a policy or a "
    "worker that is gone. Nobody misses an announcement that does not arrive.",
    source=EVENTS,
    fails=example(feeds=(feed(20),)),
    passes=example(feeds=(feed(1), feed(90, how="file"))),
    tags=("feeds",),
)
def feed_silent(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Each feed whose last message is older than the threshold."""
    limit = timedelta(days=setup.silent_after_days)
    for one in setup.feeds:
        if one.lasts and now - one.last_seen > limit:
            yield Problem(
                feed_of(one),
                f"This feed has been silent since {one.last_seen:%Y-%m-%d}",
                Fix(
                    steps=(
                        "Check that `offcall health watch` runs and that the rule and the queue "
                        "are there; compare with the Health API",
                    ),
                    command="offcall health sync" if one.how != "api" else "offcall health doctor",
                ),
                (
                    Evidence(name="last message", value=f"{one.last_seen:%Y-%m-%d %H:%M} UTC"),
                    Evidence(name="messages before", value=f"{one.messages:,}"),
                    Evidence(
                        name="silent after", value=f"{setup.silent_after_days:g}", unit="days"
                    ),
                ),
                why="Either AWS had nothing to say, or it does not reach us; only a look tells.",
            )
