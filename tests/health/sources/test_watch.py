"""The worker on a moto queue: what it stores, what it deletes, and when it does not."""

from __future__ import annotations

import base64
import json
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offcall.core.aws import AwsDenied, AwsError
from offcall.core.errors import SourceError, StoreError, UserError
from offcall.core.service import Stop
from offcall.health.sources import watch
from offcall.health.sources.aws import Access
from offcall.health.sources.sqs import Queue, region_of
from offcall.health.sources.watch import Limits, Tally, Watcher
from offcall.health.storage import quarantine, store
from offcall.health.storage.store import IngestReport
from offcall.history.database import History
from offcall.history.opening import open_url
from tests.health.messages import arn_of, message
from tests.servers.aws import Aws

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
EMPTY = Limits(until_empty=True)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with open_url(f"sqlite:///{tmp_path / 'history.sqlite'}") as opened:
        yield opened


def worker(history: History, url: str, **options: object) -> Watcher:
    return Watcher(history, Queue(url, Access()), lambda: NOW, **{"limits": EMPTY, **options})  # type: ignore[arg-type]


def test_stores_then_deletes(aws: Aws, history: History) -> None:
    url = aws.queue()
    aws.send(url, [message(number) for number in range(25)] + [message(3), "{ not json"])
    tally = worker(history, url).run()
    assert aws.depth(url) == 0
    assert {one.arn for one in store.events(history)} == {arn_of(number) for number in range(25)}
    assert (tally.received, tally.stored, tally.duplicates, tally.rejected) == (27, 25, 1, 1)
    (held,) = quarantine.listed(history)
    assert held.body == b"{ not json"
    assert held.origin.name == url
    (feed,) = [one for one in store.feeds(history) if one.how == "sqs"]
    assert feed.region == "us-east-1"


def test_through_sns(aws: Aws, history: History) -> None:
    """Wrapped by SNS, and raw."""
    url = aws.queue()
    sns, sqs = aws.client("sns"), aws.client("sqs")
    name = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    topic = sns.create_topic(Name="health")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=name)
    sns.publish(TopicArn=topic, Message=message(1))
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(message(2)))
    worker(history, url).run()
    assert [one.arn for one in store.events(history)] == [arn_of(1), arn_of(2)]
    assert quarantine.listed(history) == []


def test_through_an_eventbridge_rule(aws: Aws, history: History) -> None:
    url = aws.queue()
    events, sqs = aws.client("events"), aws.client("sqs")
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    events.put_rule(Name="health", EventPattern='{"source":["aws.health"]}')
    events.put_targets(Rule="health", Targets=[{"Id": "q", "Arn": arn}])
    whole = json.loads(message(7))
    events.put_events(
        Entries=[
            {
                "Source": "aws.health",
                "DetailType": whole["detail-type"],
                "Detail": json.dumps(whole["detail"]),
            }
        ]
    )
    worker(history, url).run()
    assert [one.arn for one in store.events(history)] == [arn_of(7)]


