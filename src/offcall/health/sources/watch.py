"""The worker: messages of a queue into the history, at least once, none lost, none in the way.

A message is deleted only after the transaction that stores it is committed. What cannot be parsed
is stored in quarantine first. When the queue or the history is away, the worker waits and tries
again; SQS shows the messages again by itself. Several workers may run at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from offcall.core.aws import AwsDenied, AwsError
from offcall.core.errors import SourceError, StoreError
from offcall.core.service import Stop
from offcall.core.text import plural
from offcall.health.sources.sqs import Message, Queue
from offcall.health.storage.store import IngestReport, ingest
from offcall.history.database import History

__all__ = ["Limits", "Tally", "Watcher"]

log = logging.getLogger("offcall.health.sources.watch")

LONGEST_WAIT = 20
"""Seconds of a long poll: the most that SQS allows."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds to wait after a failure, doubled each time."""
PATIENCE = 5
"""Failures in a row after which a worker that should end by itself gives up."""
SINGLY_AFTER = 2
"""Failures in a row after which the messages of a batch are stored one by one."""

_NO_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop.

    Attributes:
        until_empty: when the queue has nothing more to give.
        once: after one batch.
        messages: after so many messages.
        batch: messages in one transaction.
    """

    until_empty: bool = False
    once: bool = False
    messages: int | None = None
    batch: int = 100

    @property
    def ends(self) -> bool:
        """It stops by itself."""
        return self.until_empty or self.once or self.messages is not None


@dataclass(slots=True)
class Tally:
    """What a worker did. `undeleted` messages come again and are recognised."""

    received: int = 0
    batches: int = 0
    stored: int = 0
    duplicates: int = 0
    rejected: int = 0
    events_new: int = 0
    events_changed: int = 0
    undeleted: int = 0
    failures: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, report: IngestReport) -> None:
        """Count a committed batch."""
        self.batches += 1
        self.stored += report.new
        self.duplicates += report.duplicates
        self.rejected += report.rejected
        self.events_new += report.created
        self.events_changed += report.changed


class Watcher:
    """One worker on one queue.

    Args:
        clock: the present time.
        after_batch: called after each committed batch, for example to send notifications. A
            `SourceError` or `StoreError` of it is noted and does not stop the worker.
        idle: called between batches, for example to poll the Health API when it is time.
    """

    def __init__(
        self,
        history: History,
        queue: Queue,
        clock: Callable[[], datetime],
        *,
        limits: Limits | None = None,
        stop: Stop | None = None,
        after_batch: Callable[[IngestReport], None] | None = None,
        idle: Callable[[], None] | None = None,
    ) -> None:
        self._history = history
        self._queue = queue
        self._clock = clock
        self._limits = limits or Limits()
        self._stop = Stop() if stop is None else stop
        self._after_batch = after_batch
        self._idle = idle
        self._row = 0
        self._answered = False
        self.tally = Tally()

    def run(self) -> Tally:
        """Work until stopped, or until the limits say so.

        Raises:
            AwsError, AwsDenied: the queue does not exist, or we may not read it; or, when the
                worker should end by itself, AWS is away for too long.
            StoreError: the history is away for too long, when it should end by itself.
        """
        while not self._stop:
            self._guarded(self._idle)
            try:
                batch = self._receive()
            except SourceError as error:
                if not self._answered and _hopeless(error):
                    raise
                self._failed(error)
                continue
            self._answered = True
            if not batch:
                self._row = 0
                if self._limits.until_empty or self._limits.once:
                    break
                continue
            self.tally.received += len(batch)
            if not self._store(batch) or self._done():
                break
        return self.tally

    def _done(self) -> bool:
        most = self._limits.messages
        return self._limits.once or (most is not None and self.tally.received >= most)

    def _receive(self) -> list[Message]:
        """A batch: wait for the first messages, then take what else is there."""
        room = self._limits.batch
        if self._limits.messages is not None:
            room = min(room, self._limits.messages - self.tally.received)
        batch: list[Message] = []
        while len(batch) < room and not self._stop:
            wait = 0 if batch else (1 if self._limits.ends else LONGEST_WAIT)
            ask = partial(self._queue.receive, wait_seconds=wait, most=room - len(batch))
            # What a long poll still brings after a stop comes again.
            got = ask() if batch else self._stop.unless_set(ask)
            batch += got or ()
            if not got:
                break
        return batch

    def _store(self, batch: list[Message]) -> bool:
        """Commit a batch, then delete it. False when stopped before that worked."""
        while True:
            try:
                report, safe = self._commit(batch)
            except StoreError as problem:
                # Not deleted: whatever happens to us, the messages come again.
                self._failed(problem)
                if self._stop:
                    return False
                continue
            self._row = 0
            self.tally.add(report)
            log.info(
                "%s: %s new, %s known, %s rejected",
                plural(len(batch), "message"),
                report.new,
                report.duplicates,
                report.rejected,
            )
            self._delete(safe)
            if self._after_batch is not None:
                self._guarded(partial(self._after_batch, report))
            return True

    def _commit(self, batch: list[Message]) -> tuple[IngestReport, list[Message]]:
        """Store messages in one transaction; the report, and the messages that are safe now."""
        if self._row < SINGLY_AFTER:
            items = [item for message in batch for item in self._queue.parse(message)]
            report = ingest(self._history, items, self._clock(), batch=max(len(items), 1))
            return report, batch
        return self._commit_singly(batch)

    def _commit_singly(self, batch: list[Message]) -> tuple[IngestReport, list[Message]]:
        """One bad message must not hold up the others: what alone fails goes into quarantine.

        Raises:
            StoreError: quarantine does not work either, so it is not the message.
        """
        total = IngestReport()
        for message in batch:
            try:
                total.add(ingest(self._history, self._queue.parse(message), self._clock()))
            except StoreError as error:
                reject = self._queue.reject(message, f"the history refuses it: {error.message}")
                total.add(ingest(self._history, [reject], self._clock()))
        return total, batch

    def _delete(self, messages: list[Message]) -> None:
        try:
            failed = self._queue.delete(messages)
        except SourceError as error:
            self._note(error)
            failed = len(messages)
        self.tally.undeleted += failed

    def _guarded(self, step: Callable[[], None] | None) -> None:
        if step is None:
            return
        try:
            step()
        except (SourceError, StoreError) as error:
            self._note(error)

    def _failed(self, error: SourceError | StoreError) -> None:
        """Count, wait longer each time, and give up if the worker should end by itself."""
        self._note(error)
        self._row += 1
        if self._limits.ends and self._row > PATIENCE:
            raise error
        self._stop.pause(min(FIRST_PAUSE * 2 ** (self._row - 1), LONGEST_PAUSE))

    def _note(self, error: SourceError | StoreError) -> None:
        self.tally.failures += 1
        if error.message not in self.tally.problems:
            self.tally.problems.append(error.message)
            del self.tally.problems[:-20]
        log.warning("%s", error.message)


def _hopeless(error: SourceError) -> bool:
    """Waiting will not help: no such queue, or no right to read it."""
    return isinstance(error, AwsDenied) or (isinstance(error, AwsError) and error.code in _NO_QUEUE)
