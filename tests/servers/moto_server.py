"""Moto's server with a queue that can be long: its own looks at every message for every message.

python -m tests.servers.moto_server -H 127.0.0.1 -p 0

What is replaced does the same in less time, and under the queue's lock: moto's own deletion puts
back a message that another request deletes at the same time, and loses one that is sent then.
"""

from __future__ import annotations

import time
from datetime import datetime

from moto.core import utils

_unix_time = utils.unix_time


def unix_time(dt: datetime | None = None) -> float:
    """Seconds since the epoch, as moto means it."""
    return time.time() if dt is None else _unix_time(dt)


def unix_time_millis(dt: datetime | None = None) -> float:
    """The same in milliseconds."""
    return unix_time(dt) * 1000.0


# Before moto's services import them by name.
utils.unix_time = unix_time
utils.unix_time_millis = unix_time_millis

from moto.sqs import models  # noqa: E402
from moto.sqs.exceptions import ReceiptHandleIsInvalid  # noqa: E402


def messages(queue: models.Queue) -> list[models.Message]:
    """Those that can be received now."""
    now = unix_time_millis()
    return [
        one for one in list(queue._messages) if one.visible_at < now and one.delayed_until <= now
    ]


def delayed(queue: models.Queue) -> int:
    """How many cannot be received yet."""
    now = unix_time_millis()
    return sum(1 for one in list(queue._messages) if one.delayed_until > now)


def in_flight(queue: models.Queue) -> int:
    """How many somebody has received and not deleted."""
    now = unix_time_millis()
    return sum(1 for one in list(queue.pending_messages) if one.visible_at >= now)


def receivable(queue: models.Queue) -> int:
    """How many can be received now."""
    return len(queue._messages) - delayed(queue) - in_flight(queue)


def delete_message(queue: models.Queue, receipt_handle: str) -> None:
    """Delete the message that was ever received with this handle."""
    with queue._messages_lock:
        if receipt_handle in queue.deleted_messages:
            return
        for place, one in enumerate(queue._messages):
            if one.had_receipt_handle(receipt_handle):
                del queue._messages[place]
                queue.pending_messages.discard(one)
                queue.deleted_messages.update(one.all_receipt_handles)
                return
    raise ReceiptHandleIsInvalid


def is_young_enough(backend: models.SQSBackend, queue_name: str, message: models.Message) -> bool:
    """Whether the queue still keeps it; moto counts the queue three times to find out."""
    kept = int(backend.get_queue(queue_name).message_retention_period)
    return kept + message.sent_timestamp / 1000 > unix_time()


models.Queue.messages = property(messages)
models.Queue.approximate_number_of_messages = property(receivable)
models.Queue.approximate_number_of_messages_delayed = property(delayed)
models.Queue.approximate_number_of_messages_not_visible = property(in_flight)
models.Queue.delete_message = delete_message
models.SQSBackend.is_message_valid_based_on_retention_period = is_young_enough

if __name__ == "__main__":
    from moto.server import main

    main()
