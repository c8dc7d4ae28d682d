"""PagerDuty Events API v2: one alert an event, by its dedup key.

https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ (fields and their limits)
https://support.pagerduty.com/docs/pd-cef (class, component, group)
"""

from __future__ import annotations

import hashlib
from typing import Any

from offcall.core.findings import Severity
from offcall.notify.alerts import Alert
from offcall.notify.channels.base import Receipt
from offcall.notify.channels.http import answer_of, post
from offcall.notify.message import Message
from offcall.notify.plan import Occasion

__all__ = ["PagerDuty", "dedup_key", "event_of"]

SUMMARY, DEDUP_KEY = 1024, 255
_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
}


_DONE = {
    Occasion.UPDATE: "updated alert",
    Occasion.REMINDER: "reminded of alert",
    Occasion.REOPENED: "reopened alert",
}


class PagerDuty:
    """See `Sender`."""

    summaries = False

    def __init__(self, *, routing_key: str, api_url: str, event_class: str) -> None:
        self.secrets: tuple[str, ...] = (routing_key,)
        self._key = routing_key
        self._url = f"{api_url.rstrip('/')}/v2/enqueue"
        self._class = event_class

    def send(self, message: Message, reference: dict[str, str] | None, token: str) -> Receipt:
        """Trigger, or resolve when it is over."""
        if message.occasion is Occasion.PASSED:
            return Receipt("it was over before anybody was called", skipped=True)
        body = {"routing_key": self._key, **event_of(message, event_class=self._class)}
        answer = answer_of(post(self._url, body, who="PagerDuty"))
        key = str(answer.get("dedup_key", body["dedup_key"]))
        done = "resolved alert" if message.resolved else _DONE.get(message.occasion, "opened alert")
        return Receipt(f"{done} {_short(key)}", {"dedup_key": key})


def event_of(message: Message, *, event_class: str) -> dict[str, Any]:
    """The event, without the routing key."""
    alert = message.alert
    if alert is None:
        raise ValueError("PagerDuty has one alert for each event, not summaries")
    key = dedup_key(alert)
    if message.resolved:
        return {"event_action": "resolve", "dedup_key": key}
    provider = alert.kind == "event"
    payload: dict[str, Any] = {
        "summary": _cut(message.headline, SUMMARY),
        "source": alert.resources[0] if alert.resources else alert.account or "aws",
        "severity": _SEVERITIES[message.severity],
        "class": event_class if provider else alert.code,
        "custom_details": _details(message, alert, event_class if provider else None),
    }
    if alert.service:
        payload["component"] = alert.service
    if alert.owner:
        payload["group"] = alert.owner.name
    event: dict[str, Any] = {
        "event_action": "trigger",
        "dedup_key": key,
        "client": "offcall",
        "payload": payload,
    }
    if message.links:
        event["links"] = [{"href": url, "text": title} for title, url in message.links]
    return event


def dedup_key(alert: Alert) -> str:
    """The alert's key: `account|event ARN`; its digest when it is longer than PagerDuty allows."""
    if len(alert.key) <= DEDUP_KEY:
        return alert.key
    return "offcall|" + hashlib.sha256(alert.key.encode()).hexdigest()


def _short(key: str) -> str:
    """The account and the end of the ARN, which is what tells alerts apart."""
    account, _, rest = key.partition("|")
    name = rest.rsplit("/", 1)[-1]
    return f"{account} {name}" if name else account


def _details(message: Message, alert: Alert, tag: str | None) -> dict[str, Any]:
    details: dict[str, Any] = {name.lower(): value for name, value in message.facts}
    if tag:
        details["tags"] = [tag]
    more = {
        "news": message.lead,
        "next step": message.next_step,
        "text": message.text,
        "account": alert.account,
        "region": alert.region,
        "resources": list(alert.resources[:50]),
        "more": message.command,
    }
    return details | {name: value for name, value in more.items() if value}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
