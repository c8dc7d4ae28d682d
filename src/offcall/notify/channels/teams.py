"""Microsoft Teams: an adaptive card to a Workflows webhook ("When a Teams webhook request is
received"). Such a webhook has no way to answer in a thread, so every message stands for itself.

https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
"""

from __future__ import annotations

import json
from typing import Any

from offcall.core.findings import Severity
from offcall.notify.channels.base import Receipt
from offcall.notify.channels.http import post
from offcall.notify.message import Item, Message

__all__ = ["Teams", "card_of"]

# Teams refuses messages of more than about 28 KB; what is left out is one command away.
MOST_BYTES = 26_000
_COLOURS = {
    Severity.CRITICAL: "Attention",
    Severity.HIGH: "Attention",
    Severity.MEDIUM: "Warning",
    Severity.LOW: "Accent",
    Severity.INFO: "Accent",
}


class Teams:
    """See `Sender`."""

    summaries = True

    def __init__(self, *, url: str) -> None:
        self.secrets: tuple[str, ...] = (url,)
        self._url = url

    def send(self, message: Message, reference: dict[str, str] | None, token: str) -> Receipt:
        """Post the card."""
        answer = post(self._url, card_of(message), who="Teams")
        return Receipt(f"accepted ({answer.status_code})")


def card_of(message: Message) -> dict[str, Any]:
    """The message with its card, short enough for Teams."""
    shown = len(message.items)
    text = message.text
    while True:
        card = _card(message, shown, text)
        if len(json.dumps(card).encode()) <= MOST_BYTES or not (shown or text):
            return card
        shown, text = (shown // 2, text) if shown else (0, text[: len(text) // 2])


def _card(message: Message, shown: int, text: str) -> dict[str, Any]:
    colour = "Good" if message.resolved else _COLOURS[message.severity]
    body: list[dict[str, Any]] = [
        _text(message.headline, weight="Bolder", size="Large", color=colour)
    ]
    if message.lead:
        body.append(_text(message.lead, weight="Bolder"))
    if message.facts:
        body.append(
            {
                "type": "FactSet",
                "facts": [{"title": name, "value": _plain(value)} for name, value in message.facts],
            }
        )
    if message.next_step:
        body.append(_text(f"Next: {message.next_step}", weight="Bolder"))
    for item in message.items[:shown]:
        body += _item(item)
    if shown < len(message.items):
        body.append(_text(f"… and {len(message.items) - shown} more"))
    if text:
        body.append(_text(text, separator=True))
    body.append(_text(f"More: {message.command}", isSubtle=True, fontType="Monospace"))
    content: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "msteams": {"width": "Full"},
    }
    if message.links:
        content["actions"] = [
            {"type": "Action.OpenUrl", "title": title, "url": url} for title, url in message.links
        ]
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": content,
    }
    return {"type": "message", "attachments": [attachment]}


def _item(item: Item) -> list[dict[str, Any]]:
    colour = "Good" if item.state == "resolved" else _COLOURS[item.severity]
    lines = [f"{item.place} · owner {item.owner}"]
    if item.deadline and item.state == "open":
        lines.append(f"Due {item.deadline}")
    if item.next_step:
        lines.append(f"Next: {item.next_step}")
    lines.append(f"More: {item.command}")
    blocks = [
        _text(item.headline, weight="Bolder", color=colour, separator=True),
        *(_text(line, spacing="None") for line in lines),
    ]
    if item.runbook:
        # A text run cannot carry a plain link; a text block reads Markdown.
        title, url = f"Runbook: {_plain(item.runbook[0])}", item.runbook[1]
        # A bracket would end the link.
        link = f"[{title}]({url.replace('(', '%28').replace(')', '%29')})" if url else title
        blocks.append({"type": "TextBlock", "text": link, "wrap": True, "spacing": "None"})
    return blocks


def _text(text: str, *, separator: bool = False, spacing: str | None = None, **style: Any) -> Any:
    # A TextBlock reads Markdown: an asterisk in a resource name would change how it looks.
    block: dict[str, Any] = {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": text, **style}],
    }
    if separator:
        block["separator"] = True
    if spacing:
        block["spacing"] = spacing
    return block


def _plain(text: str) -> str:
    """Text for a place that reads Markdown."""
    for mark in ("\\", "*", "[", "]", "`"):
        text = text.replace(mark, "\\" + mark)
    return text
