"""Ways to reach people. Each module here is one; `open_sender` makes it from the estate."""

from __future__ import annotations

from offcall.notify.channels.base import Receipt, Sender, SendError
from offcall.notify.channels.opening import open_sender

__all__ = ["Receipt", "SendError", "Sender", "open_sender"]
