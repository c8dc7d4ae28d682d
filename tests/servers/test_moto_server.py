"""The queue of the tests' moto behaves as SQS's does, where it is not moto's own."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.servers.aws import Aws


def receive(aws: Aws, queue: str, **options: Any) -> list[dict[str, Any]]:
    answer = aws.client("sqs").receive_message(QueueUrl=queue, **options)
    return list(answer.get("Messages", []))


def counts(aws: Aws, queue: str) -> tuple[int, ...]:
    """Messages that can be received, that are in flight, that are delayed."""
    names = ["", "NotVisible", "Delayed"]
    attributes = [f"ApproximateNumberOfMessages{name}" for name in names]
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=attributes)
    return tuple(int(answer["Attributes"][name]) for name in attributes)


def test_counts_what_is_there_in_flight_and_delayed(aws: Aws) -> None:
    queue = aws.queue()
    aws.send(queue, ["a", "b", "c"])
    aws.client("sqs").send_message(QueueUrl=queue, MessageBody="d", DelaySeconds=600)
    assert counts(aws, queue) == (3, 0, 1)
    (one,) = receive(aws, queue)
    assert counts(aws, queue) == (2, 1, 1)
    aws.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
    assert counts(aws, queue) == (2, 0, 1)


def test_a_message_that_is_not_deleted_comes_again(aws: Aws) -> None:
    queue = aws.queue(VisibilityTimeout="1")
    aws.send(queue, ["a"])
    (first,) = receive(aws, queue)
    assert receive(aws, queue) == []
    (again,) = receive(aws, queue, WaitTimeSeconds=5, AttributeNames=["ApproximateReceiveCount"])
    assert again["MessageId"] == first["MessageId"]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    assert again["ReceiptHandle"] != first["ReceiptHandle"]
    # Both handles are good for it, and twice is no mistake.
    for one in (first, again, first):
        aws.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
    assert counts(aws, queue) == (0, 0, 0)


def test_an_unknown_handle_is_refused(aws: Aws) -> None:
    queue = aws.queue()
    aws.send(queue, ["a"])
    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        aws.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle="unknown")
    assert counts(aws, queue) == (1, 0, 0)


def test_a_message_is_kept_for_as_long_as_the_queue_says(aws: Aws) -> None:
    queue = aws.queue(MessageRetentionPeriod="60")
    aws.send(queue, ["a"])
    assert len(receive(aws, queue, VisibilityTimeout=0)) == 1
    aws.client("sqs").set_queue_attributes(
        QueueUrl=queue, Attributes={"MessageRetentionPeriod": "0"}
    )
    assert receive(aws, queue) == []
