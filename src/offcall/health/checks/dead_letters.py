"""Does anything get stuck?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Fix, Severity
from offcall.core.text import plural
from offcall.health.checks.examples import example, queue
from offcall.health.checks.places import REDRIVE, queue_of
from offcall.health.snapshot import Setup

__all__ = ["dead_letters"]


@check(
    id="health-dead-letters",
    title="Messages lie in the dead-letter queue",
    severity=Severity.HIGH,
    category="setup",
    rationale="What lies there was received several times and never deleted: the worker crashed "
    "on it, or was too slow.",
    source=REDRIVE,
    fails=example(queues=(queue(dead_letters=3),)),
    passes=example(queues=(queue(),)),
    tags=("queue",),
)
def dead_letters(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Each dead-letter queue that is not empty."""
    for one in setup.queues:
        if one.dead_letters:
            yield Problem(
                queue_of(one),
                f"The dead-letter queue holds {plural(one.dead_letters, 'message')}",
                Fix(
                    steps=(
                        "Move them back to the queue, and watch it: what is odd is quarantined",
                    ),
                    command=f"aws sqs start-message-move-task --source-arn {one.dead_letter}",
                ),
                (Evidence(name="dead-letter queue", value=one.dead_letter or "", source="SQS"),),
                why="They are events that nobody has seen, and they expire.",
            )
