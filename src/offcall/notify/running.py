"""`notify run`: once or for ever, dry or not."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING

from offcall.core.errors import UserError
from offcall.core.service import Stop, repeat
from offcall.core.text import plural
from offcall.history import open_history
from offcall.notify.message import message_of
from offcall.notify.outbox import Queued
from offcall.notify.plan import Occasion, Sending, as_delivered
from offcall.notify.results import RunResult, Said
from offcall.notify.settings import rules_of, section_of
from offcall.notify.text import to_text
from offcall.notify.worker import Outcome, Report, Worker, preview

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.notify.estate import Channel
    from offcall.notify.routes import Rules

__all__ = ["run_for_ever", "run_once", "said_of"]

REMEMBERED = 200
_NO_CHANNELS = "The estate has no `notify:` section with channels: there is nobody to tell."


def run_once(ctx: Context, *, send: bool, shown: int) -> RunResult:
    """One run.

    Raises:
        EstateError: the section does not fit, or names what is not there.
        StoreError: the history failed us.
    """
    _check_send(ctx, send)
    worker = Worker(ctx, open_history(ctx), lambda: ctx.now)
    rules = rules_of(ctx.estate, ctx.zone)
    hint = None if rules.places else _NO_CHANNELS
    if send:
        return _sent(worker.run(), rules, hint, str(ctx.zone))
    now = ctx.now
    planned = worker.planned(now)
    replaced = {(one.place.name, one.alert.key) for one in planned}
    rows = [one for one in worker.waiting(now) if (one.channel, one.alert.key) not in replaced]
    said = [*_planned(planned, now), *_due(rows, rules, now)]
    hint = hint or _bursts(said, section_of(ctx.estate).channels)
    return RunResult(
        sent=False, messages=tuple(said), hint=hint, shown=shown, time_zone=str(ctx.zone)
    )


def run_for_ever(ctx: Context, *, send: bool, every: str, shown: int) -> RunResult:
    """Run after run, until SIGTERM or Ctrl-C; the estate file is read anew for each.

    Returns:
        The last messages of all runs; of a dry run, what the last one showed.

    Raises:
        EstateError: what is wrong with the estate at the beginning; later on it is only noted.
    """
    ctx.thaw()
    wait = ctx.length(every)
    _check_send(ctx, send)
    rules_of(ctx.estate, ctx.zone)
    last = RunResult(sent=send, shown=shown, time_zone=str(ctx.zone))
    said: deque[Said] = deque(maxlen=REMEMBERED)

    def step() -> None:
        nonlocal last
        # The sample estate does not change, and its history lives only as long as its context.
        with nullcontext(ctx) if ctx.demo else ctx.again() as fresh:
            last = run_once(fresh, send=send, shown=shown)
        said.extend(last.messages)
        for line in said_of(last, ctx.now):
            ctx.progress.note(line)

    stop = Stop()
    with stop.on_signals():
        repeat(step, every=wait, stop=stop, note=lambda text: _note(ctx, text))
    return last.model_copy(update={"messages": tuple(said)}) if send else last


def _note(ctx: Context, text: str) -> None:
    ctx.progress.note(f"{ctx.now:%Y-%m-%d %H:%M:%SZ} {text}")


def _check_send(ctx: Context, send: bool) -> None:
    if send and ctx.demo:
        raise UserError(
            "the sample estate's events are nobody's news",
            value="--demo --send",
            expected="--demo alone, to see what would be sent",
        )


def said_of(result: RunResult, now: datetime) -> Iterator[str]:
    """A line for each message, and for each thing that went wrong, as a log wants it."""
    stamp = f"{now:%Y-%m-%d %H:%M:%SZ}"
    for one in result.messages:
        outcome = f": {one.outcome}" if one.outcome else ""
        yield f"{stamp} {one.state} to {one.channel}: {one.headline}{outcome}"
    for line in result.incomplete():
        yield f"{stamp} {line}"


def _bursts(said: list[Said], channels: Mapping[str, Channel]) -> str | None:
    """Which channels would get one summary in place of many messages."""
    counts = Counter(one.channel for one in said if one.state == "would send")
    texts = [
        f"'{name}' would get its {count} messages as one summary (burst: {channels[name].burst})"
        for name, count in counts.items()
        if channels[name].kind != "pagerduty" and count > channels[name].burst
    ]
    return "; ".join(texts) or None


def _planned(planned: list[Sending], now: datetime) -> Iterator[Said]:
    for one in planned:
        if one.occasion is Occasion.UNSAID:
            continue
        message = preview(one, now)
        held = one.due > now
        yield Said(
            channel=one.place.name,
            kind=one.place.kind,
            state="would hold" if held else "would send",
            occasion=str(one.occasion),
            severity=message.severity,
            headline=message.headline,
            rule=one.rule + (f", {one.held}" if one.held else ""),
            due=one.due if held else None,
            text=to_text(message),
        )


def _due(rows: list[Queued], rules: Rules, now: datetime) -> Iterator[Said]:
    for row in rows:
        place = rules.places.get(row.channel)
        if place is None:
            continue
        occasion = as_delivered(row.occasion, row.alert, row.told)
        message = message_of(row.alert, occasion, row.told, now=now, zone=place.zone)
        yield Said(
            channel=row.channel,
            kind=place.kind,
            state="would send",
            occasion=str(occasion),
            severity=message.severity,
            headline=message.headline,
            rule=row.rule,
            outcome=f"{plural(row.attempts, 'attempt')} so far" if row.attempts else None,
            text=to_text(message),
        )


def _sent(report: Report, rules: Rules, hint: str | None, zone: str) -> RunResult:
    said = [_outcome(one, rules) for one in report.outcomes]
    handled = {(row.channel, row.alert.key) for one in report.outcomes for row in one.queued}
    for one in report.queued:
        if one.occasion is Occasion.UNSAID or (one.place.name, one.alert.key) in handled:
            continue
        said.append(
            Said(
                channel=one.place.name,
                kind=one.place.kind,
                state="held",
                occasion=str(one.occasion),
                severity=one.alert.severity,
                headline=one.alert.title,
                rule=one.rule + (f", {one.held}" if one.held else ""),
                due=one.due,
            )
        )
    return RunResult(
        sent=True, messages=tuple(said), broken=report.broken, hint=hint, time_zone=zone
    )


def _outcome(one: Outcome, rules: Rules) -> Said:
    first = one.queued[0]
    message = one.message
    return Said(
        channel=one.channel,
        kind=rules.places[one.channel].kind,
        state=one.state,
        occasion=str(message.occasion) if message else str(first.occasion),
        severity=message.severity if message else first.alert.severity,
        headline=message.headline if message else first.alert.title,
        rule=first.rule,
        due=one.again_at,
        outcome=one.text,
        text=to_text(message) if message else "",
    )
