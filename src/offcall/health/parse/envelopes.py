"""What carries events besides EventBridge: queues, topics, streams, logs.

- SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
- SQS as Lambda and `aws sqs receive-message` give it:
  https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
- Kinesis: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
- Firehose: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesisfirehose.html,
  https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html
- CloudWatch Logs, a subscription's messages and `aws logs`' answers:
  https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html,
  https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["RECORD_LISTS", "Broken", "Message", "inside", "unstamped"]

RECORD_LISTS = frozenset(
    ("Records", "records", "Messages", "Entries", "events", "logEvents", "successfulSet")
)
"""Members that hold one thing after the other, each of which stands for itself."""

_MOST = 32 * 1024 * 1024 + 1
"""Bytes unpacked of one record: one more than is understood, so that more is refused as such."""

_GZIP = 16 + zlib.MAX_WBITS
_STAMP = re.compile(rb"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z\s+(?=[{\[\"])")


@dataclass(frozen=True, slots=True)
class Broken:
    """A message that cannot be got at, and why."""

    reason: str


Message = str | bytes | dict[str, Any] | list[Any] | Broken | None


def unstamped(line: bytes) -> bytes:
    """The line without the time that CloudWatch Logs puts before each message it exports to S3."""
    stamp = _STAMP.match(line)
    return line[stamp.end() :] if stamp else line


def inside(value: dict[str, Any]) -> list[Message] | None:
    """The messages in an envelope; None when it is none. Some envelopes are rightly empty."""
    for name in ("Records", "Messages", "Entries"):
        if isinstance(value.get(name), list):
            return [*value[name]]
    if _is_of_logs(value):
        return list(_log_messages(value))
    if isinstance(value.get("records"), list):
        # Firehose to Lambda or to an HTTP endpoint.
        return [
            _unpacked(one["data"]) if isinstance(one, dict) and "data" in one else one
            for one in value["records"]
        ]
    one = _single(value)
    return None if one is _NOTHING else [one]


_NOTHING = Broken("")


def _single(value: dict[str, Any]) -> Message:
    """The message in an envelope for one; `_NOTHING` when it is none."""
    sns, kinesis, logs = value.get("Sns"), value.get("kinesis"), value.get("awslogs")
    if isinstance(sns, dict) and "Message" in sns:
        found: Message = sns["Message"]
    elif "Message" in value and value.get("Type", "Notification") == "Notification":
        found = value["Message"]
    elif "body" in value and ("messageId" in value or "eventSource" in value):
        found = value["body"]
    elif "Body" in value and ("MessageId" in value or "ReceiptHandle" in value):
        found = value["Body"]
    elif isinstance(kinesis, dict) and "data" in kinesis:
        found = _unpacked(kinesis["data"])
    elif isinstance(logs, dict) and "data" in logs:
        found = _unpacked(logs["data"])
    elif "Data" in value and ("PartitionKey" in value or "SequenceNumber" in value):
        found = _unpacked(value["Data"])
    elif "@message" in value:
        found = value["@message"]
    elif _is_log_event(value):
        found = value["message"]
    else:
        found = _NOTHING
    return found


def _is_of_logs(value: dict[str, Any]) -> bool:
    """A subscription's message, or an answer of FilterLogEvents, GetLogEvents, GetQueryResults."""
    if value.get("messageType") in ("DATA_MESSAGE", "CONTROL_MESSAGE"):
        return True
    found = value.get("logEvents", value.get("events"))
    if isinstance(found, list) and found:
        return all(isinstance(one, dict) and "message" in one for one in found)
    rows = value.get("results")
    return isinstance(rows, list) and all(isinstance(one, list) for one in rows)


def _log_messages(value: dict[str, Any]) -> Iterator[Message]:
    if value.get("messageType") == "CONTROL_MESSAGE":
        # CloudWatch Logs tries whether the destination can be reached.
        return
    for one in value.get("logEvents", value.get("events")) or ():
        yield one.get("message") if isinstance(one, dict) else None
    for row in value.get("results") or ():
        for cell in row:
            if isinstance(cell, dict) and cell.get("field") == "@message":
                yield cell.get("value")


def _is_log_event(value: dict[str, Any]) -> bool:
    """One log event, as `jq -c '.events[]'` leaves it."""
    text = value.get("message")
    return (
        isinstance(text, str)
        and text.lstrip()[:1] in ("{", "[", '"')
        and not value.keys().isdisjoint(("timestamp", "ingestionTime", "eventId", "logStreamName"))
    )


def _unpacked(data: Any) -> Message:
    """What is in base64, and perhaps gzip within that."""
    if not isinstance(data, str):
        return Broken("the data in an envelope is not text")
    if data.lstrip()[:1] in ("{", "["):
        return data
    try:
        found = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return Broken("the data in an envelope is neither JSON nor base64")
    if found[:2] != b"\x1f\x8b":
        return found
    try:
        return _gunzipped(found)
    except zlib.error as error:
        return Broken(f"the gzip data in an envelope is damaged: {error}")


def _gunzipped(data: bytes) -> Message:
    found = b""
    while data[:2] == b"\x1f\x8b" and len(found) < _MOST:
        member = zlib.decompressobj(_GZIP)
        found += member.decompress(data, _MOST - len(found))
        if not member.eof and len(found) < _MOST:
            return Broken("the gzip data in an envelope is cut off")
        data = member.unused_data
    return found
