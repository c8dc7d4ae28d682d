"""Messages that are no Health events, of every kind that a queue can hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.health.messages import message

__all__ = ["KINDS", "malformed"]

# SQS refuses bytes that are no UTF-8 and lone surrogates in a body, so the nearest to them is a
# surrogate that JSON escapes, and what a sender has put in place of bytes it could not read.
KINDS: dict[str, Callable[[int], str]] = {
    "cut JSON": lambda number: message(number)[: 100 + number % 500],
    "not JSON": lambda number: f"Your instance {number} will be retired.",
    "bytes of another kind": lambda number: f"\ufffd\ufffd{number}\ufffd",
    "a number": str,
    "text": lambda number: json.dumps(f"event {number}"),
    "an array": lambda number: json.dumps([f"event {number}"]),
    "an empty array": lambda number: "[" + " " * number + "]",
    "an empty object": lambda number: "{" + " " * number + "}",
    "an object of something else": lambda number: json.dumps({"build": number, "ok": True}),
    "nested too deeply": lambda number: "[" * (2000 + number),
    "no detail": lambda number: _changed(number, detail=[number]),
    "detail is text": lambda number: _changed(number, detail=f"retired {number}"),
    "no ARN": lambda number: _detail(number, eventArn=None),
    "ARN of a wrong type": lambda number: _detail(number, eventArn=number),
    "ARN of something else": lambda number: _detail(number, eventArn=f"arn:aws:rds:::db:{number}"),
    "NUL in the ARN": lambda number: _detail(number, eventArn=f"arn:aws:health:::event/\0{number}"),
    "a time of a wrong type": lambda number: _detail(number, startTime=[number]),
    "half a surrogate pair": lambda number: _detail(number, service=f"\ud83d{number}"),
    "SNS around rubbish": lambda number: _sns(f"rubbish {number}"),
    "SNS around cut JSON": lambda number: _sns(message(number)[: 100 + number % 500]),
}


def malformed(count: int) -> list[tuple[str, bytes]]:
    """So many different bodies, of each kind in turn, and what quarantine must hold of each.

    That is the body as it came, without what carried it: an array, a notification of SNS.
    """
    made = []
    for number in range(count):
        kind = list(KINDS)[number % len(KINDS)]
        body = KINDS[kind](number)
        held = body
        if kind.startswith("SNS"):
            held = json.loads(body)["Message"]
        elif kind == "an array":
            held = body[1:-1]
        made.append((body, held.encode()))
    return made


def _changed(number: int, **members: Any) -> str:
    return json.dumps({**json.loads(message(number)), **members})


def _detail(number: int, **members: Any) -> str:
    return _changed(number, detail={**json.loads(message(number))["detail"], **members})


def _sns(text: str) -> str:
    return json.dumps({"Type": "Notification", "MessageId": "1", "Message": text})
