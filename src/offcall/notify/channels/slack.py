"""Slack's Web API: a message in the channel, replies in its thread.

https://docs.slack.dev/reference/methods/chat.postMessage
https://docs.slack.dev/reference/block-kit/blocks (limits)
"""

from __future__ import annotations

from typing import Any

from offcall.notify.channels.base import Receipt, SendError
from offcall.notify.channels.http import answer_of, post
from offcall.notify.message import Item, Message
from offcall.notify.plan import Occasion

__all__ = ["Slack", "blocks_of"]

HEADER, SECTION, FIELD, FIELDS, BLOCKS = 150, 3000, 2000, 10, 50
# https://docs.slack.dev/reference/methods/chat.postMessage#errors: these pass by themselves.
PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
HINTS = {
    "not_in_channel": "invite the app to the channel: /invite @<its name>",
    "channel_not_found": "name the channel by its id, and invite the app if it is private",
    "is_archived": "the channel is archived: name another",
    "missing_scope": "give the app the scope chat:write and install it again",
}
NO_THREAD = frozenset({"thread_not_found", "message_not_found"})


class Slack:
    """See `Sender`."""

    summaries = True

    def __init__(self, *, token: str, channel: str, api_url: str) -> None:
        self.secrets: tuple[str, ...] = (token,)
        self._token = token
        self._channel = channel
        self._api = api_url.rstrip("/")

    def send(self, message: Message, reference: dict[str, str] | None, token: str) -> Receipt:
        """Post; in the thread of the first message when there is one.

        What is for everybody (`Message.loud`) is also shown in the channel, because nobody looks
        into old threads. When it is over, or open again, the first message is changed to say so.
        """
        body: dict[str, Any] = {
            "channel": self._channel,
            "text": _escape(message.headline),
            "blocks": blocks_of(message),
            "unfurl_links": False,
        }
        parent = (reference or {}).get("ts")
        if parent is None:
            return self._first(body)
        reply = {**body, "channel": reference["channel"] if reference else self._channel}
        reply |= {"thread_ts": parent, "reply_broadcast": message.loud}
        try:
            answer = self._call("chat.postMessage", reply)
        except SendError as error:
            if str(error.message).rpartition(" ")[2] in NO_THREAD:
                return self._first(body)
            raise
        turns = message.resolved or message.occasion is Occasion.REOPENED
        note = self._first_says(message, reply["channel"], parent) if turns else ""
        return Receipt(f"reply {answer.get('ts', '')} in thread {parent}{note}")

    def _first(self, body: dict[str, Any]) -> Receipt:
        answer = self._call("chat.postMessage", body)
        ts, channel = str(answer.get("ts", "")), str(answer.get("channel", self._channel))
        return Receipt(f"posted {ts} in {channel}", {"ts": ts, "channel": channel})

    def _first_says(self, message: Message, channel: str, parent: str) -> str:
        body = {"channel": channel, "ts": parent, "text": _escape(message.headline)}
        try:
            self._call("chat.update", {**body, "blocks": blocks_of(message)})
        except SendError as error:
            # The reply is there; that the first message does not say so is no reason to repeat it.
            return f"; the first message was not changed: {error.message}"
        state = "over" if message.resolved else "open again"
        return f", which now says that it is {state}"

    def _call(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = answer_of(
            post(
                f"{self._api}/{method}",
                body,
                who="Slack",
                headers={"authorization": f"Bearer {self._token}"},
            )
        )
        if answer.get("ok") is not True:
            error = str(answer.get("error", "an answer without 'ok'"))
            raise SendError(
                f"Slack refused {method}: {error}", retry=error in PASSING, hint=HINTS.get(error)
            )
        return answer


def blocks_of(message: Message) -> list[dict[str, Any]]:
    """Block Kit blocks within Slack's limits."""
    blocks: list[dict[str, Any]] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": _cut(message.headline, HEADER), "emoji": False},
        }
    ]
    if message.lead:
        blocks.append(_section(f"*{_escape(message.lead)}*"))
    if message.facts:
        fields = [
            {
                "type": "mrkdwn",
                "text": _cut(f"*{_escape(name)}*\n{_escape(value)}", FIELD),
            }
            for name, value in message.facts[:FIELDS]
        ]
        blocks.append({"type": "section", "fields": fields})
    if message.next_step:
        blocks.append(_section(f"*Next:* {_escape(message.next_step)}"))
    room = BLOCKS - len(blocks) - 4
    blocks += [_section(_item(one)) for one in message.items[:room]]
    if len(message.items) > room:
        more = f"… and {len(message.items) - room} more: {_code(message.command)}"
        blocks.append(_section(more))
    if message.text:
        blocks.append(_section(_escape(message.text)))
    links = [_link(title, url) for title, url in message.links]
    blocks.append(
        {
            "type": "context",
            "elements": [
                {
                    "type": "mrkdwn",
                    "text": _cut(" · ".join([*links, _code(message.command)]), FIELD),
                }
            ],
        }
    )
    return blocks


def _item(item: Item) -> str:
    lines = [f"*{_escape(item.headline)}*", _escape(f"{item.place} · owner {item.owner}")]
    if item.deadline and item.state == "open":
        lines.append(f"Due {_escape(item.deadline)}")
    if item.next_step:
        lines.append(f"Next: {_escape(item.next_step)}")
    last = [_code(item.command)]
    if item.runbook:
        title, url = f"Runbook: {item.runbook[0]}", item.runbook[1]
        last.insert(0, _link(title, url) if url else _escape(title))
    lines.append(" · ".join(last))
    return "\n".join(lines)


def _link(title: str, url: str) -> str:
    return f"<{_escape(url)}|{_escape(title)}>"


def _code(text: str) -> str:
    return f"`{_escape(text.replace('`', chr(39)))}`"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, SECTION)}}


def _escape(text: str) -> str:
    """The three characters that Slack's markup reserves."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
