"""What the history knows of deliveries, by channel: facts for the checks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from offcall.core.snapshots import Snapshot

if TYPE_CHECKING:
    from offcall.history.database import History

__all__ = ["ChannelState", "Deliveries", "read_deliveries"]


class ChannelState(BaseModel):
    """One channel.

    Attributes:
        failed: messages that were given up and that nothing newer has replaced.
        retrying: messages that failed at least once and will be tried again.
        last_error: what the newest of these said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    failed: int = 0
    retrying: int = 0
    last_error: str | None = None
    last_sent: datetime | None = None


class Deliveries(Snapshot):
    """All channels that were ever used."""

    kind = "offcall.notify/1"

    channels: tuple[ChannelState, ...]


def read_deliveries(history: History, now: datetime) -> Deliveries:
    """Read them.

    Raises:
        StoreError: the history cannot be read.
    """
    from sqlalchemy import func, select

    from offcall.notify.schema import messages, threads

    current = (threads.c.channel == messages.c.channel) & (threads.c.key == messages.c.key)
    troubled = (
        select(messages.c.channel, messages.c.state, messages.c.outcome, messages.c.id)
        .join(threads, current & (threads.c.version == messages.c.version))
        .where(
            (messages.c.state == "failed")
            | ((messages.c.state == "waiting") & (messages.c.attempts > 0))
        )
        .order_by(messages.c.id)
    )
    sent = select(messages.c.channel, func.max(messages.c.ended_at)).where(
        messages.c.state == "sent"
    )
    states: dict[str, ChannelState] = {}
    with history.read() as conn:
        for name, last in conn.execute(sent.group_by(messages.c.channel)):
            states[name] = ChannelState(name=name, last_sent=last)
        for name, state, outcome, _ in conn.execute(troubled):
            before = states.get(name) or ChannelState(name=name)
            failed = state == "failed"
            states[name] = before.model_copy(
                update={
                    "failed": before.failed + failed,
                    "retrying": before.retrying + (not failed),
                    "last_error": outcome,
                }
            )
    return Deliveries(
        taken_at=now,
        source=history.url,
        channels=tuple(states[name] for name in sorted(states)),
    )
