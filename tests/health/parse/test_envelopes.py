"""Envelopes of streams and logs, in the shapes that AWS documents."""

from __future__ import annotations

import base64
import gzip
import io
import json
from typing import Any

import pytest

from offcall.health.model import Delivery, Reject
from offcall.health.parse import parse, parse_stream
from tests.health.samples import ORIGIN, delivery, envelope, only

EVENT = json.dumps(envelope())


def b64(text: str | bytes, *, zipped: bool = False) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return base64.b64encode(gzip.compress(raw) if zipped else raw).decode()


def subscription(*messages: str, kind: str = "DATA_MESSAGE") -> str:
    """What CloudWatch Logs sends to a subscription, unpacked."""
    events = [
        {"id": str(number), "timestamp": 1769478201000, "message": one}
        for number, one in enumerate(messages)
    ]
    return json.dumps(
        {
            "messageType": kind,
            "owner": "111122223333",
            "logGroup": "/aws/events/health",
            "logStream": "a",
            "subscriptionFilters": ["all"],
            "logEvents": events,
        }
    )


def kinesis(data: str) -> dict[str, Any]:
    return {
        "kinesis": {"partitionKey": "1", "sequenceNumber": "4959", "data": data},
        "eventSource": "aws:kinesis",
        "eventName": "aws:kinesis:record",
    }


@pytest.mark.parametrize(
    "body",
    [
        subscription(EVENT),
        {"awslogs": {"data": b64(subscription(EVENT), zipped=True)}},
        {"Records": [kinesis(b64(EVENT))]},
        {"Records": [kinesis(b64(subscription(EVENT), zipped=True))]},
        {"Records": [{"SequenceNumber": "1", "PartitionKey": "1", "Data": b64(EVENT)}]},
        {
            "invocationId": "i",
            "deliveryStreamArn": "arn:aws:firehose:us-west-2:111122223333:deliverystream/h",
            "region": "us-west-2",
            "records": [{"recordId": "1", "approximateArrivalTimestamp": 1, "data": b64(EVENT)}],
        },
        {"requestId": "r", "timestamp": 1606255960435, "records": [{"data": b64(EVENT)}]},
        {
            "events": [{"logStreamName": "a", "timestamp": 1, "message": EVENT, "eventId": "3"}],
            "searchedLogStreams": [],
        },
        {
            "events": [{"timestamp": 1, "message": EVENT, "ingestionTime": 2}],
            "nextForwardToken": "f",
        },
        {"timestamp": 1, "message": EVENT, "ingestionTime": 2},
        {
            "results": [
                [{"field": "@timestamp", "value": "x"}, {"field": "@message", "value": EVENT}]
            ]
        },
        [{"@timestamp": "2026-01-27 01:43:21.000", "@message": envelope()}],
        f"2026-01-27T01:43:22.123Z {EVENT}",
        {
            "Entries": [
                {
                    "Source": "aws.health",
                    "DetailType": "AWS Health Event",
                    "Detail": json.dumps(envelope()["detail"]),
                    "EventBusName": "ops",
                }
            ]
        },
    ],
)
def test_the_event_inside_is_the_same(body: Any) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    made = only(text)
    assert (made.key, made.entities, made.status) == (
        delivery().key,
        delivery().entities,
        "upcoming",
    )
    assert only(made.body).key == made.key, "what is kept is the event, and reads the same"
    (line,) = parse_stream(io.BytesIO(text.encode() + b"\n"), origin=ORIGIN)
    assert isinstance(line, Delivery)
    assert line.key == made.key


def test_what_put_events_names_otherwise_is_understood() -> None:
    entry = {
        "Source": "aws.health",
        "DetailType": "AWS Health Abuse Event",
        "Time": "2026-01-27T01:43:21Z",
        "Resources": ["i-0c4e"],
        "Detail": json.dumps(envelope(affectedEntities=...)["detail"]),
    }
    made = only(json.dumps({"Entries": [entry]}))
    assert made.abuse
    assert made.sent_at is not None
    assert [one.value for one in made.entities] == ["i-0c4e"]


def test_exported_logs_are_lines_with_a_time_before_each() -> None:
    lines = [f"2026-01-27T01:43:2{n}.000Z " + json.dumps(one) for n, one in enumerate(THREE)]
    found = list(parse_stream(io.BytesIO("\n".join(lines).encode()), origin=ORIGIN))
    assert [one.line for one in found] == [1, 2, 3]
    assert all(isinstance(one, Delivery) for one in found)


THREE = [envelope(communicationId=f"c{number}-1") for number in range(3)]


def test_firehose_writes_one_after_the_other() -> None:
    body = "".join(subscription(json.dumps(one)) for one in THREE)
    assert len({one.key for one in parse(body, origin=ORIGIN) if isinstance(one, Delivery)}) == 3


@pytest.mark.parametrize(
    "body",
    [
        subscription("CWL CONTROL MESSAGE: Checking health of destination", kind="CONTROL_MESSAGE"),
        json.dumps({"Records": []}),
        json.dumps({"records": []}),
    ],
)
def test_some_envelopes_are_rightly_empty(body: str) -> None:
    assert parse(body, origin=ORIGIN) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"awslogs": {"data": "%%%"}}, "neither JSON nor base64"),
        ({"awslogs": {"data": 7}}, "the data in an envelope is not text"),
        ({"awslogs": {"data": b64(b"\x1f\x8b rubbish")}}, "gzip data in an envelope is damaged"),
        (
            {"awslogs": {"data": b64(gzip.compress(EVENT.encode())[:60])}},
            "gzip data in an envelope is cut off",
        ),
        ({"events": [{"message": "START RequestId: 1", "timestamp": 1}]}, "not JSON"),
        ({"events": [{"message": None, "timestamp": 1}]}, "an envelope holds no message"),
        ({"message": "hello", "timestamp": 1}, "expected an AWS Health event"),
    ],
)
def test_what_cannot_be_got_at_says_why(body: Any, reason: str) -> None:
    (one,) = parse(json.dumps(body), origin=ORIGIN)
    assert isinstance(one, Reject)
    assert reason in one.reason


def test_a_small_record_that_unpacks_to_very_much_is_refused() -> None:
    bomb = b64(gzip.compress(b" " * (40 << 20)))
    (one,) = parse(json.dumps({"awslogs": {"data": bomb}}), origin=ORIGIN)
    assert isinstance(one, Reject)
    assert "are understood" in one.reason
