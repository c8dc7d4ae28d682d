"""An SQS queue as a source: receive, and delete what is safe elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from offcall.core.aws import Client
from offcall.core.errors import UserError
from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse import parse
from offcall.health.sources.aws import Access

__all__ = ["Message", "Queue"]

MOST = 10
"""Messages that one call may receive or delete."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `sent` is when SQS took it; `receives` counts this time too."""

    id: str
    handle: str
    body: str
    sent: datetime | None
    receives: int


class Queue:
    """One queue.

    Args:
        url: its URL, as `aws sqs get-queue-url` says it.
    """

    def __init__(self, url: str, access: Access) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise UserError(
                "not the URL of a queue",
                value=url,
                expected="https://sqs.<region>.amazonaws.com/<account>/<name>",
            )
        self.url = url
        self.region = region_of(url)
        self._sqs: Client = access.client("sqs", self.region)

    def receive(self, *, wait_seconds: int, most: int = MOST) -> list[Message]:
        """Up to `most` messages, waiting for the first at most `wait_seconds` (20 at most).

        Raises:
            AwsError, AwsDenied: they stay in the queue.
        """
        answer = self._sqs.call(
            "receive_message",
            QueueUrl=self.url,
            MaxNumberOfMessages=min(most, MOST),
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
        )
        return [_message(one) for one in answer.get("Messages", ())]

    def delete(self, messages: Sequence[Message]) -> int:
        """Delete messages; how many SQS would not delete, so that they come again.

        Raises:
            AwsError, AwsDenied: those of this call, and the rest, come again.
        """
        failed = 0
        # A message that was received twice in one batch may be named once only.
        unique = list({one.id: one for one in messages}.values())
        for start in range(0, len(unique), MOST):
            batch = unique[start : start + MOST]
            left = self._delete(batch)
            failed += len(self._delete(left)) if left else 0
        return failed

    def _delete(self, batch: Sequence[Message]) -> list[Message]:
        answer = self._sqs.call(
            "delete_message_batch",
            QueueUrl=self.url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": one.handle} for number, one in enumerate(batch)
            ],
        )
        return [batch[int(one["Id"])] for one in answer.get("Failed", ())]

    def parse(self, message: Message) -> list[Delivery | Reject]:
        """What a message holds, at least one item; never raises on bad input."""
        found = parse(message.body, origin=self._origin(message))
        # Blank, or an empty list: it is deleted afterwards, so it must be somewhere else.
        return found or [self.reject(message, "there is no event in it")]

    def reject(self, message: Message, reason: str) -> Reject:
        """A message as one that could not be used, whole."""
        return Reject(reason=reason, body=message.body.encode(), origin=self._origin(message))

    def _origin(self, message: Message) -> Origin:
        return Origin(how="sqs", region=self.region, name=self.url, received=message.sent)


def _message(one: dict[str, object]) -> Message:
    attributes = one.get("Attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    sent = attributes.get("SentTimestamp")
    return Message(
        id=str(one["MessageId"]),
        handle=str(one["ReceiptHandle"]),
        body=str(one.get("Body", "")),
        sent=datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None,
        receives=int(attributes.get("ApproximateReceiveCount", 1)),
    )


def region_of(url: str) -> str | None:
    """The region in a queue's URL, old and new forms; None for another host."""
    host = urlsplit(url).hostname or ""
    if found := re.match(r"^(?:sqs|queue)\.([a-z0-9-]+)\.(?:amazonaws\.com|api\.aws)", host):
        return found[1]
    found = re.match(r"^([a-z0-9-]+)\.queue\.amazonaws\.com", host)
    if found:
        return found[1]
    return "us-east-1" if host == "queue.amazonaws.com" else None
