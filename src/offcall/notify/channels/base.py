"""What a channel does, and how it says that it could not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from offcall.core.errors import OffcallError
from offcall.notify.message import Message

__all__ = ["Receipt", "SendError", "Sender"]


class SendError(OffcallError):
    """A message could not be sent.

    Args:
        retry: it may work later: away, busy, throttled. False: it will not until somebody acts.
        after: seconds that the channel asked us to wait.
    """

    def __init__(
        self, message: str, *, retry: bool, after: float | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry = retry
        self.after = after


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a message.

    Attributes:
        outcome: one line for the history.
        reference: what a later message needs to follow this one.
        skipped: there was nothing to do on this channel.
    """

    outcome: str
    reference: dict[str, str] = field(default_factory=dict)
    skipped: bool = False


class Sender(Protocol):
    """A channel that is ready. A new kind is a class like this, a model in `notify.estate`, and a
    line in `channels.opening`."""

    summaries: bool
    """Whether many alerts may come as one message. Not where each is an incident of its own."""

    secrets: tuple[str, ...]
    """What must never be shown; masked in every outcome."""

    def send(self, message: Message, reference: dict[str, str] | None, token: str) -> Receipt:
        """Send one message.

        Args:
            reference: of the first message of the thread; None when this is the first.
            token: the same for the same message, however often it is tried.

        Raises:
            SendError: it was not sent, as far as we know.
        """
        ...
