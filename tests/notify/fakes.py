"""Fakes of chat services, over HTTP on loopback. They check what the real ones check, and refuse
with the real ones' error shapes. They are not the services: what they let pass may still fail
there. Sources: docs.slack.dev (chat.postMessage, Block Kit limits), developer.pagerduty.com
(Events API v2), learn.microsoft.com (Workflows webhooks, adaptive cards)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Call", "Capture", "pagerduty_fake", "serve", "slack_fake", "teams_fake"]

Answer = tuple[int, dict[str, str], Any]


@dataclass(frozen=True)
class Call:
    """One request."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Capture:
    """What was asked, and what to answer instead of the fake's own answer, in turn."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    instead: list[Answer] = field(default_factory=list)

    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, seconds: float = 60) -> bool:
        """Wait until so many calls have come."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.calls) >= count, seconds)

    def bodies(self, path: str = "") -> list[Any]:
        return [one.body for one in self.calls if path in one.path]


@contextmanager
def serve(answer: Callable[[Call], Answer]) -> Iterator[Capture]:
    """A server that keeps every call and answers with `answer`."""
    capture = Capture()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.path, headers, json.loads(raw) if raw else None)
            with capture.changed:
                capture.calls.append(call)
                capture.changed.notify_all()
            status, more, body = capture.instead.pop(0) if capture.instead else answer(call)
            text = json.dumps(body).encode() if body is not None else b""
            self.send_response(status)
            for name, value in {"content-type": "application/json", **more}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    capture.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield capture
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


TOKEN = "xoxb-fake-0123456789abcdef"


def slack_fake() -> Any:
    """chat.postMessage and chat.update of one workspace with the channel C0FFEE000."""
    posted: dict[str, Any] = {}

    def answer(call: Call) -> Answer:
        def refuse(error: str, **more: Any) -> Answer:
            return 200, {}, {"ok": False, "error": error, **more}

        body = call.body
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            return refuse("invalid_auth")
        if body.get("channel") != "C0FFEE000":
            return refuse("channel_not_found")
        if problem := _blocks_problem(body.get("blocks", [])):
            return refuse("invalid_blocks", response_metadata={"messages": [problem]})
        if call.path.endswith("/chat.update"):
            if body["ts"] not in posted:
                return refuse("message_not_found")
            return 200, {}, {"ok": True, "ts": body["ts"], "channel": body["channel"]}
        if not call.path.endswith("/chat.postMessage"):
            return refuse("unknown_method")
        if body.get("thread_ts") is not None and body["thread_ts"] not in posted:
            return refuse("thread_not_found")
        ts = f"1764000000.{len(posted):06d}"
        posted[ts] = body
        return 200, {}, {"ok": True, "ts": ts, "channel": body["channel"], "message": body}

    return serve(answer)


def _blocks_problem(blocks: list[Any]) -> str | None:
    if len(blocks) > 50:
        return "no more than 50 items allowed [json-pointer:/blocks]"
    for block in blocks:
        kind = block["type"]
        text = block.get("text")
        if kind == "header" and not (
            text["type"] == "plain_text" and 1 <= len(text["text"]) <= 150
        ):
            return "header"
        if kind == "section":
            fields = block.get("fields", [])
            if text is None and not fields:
                return "section without text or fields"
            if text is not None and not 1 <= len(text["text"]) <= 3000:
                return "section text"
            if len(fields) > 10 or any(len(one["text"]) > 2000 for one in fields):
                return "section fields"
        if kind == "context" and not 1 <= len(block["elements"]) <= 10:
            return "context elements"
        if kind not in ("header", "section", "context", "divider"):
            return f"unknown block {kind}"
    return None


ROUTING_KEY = "0123456789abcdef0123456789abcdef"
_PAYLOAD = {
    "summary",
    "source",
    "severity",
    "timestamp",
    "component",
    "group",
    "class",
    "custom_details",
}


def pagerduty_fake() -> Any:
    """`/v2/enqueue`."""

    def answer(call: Call) -> Answer:
        errors = list(_event_problems(call.body))
        if call.path != "/v2/enqueue":
            return 404, {}, None
        if errors:
            body = {"status": "invalid event", "message": "Event object is invalid"}
            return 400, {}, {**body, "errors": errors}
        key = call.body.get("dedup_key") or "generated"
        done = {"status": "success", "message": "Event processed", "dedup_key": key}
        return 202, {}, done

    return serve(answer)


def _event_problems(event: dict[str, Any]) -> Iterator[str]:
    if len(event.get("routing_key", "")) != 32:
        yield "Length of 'routing_key' is incorrect (should be 32 characters)"
    if len(event.get("dedup_key", "")) > 255:
        yield "'dedup_key' is too long (maximum 255 characters)"
    action = event.get("event_action")
    if action == "trigger":
        yield from _trigger_problems(event)
    elif action not in ("acknowledge", "resolve"):
        yield "'event_action' is invalid"
    elif not event.get("dedup_key"):
        yield "'dedup_key' is missing or blank"


def _trigger_problems(event: dict[str, Any]) -> Iterator[str]:
    payload = event.get("payload", {})
    for name in ("summary", "source", "severity"):
        if not payload.get(name):
            yield f"'payload.{name}' is missing or blank"
    if len(payload.get("summary", "")) > 1024:
        yield "'payload.summary' is too long (maximum 1024 characters)"
    if payload.get("severity") not in ("critical", "error", "warning", "info"):
        yield "'payload.severity' is invalid"
    for name in set(payload) - _PAYLOAD:
        yield f"'payload.{name}' is not a field"
    for link in event.get("links", []):
        if set(link) - {"href", "text"} or not link["href"].startswith("http"):
            yield "'links' is invalid"


def teams_fake() -> Any:
    """A Workflows webhook that posts the card it gets."""

    def answer(call: Call) -> Answer:
        problem = _card_problem(call.body)
        if problem:
            return 400, {}, {"error": {"code": "InvalidRequestContent", "message": problem}}
        return 202, {}, None

    return serve(answer)


_ELEMENTS = {"TextBlock", "RichTextBlock", "FactSet", "Container", "ActionSet"}


def _card_problem(body: dict[str, Any]) -> str | None:
    if len(json.dumps(body).encode()) > 28_000:
        return "the message is too large"
    if body.get("type") != "message" or len(body.get("attachments", [])) != 1:
        return "a message with one attachment is expected"
    (attachment,) = body["attachments"]
    if attachment.get("contentType") != "application/vnd.microsoft.card.adaptive":
        return "not an adaptive card"
    card = attachment["content"]
    if card.get("type") != "AdaptiveCard" or card.get("version") not in ("1.2", "1.3", "1.4"):
        return "card type or version"
    for action in card.get("actions", []):
        if action["type"] != "Action.OpenUrl" or not action["url"].startswith("http"):
            return "actions"
    return next(filter(None, map(_element_problem, card["body"])), None)


def _element_problem(element: dict[str, Any]) -> str | None:
    kind = element["type"]
    if kind not in _ELEMENTS:
        return f"unknown element {kind}"
    if kind == "FactSet" and not all(set(one) == {"title", "value"} for one in element["facts"]):
        return "facts"
    if kind == "RichTextBlock" and not all(
        run["type"] == "TextRun" and run["text"] for run in element["inlines"]
    ):
        return "inlines"
    return None
