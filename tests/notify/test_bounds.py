"""What is posted stays within what a receiver takes, and says what was left out."""

from __future__ import annotations

import json
from datetime import UTC

import pytest

from offcall.notify.channels.pagerduty import event_of
from offcall.notify.channels.sns import publish_arguments
from offcall.notify.channels.webhook import Webhook, bounded
from offcall.notify.message import Message, message_of, summary_of
from offcall.notify.plan import Occasion
from tests.notify.build import NOW, alert
from tests.notify.fakes import serve

NAMES = tuple(f"arn:aws:ec2:us-east-1:111122223333:instance/i-{n:017x}" for n in range(3000))
BIG = alert(resources=NAMES, names=NAMES, what="Größe <b> 🔥 " * 50_000)


def big() -> Message:
    return message_of(BIG, Occasion.NEW, None, now=NOW, zone=UTC)


def many() -> Message:
    told = [(BIG.model_copy(update={"key": str(n)}), Occasion.NEW) for n in range(500)]
    return summary_of(told, "Digest 'd'", now=NOW, zone=UTC)


@pytest.mark.parametrize("limit_kb", [16, 64, 256])
@pytest.mark.parametrize("message", [big(), many()], ids=["one", "summary"])
def test_webhook(message: Message, limit_kb: int) -> None:
    with serve(lambda call: (200, {}, {})) as server:
        sender = Webhook(url=server.url, headers={}, limit_kb=limit_kb)
        sender.send(message, None, "t")
    (call,) = server.calls
    assert int(call.headers["content-length"]) <= limit_kb * 1024
    body = call.body
    if message.alert:
        kept = len(body["alert"]["resources"])
        assert body["resource_count"] == 3000
        assert kept + body["left_out"].get("resources", 0) == 3000
        assert "and 2,995 more" in body["text"]
        if kept < 3000:
            assert body["alert"]["names"][-1] == f"and {3000 - kept:,} more"
        assert kept > 20
    else:
        kept = len(body["items"])
        assert kept + body["left_out"].get("items", 0) == 500
        assert kept > 10


def test_webhook_leaves_nothing_out_without_need() -> None:
    message = message_of(alert(), Occasion.NEW, None, now=NOW, zone=UTC)
    assert bounded(message, "t", 256 * 1024)["left_out"] == {}


@pytest.mark.parametrize("message", [big(), many()], ids=["one", "summary"])
def test_sns(message: Message) -> None:
    topic = "arn:aws:sns:us-east-1:111122223333:t"
    arguments = publish_arguments(message, topic, "t")
    attributes = arguments["MessageAttributes"]
    size = len(arguments["Message"].encode()) + sum(
        len(name.encode()) + len(one["DataType"]) + len(one["StringValue"].encode())
        for name, one in attributes.items()
    )
    assert size <= 256 * 1024


def test_sns_says_that_more_was_cut() -> None:
    one = alert(title="ü" * 400, next_step="z" * 900)
    told = [(one.model_copy(update={"key": str(n)}), Occasion.NEW) for n in range(500)]
    message = summary_of(told, "Digest 'd'", now=NOW, zone=UTC)
    text = publish_arguments(message, "arn:aws:sns:us-east-1:111122223333:t", "t")["Message"]
    assert len(text.encode()) <= 250_000
    assert text.endswith("… and more: offcall brief\n")


def test_pagerduty() -> None:
    # PagerDuty takes 512 KB.
    assert len(json.dumps(event_of(big(), event_class="x")).encode()) < 64_000
