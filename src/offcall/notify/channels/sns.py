"""An SNS topic, through boto3: roles and endpoints are botocore's business."""

from __future__ import annotations

import hashlib
from typing import Any

from offcall.core.arn import parse
from offcall.core.aws import AwsDenied, AwsError, client
from offcall.notify.channels.base import Receipt, SendError
from offcall.notify.message import Message
from offcall.notify.text import to_text

__all__ = ["Sns", "publish_arguments"]

SUBJECT = 99
BODY_BYTES = 250_000
"""SNS takes 256 KB, 262,144 bytes, of text and attributes together."""
VALUE = 200
"""Characters of an attribute's value: all of them stay far below what the text leaves."""
# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: these pass by themselves.
PASSING = frozenset({None, "InternalError", "InternalFailure", "KMSThrottling", "Throttled"})


class Sns:
    """See `Sender`."""

    summaries = True
    secrets: tuple[str, ...] = ()

    def __init__(self, *, topic: str, region: str | None, profile: str | None) -> None:
        self._topic = topic
        arn = parse(topic)
        self._region = region or (arn.region if arn else None)
        self._profile = profile

    def send(self, message: Message, reference: dict[str, str] | None, token: str) -> Receipt:
        """Publish the text, with attributes that subscriptions can filter by."""
        try:
            sns = client("sns", region=self._region, profile=self._profile)
            answer = sns.call("publish", **publish_arguments(message, self._topic, token))
        except AwsDenied as error:
            raise SendError(error.message, retry=False, hint=error.hint) from error
        except AwsError as error:
            passing = error.code in PASSING or "Throttl" in str(error.code)
            raise SendError(error.message, retry=passing, hint=error.hint) from error
        return Receipt(f"published {answer['MessageId']}")


def publish_arguments(message: Message, topic: str, token: str) -> dict[str, Any]:
    """What `sns.publish` is called with."""
    alert = message.alert
    values = {
        "severity": str(message.severity),
        "occasion": str(message.occasion),
        "kind": alert.kind if alert else "summary",
        "category": alert.category if alert else None,
        "service": alert.service if alert else None,
        "code": alert.code if alert else None,
        "account": alert.account if alert else None,
        "region": alert.region if alert else None,
        "owner": alert.owner.name if alert and alert.owner else None,
    }
    arguments: dict[str, Any] = {
        "TopicArn": topic,
        "Subject": _subject(message.headline),
        "Message": _within(message),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value[:VALUE]}
            for name, value in values.items()
            if value
        },
    }
    if topic.endswith(".fifo"):
        group = alert.key if alert else "summary"
        arguments["MessageGroupId"] = hashlib.sha256(group.encode()).hexdigest()
        arguments["MessageDeduplicationId"] = token
    return arguments


def _within(message: Message) -> str:
    text = to_text(message)
    if len(text.encode()) <= BODY_BYTES:
        return text
    end = f"\n… and more: {message.command}\n"[:VALUE]
    room = BODY_BYTES - len(end.encode())
    return text.encode()[:room].decode(errors="ignore") + end


def _subject(text: str) -> str:
    """SNS takes printable ASCII, less than 100 characters, beginning with a letter or digit."""
    plain = "".join(one if " " <= one <= "~" else "?" for one in text).strip()
    # "[HIGH] …" begins with a bracket, which is neither.
    mark, _, rest = plain.partition("] ")
    if mark.startswith("["):
        plain = f"{mark[1:]}: {rest}"
    return (plain or "offcall")[:SUBJECT]
