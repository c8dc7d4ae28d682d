"""Can EventBridge put events into the queue, and does anything get stuck there?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import check
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity
from offcall.core.text import plural
from offcall.health.checks.delivery import example
from offcall.health.snapshot import QueueFacts, Setup

__all__ = ["closed_queue", "dead_letters", "no_dead_letter"]

POLICY = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"
REDRIVE = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-dead-letter-queues.html"
)
SENDERS = frozenset({"events.amazonaws.com", "sns.amazonaws.com", "*"})


def _queue(**values: object) -> QueueFacts:
    whole = {
        "url": "https://sqs.us-east-1.amazonaws.com/111122223333/health",
        "arn": "arn:aws:sqs:us-east-1:111122223333:health",
        "senders": ("events.amazonaws.com",),
        "dead_letter": "arn:aws:sqs:us-east-1:111122223333:health-dead",
        "dead_letters": 0,
        **values,
    }
    return QueueFacts.model_validate(whole)


def _resource(queue: QueueFacts) -> Resource:
    parts = queue.arn.split(":")
    return Resource(
        kind="sqs queue",
        id=queue.arn,
        name=parts[-1],
        account=parts[4] if len(parts) > 5 else None,
        region=queue.region,
        service="SQS",
    )


@check(
    id="health-queue-closed",
    title="The queue's policy does not let EventBridge send",
    severity=Severity.HIGH,
    rationale="EventBridge needs the queue's own policy to allow it; without that the rule fails "
    "in silence.",
    source=POLICY,
    fails=example(queues=(_queue(senders=()),)),
    passes=example(queues=(_queue(),)),
    tags=("queue",),
)
def closed_queue(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Each queue that neither EventBridge nor SNS may send to."""
    for queue in setup.queues:
        if SENDERS & set(queue.senders):
            continue
        yield Finding(
            rule="health-queue-closed",
            severity=Severity.HIGH,
            title="EventBridge may not send to this queue",
            resource=_resource(queue),
            evidence=(
                Evidence(name="may send", value=", ".join(queue.senders) or "nobody", source="SQS"),
            ),
            why="Every event is dropped on the way, and no error is shown to anybody.",
            source=POLICY,
            fix=Fix(
                steps=(
                    "Allow sqs:SendMessage to the service events.amazonaws.com in the queue's "
                    "policy, with the rule's ARN as aws:SourceArn",
                )
            ),
            category="setup",
        )


@check(
    id="health-queue-no-dead-letters",
    title="The queue has no dead-letter queue",
    severity=Severity.LOW,
    rationale="Messages that cannot be received in time are lost at the end of the retention.",
    source=REDRIVE,
    fails=example(queues=(_queue(dead_letter=None, dead_letters=None),)),
    passes=example(queues=(_queue(),)),
    tags=("queue",),
)
def no_dead_letter(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Each queue without one."""
    for queue in setup.queues:
        if queue.dead_letter is None:
            yield Finding(
                rule="health-queue-no-dead-letters",
                severity=Severity.LOW,
                title="This queue has no dead-letter queue",
                resource=_resource(queue),
                why="A message that fails again and again goes round until it expires.",
                source=REDRIVE,
                fix=Fix(steps=("Give the queue a redrive policy with a dead-letter queue",)),
                category="setup",
            )


@check(
    id="health-dead-letters",
    title="Messages lie in the dead-letter queue",
    severity=Severity.HIGH,
    rationale="What lies there was received several times and never deleted: the worker crashed "
    "on it, or was too slow.",
    source=REDRIVE,
    fails=example(queues=(_queue(dead_letters=3),)),
    passes=example(queues=(_queue(),)),
    tags=("queue",),
)
def dead_letters(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Each dead-letter queue that is not empty."""
    for queue in setup.queues:
        if not queue.dead_letters:
            continue
        yield Finding(
            rule="health-dead-letters",
            severity=Severity.HIGH,
            title=f"The dead-letter queue holds {plural(queue.dead_letters, 'message')}",
            resource=_resource(queue),
            evidence=(
                Evidence(name="dead-letter queue", value=queue.dead_letter or "", source="SQS"),
            ),
            why="They are events that nobody has seen, and they expire.",
            source=REDRIVE,
            fix=Fix(
                steps=("Move them back to the queue, and watch it: what is odd is quarantined",),
                command=f"aws sqs start-message-move-task --source-arn {queue.dead_letter}",
            ),
            category="setup",
        )
