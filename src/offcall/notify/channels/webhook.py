"""The alert as JSON, by POST, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from offcall.notify.channels.base import Receipt
from offcall.notify.channels.http import post
from offcall.notify.message import Message
from offcall.notify.text import to_text

__all__ = ["Webhook", "body_of"]


class Webhook:
    """See `Sender`."""

    summaries = True

    def __init__(self, *, url: str, headers: Mapping[str, str]) -> None:
        self.secrets: tuple[str, ...] = (url, *headers.values())
        self._url = url
        self._headers = dict(headers)

    def send(self, message: Message, reference: dict[str, str] | None, token: str) -> Receipt:
        """Post; the Idempotency-Key is the same when a message is tried again."""
        headers = {"idempotency-key": token, **self._headers}
        answer = post(self._url, body_of(message, token), who="webhook", headers=headers)
        return Receipt(f"accepted ({answer.status_code})")


def body_of(message: Message, token: str) -> dict[str, Any]:
    """What is posted. `format` changes when a receiver would have to."""
    return {
        "format": "offcall.alert/1",
        "id": token,
        "occasion": str(message.occasion),
        "severity": str(message.severity),
        "headline": message.headline,
        "text": to_text(message),
        "alert": message.alert.model_dump(mode="json") if message.alert else None,
        "items": [asdict(one) for one in message.items],
    }
