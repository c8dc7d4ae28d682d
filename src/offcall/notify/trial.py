"""`notify test`: one harmless message to one channel."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from offcall.core.errors import UserError
from offcall.core.findings import Owner, Severity
from offcall.core.text import did_you_mean
from offcall.notify.alerts import Alert, revision_of
from offcall.notify.channels import SendError, open_sender
from offcall.notify.message import message_of
from offcall.notify.plan import Occasion
from offcall.notify.results import RunResult, Said
from offcall.notify.secrets import mask
from offcall.notify.settings import rules_of, section_of
from offcall.notify.text import to_text

if TYPE_CHECKING:
    from datetime import datetime

    from offcall.core.context import Context

__all__ = ["try_one"]


def try_one(ctx: Context, name: str, *, send: bool) -> RunResult:
    """Open the channel, and with `send` send a message and say that it is over.

    Raises:
        UserError: no such channel.
        EstateError: it cannot be opened.
        SendError: it was not sent.
    """
    section = section_of(ctx.estate)
    if name not in section.channels:
        raise UserError(f"there is no channel '{name}'", hint=did_you_mean(name, section.channels))
    place = rules_of(ctx.estate, ctx.zone).places[name]
    now = ctx.now
    sender = open_sender(name, section.channels[name], ctx.estate, zone=place.zone, now=now)
    alert = _alert(name, now)
    steps = [(alert, Occasion.NEW)]
    if not sender.summaries or place.kind == "slack":
        over = alert.model_copy(update={"state": "resolved", "status": "over"})
        steps.append((over, Occasion.RESOLVED))
    said: list[Said] = []
    reference: dict[str, str] | None = None
    token = uuid.uuid4().hex
    for number, (one, occasion) in enumerate(steps):
        message = message_of(one, occasion, None, now=now, zone=place.zone)
        outcome = None
        if send:
            try:
                receipt = sender.send(message, reference, f"{token}{number}")
            except SendError as error:
                raise SendError(
                    f"channel '{name}': {mask(error.message, sender.secrets)}",
                    retry=error.retry,
                    hint=error.hint,
                ) from error
            reference = reference or receipt.reference or None
            outcome = mask(receipt.outcome, sender.secrets)
        said.append(
            Said(
                channel=name,
                kind=place.kind,
                state="sent" if send else "would send",
                occasion=str(occasion),
                severity=one.severity,
                headline=message.headline,
                rule="asked for",
                outcome=outcome,
                text=to_text(message),
            )
        )
    return RunResult(sent=send, messages=tuple(said))


def _alert(name: str, now: datetime) -> Alert:
    return Alert(
        key=f"test|{name}|{now:%Y%m%dT%H%M%S}",
        kind="test",
        revision=revision_of(now),
        state="open",
        status="test",
        severity=Severity.INFO,
        category="test",
        title="Test message from offcall",
        code="OFFCALL_TEST",
        owner=Owner(name="whoever reads this", rule="a test"),
        what="This channel works. Nothing has happened, and nothing has to be done.",
        next_step="Nothing: this is a test",
        show=f"offcall notify test --channel {name} --send",
    )
