"""Is there a place for messages that nobody takes?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Severity
from offcall.health.checks.examples import example, queue
from offcall.health.checks.places import REDRIVE, queue_of
from offcall.health.snapshot import Setup

__all__ = ["queue_no_dead_letters"]


@check(
    id="health-queue-no-dead-letters",
    title="The queue has no dead-letter queue",
    severity=Severity.LOW,
    category="setup",
    rationale="Messages that cannot be received in time are lost at the end of the retention.",
    source=REDRIVE,
    fails=example(queues=(queue(dead_letter=None, dead_letters=None),)),
    passes=example(queues=(queue(),)),
    tags=("queue",),
)
def queue_no_dead_letters(setup: Setup, now: datetime) -> Iterator[Problem]:
    """Each queue without one."""
    for one in setup.queues:
        if one.dead_letter is None:
            yield Problem(
                queue_of(one),
                "This queue has no dead-letter queue",
                "Give the queue a redrive policy with a dead-letter queue",
                why="A message that fails again and again goes round until it expires.",
            )
