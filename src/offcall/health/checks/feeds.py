"""Has anything come lately? Silence is only good news when the feed works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from offcall.core.checks import check
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity
from offcall.core.text import plural
from offcall.health.checks.delivery import EVENTS, NOW, example
from offcall.health.snapshot import FeedFacts, Setup

__all__ = ["held", "never", "silent"]

ONCE = frozenset({"file", "stdin", "demo"})
"""Ways that bring something when a person does it: their silence means nothing."""

_DAY = timedelta(days=1)


def _feed(days: float, **values: object) -> FeedFacts:
    whole = {"how": "sqs", "region": "us-east-1", "messages": 9, **values}
    return FeedFacts.model_validate({"last_seen": NOW - _DAY * days, **whole})


def _resource(feed: FeedFacts) -> Resource:
    parts = (feed.how, feed.region, feed.account, "backup" if feed.backup else "")
    return Resource(
        kind="event feed",
        id="/".join(part for part in parts if part),
        account=feed.account or None,
        region=feed.region or None,
    )


@check(
    id="health-feed-silent",
    title="A feed has gone silent",
    severity=Severity.HIGH,
    rationale="A feed that used to bring messages and stopped is mostly a rule, a policy or a "
    "worker that is gone. Nobody misses an announcement that does not arrive.",
    source=EVENTS,
    fails=example(feeds=(_feed(20),)),
    passes=example(feeds=(_feed(1), _feed(90, how="file"))),
    tags=("feeds",),
)
def silent(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Each feed whose last message is older than the threshold."""
    limit = timedelta(days=setup.silent_after_days)
    for feed in setup.feeds:
        quiet = now - feed.last_seen
        if feed.how in ONCE or quiet <= limit:
            continue
        yield Finding(
            rule="health-feed-silent",
            severity=Severity.HIGH,
            title=f"This feed has been silent since {feed.last_seen:%Y-%m-%d}",
            resource=_resource(feed),
            evidence=(
                Evidence(name="last message", value=f"{feed.last_seen:%Y-%m-%d %H:%M} UTC"),
                Evidence(name="messages before", value=f"{feed.messages:,}"),
                Evidence(name="silent after", value=f"{setup.silent_after_days:g}", unit="days"),
            ),
            why="Either AWS had nothing to say, or it does not reach us; only a look tells.",
            source=EVENTS,
            fix=Fix(
                steps=(
                    "Check that `offcall health watch` runs and that the rule and the queue are "
                    "there; compare with the Health API",
                ),
                command="offcall health sync" if feed.how != "api" else "offcall health doctor",
            ),
            category="setup",
        )


@check(
    id="health-no-feed",
    title="No feed has ever brought anything",
    severity=Severity.HIGH,
    rationale="Without a queue that is watched or an API that is polled, the history holds only "
    "what somebody imported by hand.",
    source=EVENTS,
    fails=example(feeds=(_feed(1, how="file"),)),
    passes=example(feeds=(_feed(1),)),
    tags=("feeds",),
)
def never(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Once, when there is no lasting feed."""
    if any(feed.how not in ONCE for feed in setup.feeds):
        return
    yield Finding(
        rule="health-no-feed",
        severity=Severity.HIGH,
        title="Health events do not come by themselves",
        resource=Resource(kind="event feed", id="feeds", account=setup.account),
        why="What AWS announces tomorrow is seen only if somebody imports it.",
        source=EVENTS,
        fix=Fix(
            steps=("Deploy the rule and queue in deploy/, then run `offcall health watch`",),
            command="offcall health watch --queue <url>",
        ),
        category="setup",
    )


@check(
    id="health-quarantine",
    title="Messages lie in quarantine",
    severity=Severity.MEDIUM,
    rationale="A message that offcall does not understand is kept whole; it may be an event.",
    source=EVENTS,
    fails=example(quarantine=2, feeds=(_feed(1),)),
    passes=example(feeds=(_feed(1),)),
    tags=("feeds",),
)
def held(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Once, with the number."""
    if setup.quarantine:
        yield Finding(
            rule="health-quarantine",
            severity=Severity.MEDIUM,
            title=f"{plural(setup.quarantine, 'message')} could not be understood",
            resource=Resource(kind="quarantine", id="quarantine"),
            why="What is in there may be an event that nobody sees.",
            source=EVENTS,
            fix=Fix(
                steps=("Look at them; try again after an upgrade, or discard them with a reason",),
                command="offcall health quarantine",
            ),
            category="setup",
        )
