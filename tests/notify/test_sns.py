"""SNS through boto3 against moto, seen by a queue that subscribes."""

from __future__ import annotations

import json

import pytest

from offcall.notify.channels.base import SendError
from offcall.notify.channels.sns import Sns, publish_arguments
from offcall.notify.message import message_of
from offcall.notify.plan import Occasion
from tests.notify.build import NOW, alert
from tests.servers.aws import Aws

assert NOW.tzinfo is not None
MESSAGE = message_of(alert(), Occasion.NEW, None, now=NOW, zone=NOW.tzinfo)


def topic_with_queue(aws: Aws, name: str = "alerts", **attributes: str) -> tuple[str, str]:
    topic = aws.client("sns").create_topic(Name=name, Attributes=attributes)["TopicArn"]
    fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
    sqs = aws.client("sqs")
    queue = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    aws.client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"]
    )
    return topic, queue


def test_it_arrives_with_attributes_to_filter_by(aws: Aws) -> None:
    topic, queue = topic_with_queue(aws)
    receipt = Sns(topic=topic, region=None, profile=None).send(MESSAGE, None, "t")
    assert receipt.outcome.startswith("published ")
    (got,) = aws.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    envelope = json.loads(got["Body"])
    assert envelope["Subject"] == "HIGH: RDS maintenance scheduled: orders-db"
    assert "in 14 days, Tue 8 Dec 2026 03:00 UTC" in envelope["Message"]
    attributes = {name: one["Value"] for name, one in envelope["MessageAttributes"].items()}
    assert attributes == {
        "severity": "high",
        "occasion": "new",
        "kind": "event",
        "category": "scheduledChange",
        "service": "RDS",
        "code": "AWS_RDS_MAINTENANCE_SCHEDULED",
        "account": "111122223333",
        "region": "us-east-1",
        "owner": "payments",
    }


def test_a_fifo_topic_takes_the_same_message_once(aws: Aws) -> None:
    topic, queue = topic_with_queue(aws, "alerts.fifo", FifoTopic="true")
    sender = Sns(topic=topic, region=None, profile=None)
    sender.send(MESSAGE, None, "token-1")
    arguments = publish_arguments(MESSAGE, topic, "token-1")
    assert arguments["MessageDeduplicationId"] == "token-1"
    assert len(arguments["MessageGroupId"]) <= 128
    got = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    assert len(got["Messages"]) == 1


def test_a_topic_that_is_not_there_is_not_tried_again(aws: Aws) -> None:
    missing = "arn:aws:sns:us-east-1:123456789012:nobody"
    with pytest.raises(SendError) as caught:
        Sns(topic=missing, region=None, profile=None).send(MESSAGE, None, "t")
    assert not caught.value.retry


@pytest.mark.parametrize("title", ["x" * 300, "Ünïcode ✓", "line\nbreak", "", "[[brackets"])
def test_subjects_are_what_sns_takes(title: str) -> None:
    one = alert(title=title)
    message = message_of(one, Occasion.NEW, None, now=NOW, zone=NOW.tzinfo)  # type: ignore[arg-type]
    subject = publish_arguments(message, "arn:aws:sns:us-east-1:123456789012:t", "t")["Subject"]
    assert 1 <= len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()
    assert subject[0].isalnum()
