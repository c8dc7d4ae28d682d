"""Messages that did not arrive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from offcall.core.checks import Example, Problem, check
from offcall.core.findings import Evidence, Fix, Resource, Severity
from offcall.core.text import plural
from offcall.notify.snapshot import ChannelState, Deliveries

__all__ = ["undelivered"]

_NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def _seen(failed: int) -> Deliveries:
    state = ChannelState(name="pager", failed=failed, last_error="PagerDuty answered 400")
    return Deliveries(taken_at=_NOW, source="history.sqlite", channels=(state,))


@check(
    id="notify-undelivered",
    title="Messages could not be delivered and were given up",
    severity=Severity.HIGH,
    category="setup",
    rationale="An alert that nobody received is as good as none: whoever should act does not know.",
    source="https://developer.pagerduty.com/docs/events-api-v2/overview/",
    fails=Example(lambda: _seen(2), _NOW),
    passes=Example(lambda: _seen(0), _NOW),
)
def undelivered(snapshot: Deliveries, now: datetime) -> Iterator[Problem]:
    """One finding for each channel with given-up messages."""
    for channel in snapshot.channels:
        if channel.failed == 0:
            continue
        yield Problem(
            Resource(kind="notify channel", id=f"notify/{channel.name}", name=channel.name),
            f"{plural(channel.failed, 'message')} could not be delivered to '{channel.name}'",
            Fix(
                steps=(
                    f"Correct the channel '{channel.name}', try it with "
                    f"`offcall notify test --channel {channel.name} --send`, then retry",
                ),
                command="offcall notify retry",
            ),
            (
                Evidence(name="given up", value=str(channel.failed), unit="messages"),
                Evidence(name="will be tried again", value=str(channel.retrying), unit="messages"),
                Evidence(name="last error", value=channel.last_error or "none"),
            ),
            why="Nobody who reads only this channel knows of them.",
        )
