"""Can EventBridge put events into the queue?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity
from offcall.health.checks.examples import example, queue
from offcall.health.checks.places import queue_of
from offcall.health.snapshot import Setup

__all__ = ["queue_closed"]

SENDERS = frozenset({"events.amazonaws.com", "sns.amazonaws.com", "*"})


@check(
    id="health-queue-closed",
    title="The queue's policy does not let EventBridge send",
    severity=Severity.HIGH,
    category="setup",
    rationale="EventBridge needs the queue's own policy to allow it; without that the rule fails "
    "in silence.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
    fails=example(queues=(queue(senders=()),)),
    passes=example(queues=(queue(),)),
    tags=("queue",),
)
def queue_closed(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Each queue that neither EventBridge nor SNS may send to."""
    for one in setup.queues:
        if not SENDERS & set(one.senders):
            yield Problem(
                queue_of(one),
                "EventBridge may not send to this queue",
                "Allow sqs:SendMessage to the service events.amazonaws.com in the queue's policy, "
                "with the rule's ARN as aws:SourceArn",
                (
                    Evidence(
                        name="may send", value=", ".join(one.senders) or "nobody", source="SQS"
                    ),
                ),
                why="Every event is dropped on the way, and no error is shown to anybody.",
            )
