"""The alert as JSON, by POST, for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from offcall.notify.channels.base import Receipt
from offcall.notify.channels.http import post
from offcall.notify.message import Message
from offcall.notify.text import to_text

__all__ = ["Webhook", "body_of", "bounded"]

TEXT_KEPT = 4_000
"""Characters of AWS's text that stay until there is nothing else to leave out."""


KILOBYTE = 1024


class Webhook:
    """See `Sender`.

    Args:
        limit_kb: the most that is posted; resources, text and items beyond it are left out.
    """

    summaries = True

    def __init__(self, *, url: str, headers: Mapping[str, str], limit_kb: int = 256) -> None:
        self.secrets: tuple[str, ...] = (url, *headers.values())
        self._url = url
        self._headers = dict(headers)
        self._limit = limit_kb * KILOBYTE

    def send(self, message: Message, reference: dict[str, str] | None, token: str) -> Receipt:
        """Post; the Idempotency-Key is the same when a message is tried again."""
        headers = {"idempotency-key": token, **self._headers}
        body = bounded(message, token, self._limit)
        answer = post(self._url, body, who="webhook", headers=headers)
        return Receipt(f"accepted ({answer.status_code})")


def bounded(message: Message, token: str, limit: int) -> dict[str, Any]:
    """The body within `limit` bytes: the text goes first, then resources, then items."""
    body = body_of(message, token)
    if _bytes(body) <= limit:
        return body
    alert = message.alert
    resources = len(alert.resources) if alert else 0
    text, items = len(alert.what) if alert else 0, len(message.items)
    while _bytes(body) > limit and (text > TEXT_KEPT or resources or items):
        if text > TEXT_KEPT:
            text = max(text // 2, TEXT_KEPT)
        else:
            resources, items = resources // 2, items // 2
        body = _cut(message, token, resources, text, items)
    return body


def _cut(message: Message, token: str, resources: int, text: int, items: int) -> dict[str, Any]:
    body = body_of(message, token)
    alert = message.alert
    left_out: dict[str, int] = {}
    if alert is not None:
        shown = body["alert"]
        left_out["resources"] = len(alert.resources) - resources
        left_out["characters"] = len(alert.what) - text
        shown["resources"] = shown["resources"][:resources]
        shown["names"] = shown["names"][:resources]
        if left_out["resources"]:
            shown["names"].append(f"and {left_out['resources']:,} more")
        shown["what"] = shown["what"][:text] + (" …" if left_out["characters"] else "")
    left_out["items"] = len(message.items) - items
    body["items"] = body["items"][:items]
    if left_out["items"]:
        # The text lists the items too.
        body["text"] = to_text(replace(message, items=message.items[:items]))
        body["text"] += f"\n… and {left_out['items']:,} more\n"
    body["left_out"] = {name: count for name, count in left_out.items() if count}
    return body


def _bytes(body: dict[str, Any]) -> int:
    """As `httpx` writes it."""
    return len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def body_of(message: Message, token: str) -> dict[str, Any]:
    """What is posted. `format` changes when a receiver would have to."""
    alert = message.alert
    return {
        "format": "offcall.alert/1",
        "id": token,
        "occasion": str(message.occasion),
        "severity": str(message.severity),
        "headline": message.headline,
        "text": to_text(message),
        "resource_count": len(alert.resources) if alert else 0,
        "alert": alert.model_dump(mode="json") if alert else None,
        "items": [asdict(one) for one in message.items],
        "left_out": {},
    }