def test_nothing_is_deleted_while_the_history_is_away(
    aws: Aws, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = aws.queue()
    aws.send(url, [message(1), message(2)])

    def away(*_: object, **__: object) -> IngestReport:
        assert aws.depth(url) == 2
        raise StoreError("the history is locked by another program")

    pauses: list[float] = []
    monkeypatch.setattr(watch, "ingest", away)
    monkeypatch.setattr(Stop, "pause", lambda self, seconds: pauses.append(seconds))
    with pytest.raises(StoreError, match="locked"):
        worker(history, url).run()
    assert pauses == sorted(pauses)
    assert len(pauses) == watch.PATIENCE
    assert aws.depth(url) == 2


def test_goes_on_when_the_history_is_back(
    aws: Aws, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = aws.queue()
    aws.send(url, [message(1)])
    real, left = watch.ingest, [1, 1]

    def sometimes(*arguments: object, **named: object) -> IngestReport:
        if left:
            left.pop()
            raise StoreError("the server closed the connection")
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(watch, "ingest", sometimes)
    monkeypatch.setattr(Stop, "pause", lambda self, seconds: None)
    tally = worker(history, url).run()
    assert (tally.stored, tally.failures) == (1, 2)
    assert tally.problems == ["the server closed the connection"]
    assert aws.depth(url) == 0


def test_one_message_that_the_history_refuses_does_not_hold_up_the_others(
    aws: Aws, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = aws.queue()
    aws.send(url, [message(number) for number in range(5)])
    real = watch.ingest

    def picky(
        history: History, items: list[object], *rest: object, **named: object
    ) -> IngestReport:
        if any(getattr(item, "arn", "") == arn_of(3) for item in items):
            raise StoreError("value out of range")
        return real(history, items, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(watch, "ingest", picky)
    monkeypatch.setattr(Stop, "pause", lambda self, seconds: None)
    worker(history, url).run()
    assert {one.arn for one in store.events(history)} == {arn_of(n) for n in (0, 1, 2, 4)}
    (held,) = quarantine.listed(history)
    assert held.body.decode() == message(3)
    assert held.reason == "the history refuses it: value out of range"
    assert aws.depth(url) == 0


def test_goes_on_when_aws_is_back(
    aws: Aws, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = aws.queue()
    aws.send(url, [message(1)])
    real, left = Queue.receive, [1]

    def sometimes(self: Queue, **named: int) -> object:
        if left:
            left.pop()
            raise AwsError("cannot reach AWS")
        return real(self, **named)

    monkeypatch.setattr(Queue, "receive", sometimes)
    monkeypatch.setattr(Stop, "pause", lambda self, seconds: None)
    assert worker(history, url).run().stored == 1


def test_what_sqs_does_not_delete_comes_again_and_is_known(
    aws: Aws, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = aws.queue(VisibilityTimeout="0")
    aws.send(url, [message(1)])
    real, left = Queue.delete, [1]

    def sometimes(self: Queue, messages: list[object]) -> int:
        if left:
            left.pop()
            raise AwsError("cannot reach AWS")
        return real(self, messages)  # type: ignore[arg-type]

    monkeypatch.setattr(Queue, "delete", sometimes)
    tally = worker(history, url).run()
    assert tally.stored == 1
    assert tally.duplicates >= 1
    assert tally.undeleted >= 1
    assert aws.depth(url) == 0


def test_a_queue_that_is_not_there(aws: Aws, history: History) -> None:
    with pytest.raises(AwsError, match="does not exist") as caught:
        worker(history, f"{aws.moto.url}/123456789012/nobody").run()
    assert "sqs:ReceiveMessage" in str(caught.value)


def test_no_right(aws: Aws, history: History) -> None:
    aws.fake.fail("sqs", "ReceiveMessage", "AccessDenied", "no")
    aws.fake.fail("sqs", "ReceiveMessage", "AccessDenied", "no")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_SQS", aws.fake.url)
        with pytest.raises(AwsDenied, match="sqs:ReceiveMessage"):
            worker(history, f"{aws.fake.url}/123456789012/health").run()


def test_limits(aws: Aws, history: History) -> None:
    url = aws.queue()
    aws.send(url, [message(number) for number in range(30)])
    tally = worker(history, url, limits=Limits(messages=7)).run()
    assert tally.received == 7
    tally = worker(history, url, limits=Limits(once=True, batch=5)).run()
    assert tally.received == 5
    assert aws.depth(url) == 18


def test_after_each_batch(aws: Aws, history: History) -> None:
    url = aws.queue()
    aws.send(url, [message(number) for number in range(20)])
    told: list[int] = []

    def tell(report: IngestReport) -> None:
        told.append(report.created)
        raise SourceError("Slack is away")

    tally = worker(history, url, limits=Limits(until_empty=True, batch=10), after_batch=tell).run()
    assert told == [10, 10]
    assert tally.problems == ["Slack is away"]
    assert tally.stored == 20


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_wait_at_once(aws: Aws, history: History, number: int) -> None:
    url = aws.queue()
    aws.send(url, [message(1)])
    stop = Stop()
    seen = threading.Event()

    def send() -> None:
        seen.wait(30)
        time.sleep(0.3)
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, number)

    sender = threading.Thread(target=send)
    sender.start()
    started = time.monotonic()
    with stop.on_signals():
        tally = worker(
            history, url, limits=Limits(), stop=stop, after_batch=lambda report: seen.set()
        ).run()
    sender.join()
    assert tally.stored == 1
    assert time.monotonic() - started < watch.LONGEST_WAIT / 2


@pytest.mark.parametrize("body", [" ", "[]", '{"Type": "Notification", "Message": ""}'])
def test_a_message_with_nothing_in_it_is_kept(aws: Aws, history: History, body: str) -> None:
    url = aws.queue()
    aws.send(url, [body])
    assert worker(history, url).run().rejected == 1
    (held,) = quarantine.listed(history)
    assert (held.body, held.reason) == (body.encode(), "there is no event in it")


def test_a_large_message_in_base64_is_not_lost(aws: Aws, history: History) -> None:
    """Whatever it is, it is either stored or held."""
    url = aws.queue()
    aws.send(url, [base64.b64encode(b"\x00\xff" * 1000).decode()])
    assert worker(history, url).run().rejected == 1
    assert len(quarantine.listed(history)) == 1


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/1/q", "eu-west-1"),
        ("https://eu-west-1.queue.amazonaws.com/1/q", "eu-west-1"),
        ("https://queue.amazonaws.com/1/q", "us-east-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", "cn-north-1"),
        ("http://127.0.0.1:5000/1/q", None),
    ],
)
def test_the_region_of_a_queue(url: str, region: str | None) -> None:
    assert region_of(url) == region


def test_not_a_queue(aws: Aws) -> None:
    with pytest.raises(UserError, match="not the URL of a queue"):
        Queue("health-queue", Access())


def test_the_tally_has_no_part_that_cannot_be_summed() -> None:
    values = [getattr(Tally(), name) for name in Tally.__slots__]
    assert all(isinstance(one, int | list) for one in values)


def test_the_command_on_two_queues_with_a_poll(aws: Aws, tmp_path: Path) -> None:
    from offcall.core.context import Context
    from offcall.core.estate import Estate
    from offcall.core.registry import find_tool
    from offcall.history import journal

    urls = [aws.queue("one"), aws.queue("two")]
    for number, url in enumerate(urls):
        aws.send(url, [message(number)])
    aws.fake.answer("health", "DescribeEvents", {"events": []})
    estate = Estate({"history": str(tmp_path / "h.sqlite"), "health": {"queues": urls}})
    with Context(estate, now=NOW, journal=journal) as ctx:
        result = find_tool("health watch").call(ctx, until_empty=True, poll_every="15m")
    assert (result.received, result.stored, result.failures) == (2, 2, 0)
    assert len(aws.fake.asked("health", "DescribeEvents")) == 1
    assert [aws.depth(url) for url in urls] == [0, 0]
