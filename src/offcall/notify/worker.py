"""One run: look, plan, queue, send, record. See `outbox` for what several workers do."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from offcall.core.bugs import describe_bug
from offcall.core.errors import EstateError, MissingExtra, OffcallError
from offcall.notify import outbox, queueing
from offcall.notify.channels import Receipt, Sender, SendError, open_sender
from offcall.notify.collect import collect
from offcall.notify.estate import Section
from offcall.notify.message import Message, message_of, summary_of
from offcall.notify.outbox import Queued
from offcall.notify.plan import Sending, as_delivered, plan
from offcall.notify.routes import Place, Rules
from offcall.notify.secrets import mask
from offcall.notify.settings import rules_of, section_of

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.history.database import History

__all__ = ["Outcome", "Worker", "backoff", "preview"]

MOST_WAIT = timedelta(hours=1)
MOST_TOGETHER = 500
"""Alerts in one summary: they are claimed in one transaction, and nobody reads more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message (of several alerts, if it is a summary)."""

    channel: str
    queued: tuple[Queued, ...]
    message: Message | None
    state: str
    text: str
    again_at: datetime | None = None


@dataclass(slots=True)
class Report:
    """What one run did.

    Attributes:
        queued: what was decided in this run.
        outcomes: what was sent, skipped or failed.
        broken: channels that could not be opened, and why; their messages wait.
    """

    queued: list[Sending] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)


def backoff(attempts: int, after: float | None = None) -> timedelta:
    """How long to wait after the so many-th attempt: 1, 2, 4 … 60 minutes, or as long as asked."""
    wait = min(timedelta(minutes=2 ** min(attempts - 1, 10)), MOST_WAIT)
    return max(wait, timedelta(seconds=after)) if after else wait


class Worker:
    """Sends for one estate. `clock` gives the time, aware; each step asks anew."""

    def __init__(self, ctx: Context, history: History, clock: Callable[[], datetime]) -> None:
        self._ctx = ctx
        self._history = history
        self._clock = clock
        self._section: Section = section_of(ctx.estate)
        self._rules: Rules = rules_of(ctx.estate, ctx.zone)
        self._dead_after = timedelta(minutes=self._section.retry.claim_minutes)
        self.name = f"{socket.gethostname()}:{os.getpid()}"

    def run(self) -> Report:
        """Plan, queue and send what is due.

        Raises:
            EstateError: routes that name what is not there.
            StoreError: the history failed us; what was queued is kept.
        """
        now = self._clock()
        report = Report()
        sendings = self.planned(now)
        if sendings:
            report.queued = queueing.enqueue(self._history, sendings, now)
        self.deliver(report)
        return report

    def planned(self, now: datetime) -> list[Sending]:
        """What would be queued."""
        with self._history.read() as conn:
            threads = queueing.open_threads(conn)
        alerts = collect(self._ctx, self._history, threads, now)
        with self._history.read() as conn:
            # What had ended may have begun again, in the thread that it had.
            ended = {one.key for one in alerts} - {key for _, key in threads}
            threads |= queueing.threads_of(conn, ended)
        return plan(alerts, self._rules, threads, now)

    def waiting(self, now: datetime) -> list[Queued]:
        """What is queued and due."""
        with self._history.read() as conn:
            return outbox.due(conn, now, self._dead_after)

    def deliver(self, report: Report) -> None:
        """Send everything that is due."""
        rows = self._known(self.waiting(self._clock()))
        senders = self._open({row.channel for row in rows}, report)
        for group in grouped(rows, senders, self._section):
            outcome = self._group(group, senders)
            if outcome is not None:
                report.outcomes.append(outcome)

    def _known(self, rows: Sequence[Queued]) -> list[Queued]:
        """Without those of channels that the estate no longer has: they end here."""
        gone = [row for row in rows if row.channel not in self._rules.places]
        if gone:
            text = "the channel is no longer in the estate"
            now = self._clock()
            outbox.settle(self._history, gone, outcome=text, reference=None, now=now, skipped=True)
        return [row for row in rows if row.channel in self._rules.places]

    def _open(self, names: Iterable[str], report: Report) -> dict[str, Sender]:
        """The channels that work: a broken one must not hold up the others."""
        senders: dict[str, Sender] = {}
        for name in sorted(names):
            place = self._rules.places[name]
            try:
                senders[name] = open_sender(
                    name,
                    self._section.channels[name],
                    self._ctx.estate,
                    zone=place.zone,
                    now=self._clock(),
                )
            except (EstateError, MissingExtra) as error:
                report.broken[name] = str(error)
        return senders

    def _group(self, group: Sequence[Queued], senders: Mapping[str, Sender]) -> Outcome | None:
        channel = group[0].channel
        sender = senders.get(channel)
        if sender is None:
            return None
        now = self._clock()
        limit = self._section.retry.limit
        # Who kills every worker that tries to send it must not be tried for ever.
        deadly = [row for row in group if row.state == "sending" and row.attempts >= limit]
        if deadly:
            text = f"given up: the worker ended {limit} times while it was being sent"
            outbox.give_up(self._history, deadly, outcome=text, again_at=None, now=now)
            group = [row for row in group if row not in deadly]
            if not group:
                return Outcome(channel, tuple(deadly), None, "failed", text)
        mine = outbox.claim(self._history, group, self.name, now, self._dead_after)
        if not mine:
            return None
        place = self._rules.places[channel]
        message: Message | None = None
        try:
            message = built(mine, place, now)
            receipt = self._send(sender, message, mine)
        except SendError as error:
            return self._failed(mine, message, error, sender, now)
        except Exception as error:  # noqa: BLE001 - one message must not hold up all the others
            said = str(error) if isinstance(error, OffcallError) else describe_bug(error)
            failure = SendError(said, retry=True)
            return self._failed(mine, message, failure, sender, now)
        text = mask(receipt.outcome, sender.secrets)
        outbox.settle(
            self._history,
            mine,
            outcome=text,
            reference=receipt.reference if len(mine) == 1 else None,
            now=self._clock(),
            skipped=receipt.skipped,
        )
        return Outcome(
            channel, tuple(mine), message, "skipped" if receipt.skipped else "sent", text
        )

    def _send(self, sender: Sender, message: Message, mine: Sequence[Queued]) -> Receipt:
        reference = mine[0].reference if len(mine) == 1 and message.alert else None
        return sender.send(message, reference, token_of(mine))

    def _failed(
        self,
        mine: Sequence[Queued],
        message: Message | None,
        error: SendError,
        sender: Sender,
        now: datetime,
    ) -> Outcome:
        attempts = max(one.attempts for one in mine)
        again = error.retry and attempts < self._section.retry.limit
        again_at = self._clock() + backoff(attempts, error.after) if again else None
        text = mask(str(error), sender.secrets)
        outbox.give_up(self._history, mine, outcome=text, again_at=again_at, now=now)
        return Outcome(
            mine[0].channel, tuple(mine), message, "waiting" if again else "failed", text, again_at
        )


def grouped(
    rows: Sequence[Queued], senders: Mapping[str, Sender], section: Section
) -> list[list[Queued]]:
    """What goes out as one message: a digest, and a burst that would bury people."""
    groups: dict[tuple[str, str | None, int | None], list[Queued]] = {}
    single: dict[str, int] = {}
    for row in rows:
        if row.digest is None:
            single[row.channel] = single.get(row.channel, 0) + 1
    for row in rows:
        sender = senders.get(row.channel)
        together = sender is not None and sender.summaries
        many = single.get(row.channel, 0) > section.channels[row.channel].burst
        if together and (row.digest is not None or many):
            group = groups.setdefault((row.channel, row.digest, None), [])
            group.append(row)
            if len(group) == MOST_TOGETHER:
                groups[(row.channel, row.digest, row.id)] = group
                del groups[(row.channel, row.digest, None)]
        else:
            groups[(row.channel, row.digest, row.id)] = [row]
    # What matters most goes out first: the channel may be slow, or fail half-way.
    return sorted(groups.values(), key=lambda group: -max(one.alert.severity.rank for one in group))


def built(mine: Sequence[Queued], place: Place, now: datetime) -> Message:
    """The message of claimed rows."""
    told = [(row.alert, as_delivered(row.occasion, row.alert, row.told)) for row in mine]
    digest = mine[0].digest
    if len(mine) == 1 and digest is None:
        return message_of(*told[0], mine[0].told, now=now, zone=place.zone)
    if len(mine) == 1 and place.kind == "pagerduty":
        return message_of(*told[0], mine[0].told, now=now, zone=place.zone)
    return summary_of(told, _title(digest), now=now, zone=place.zone)


def _title(digest: str | None) -> str:
    return f"Digest '{digest}'" if digest else "Many at once"


def preview(sending: Sending, now: datetime) -> Message:
    """What a planned sending would say if it went out alone."""
    return message_of(
        sending.alert, sending.occasion, sending.told, now=now, zone=sending.place.zone
    )


def token_of(mine: Sequence[Queued]) -> str:
    """The same for the same rows, however often they are tried; different in every history."""
    text = "\x1f".join(
        f"{one.channel}|{one.alert.key}|{one.id}|{one.created.isoformat()}" for one in mine
    )
    return hashlib.sha256(text.encode()).hexdigest()[:32]
