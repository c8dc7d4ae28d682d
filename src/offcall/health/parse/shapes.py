"""Which shape a body has, and how to get at the events inside.

Events come bare or in EventBridge's envelope, in SNS notifications (also as text inside text), in
what Lambda and `aws sqs receive-message` hand over, as answers of the Health API, from AHA, in
arrays, JSON Lines, and one after the other as Firehose writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse.aha import is_aha, of_aha
from offcall.health.parse.api import is_answer, of_answer
from offcall.health.parse.message import Detail, Envelope, decode_envelope, delivery_of, reject
from offcall.health.parse.usual import usual

__all__ = ["MAX_BODY", "parse", "place"]

MAX_BODY = 32 * 1024 * 1024
"""Bytes of the largest body that is understood; AWS sends at most 256 KB in one message."""

_KEPT = 1024 * 1024
"""Bytes kept of a body above `MAX_BODY`."""

_DEEPEST = 8
"""Envelopes within envelopes; more is an attack or a mistake."""

_EXPECTED = "an AWS Health event (detail.eventArn), alone or in a known envelope"

_decode = msgspec.json.decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_Item = Delivery | Reject


def parse(body: bytes | str, *, origin: Origin) -> list[Delivery | Reject]:
    """Understand one body (a message, a line, a document). Never raises on bad input.

    A blank body gives nothing. What cannot be understood is a `Reject` with reason and place.
    """
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    if len(body) > MAX_BODY:
        return list(_slow(body, origin, 0, ()))
    one = usual(body, origin)
    if one is not None:
        return [one]
    try:
        envelope = decode_envelope(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return list(_slow(body, origin, 0, ()))
    if envelope.detail is not None and envelope.detail.event_arn and envelope.source != "aha":
        return [delivery_of(envelope, envelope.detail, body, origin)]
    return list(_slow(body, origin, 0, ()))


def _slow(body: bytes, origin: Origin, depth: int, notes: tuple[str, ...]) -> Iterator[_Item]:
    if len(body) > MAX_BODY:
        yield reject(
            f"the body has {len(body):,} bytes; at most {MAX_BODY:,} are understood",
            body[:_KEPT],
            origin,
        )
        return
    if depth > _DEEPEST:
        yield reject(f"more than {_DEEPEST} envelopes within each other", body, origin)
        return
    if body.startswith(b"\xef\xbb\xbf"):
        body = body[3:]
        notes = (*notes, "begins with a byte order mark")
    if not body.strip():
        return
    try:
        value = _decode(body)
    except RecursionError:
        yield reject("nested too deeply", body, origin)
    except (msgspec.DecodeError, UnicodeError) as error:
        yield from _not_one_document(body, origin, depth, notes, error)
    else:
        yield from _of_value(value, body, origin, depth, notes)


def _of_value(
    value: Any, body: bytes, origin: Origin, depth: int, notes: tuple[str, ...]
) -> Iterator[_Item]:
    if isinstance(value, dict):
        yield from _of_object(value, body, origin, depth, notes)
    elif isinstance(value, list):
        for one in _decode_list(body):
            yield from _slow(bytes(one), origin, depth + 1, notes)
    elif isinstance(value, str) and value.strip()[:1] in ("{", "[", '"'):
        yield from _slow(_bytes(value), origin, depth + 1, (*notes, "encoded twice"))
    else:
        kind = {str: "text", bool: "a boolean", type(None): "null"}.get(type(value), "a number")
        yield reject(f"expected {_EXPECTED}, found {kind}", body, origin)


def _of_object(
    value: dict[str, Any], body: bytes, origin: Origin, depth: int, notes: tuple[str, ...]
) -> Iterator[_Item]:
    inner = list(_inside(value))
    if inner:
        for one in inner:
            if isinstance(one, str):
                yield from _slow(_bytes(one), origin, depth + 1, notes)
            elif isinstance(one, dict | list):
                yield from _slow(msgspec.json.encode(one), origin, depth + 1, notes)
            else:
                yield reject("an envelope holds no message", body, origin)
        return
    detail = value.get("detail", value.get("Detail"))
    if isinstance(detail, str):
        # EventBridge's PutEvents has `Detail` as text; others encode it twice.
        changed = {key: one for key, one in value.items() if key not in ("detail", "Detail")}
        inside = _text_json(detail)
        if isinstance(inside, dict):
            again = msgspec.json.encode({**changed, "detail": inside})
            yield from _slow(again, origin, depth + 1, (*notes, "detail is encoded twice"))
        else:
            yield reject("detail is text that is no JSON object", body, origin)
    elif isinstance(detail, dict):
        yield from _of_envelope(value, detail, body, origin, notes)
    elif "eventArn" in value and "entityValue" not in value:
        made = delivery_of(Envelope(), msgspec.convert(value, Detail), body, origin, [*notes])
        yield made
    elif is_answer(value):
        yield from of_answer(value, body, origin)
    else:
        yield reject(_why(value), body, origin)


def _of_envelope(
    value: dict[str, Any],
    detail: dict[str, Any],
    body: bytes,
    origin: Origin,
    notes: tuple[str, ...],
) -> Iterator[_Item]:
    if is_aha(value):
        yield from of_aha(value, body, origin)
    elif not detail.get("eventArn") and value.get("source") not in (None, "aws.health"):
        yield reject(f"an event of {value['source']!r:.80}, not of AWS Health", body, origin)
    else:
        envelope = msgspec.convert(
            {key: one for key, one in value.items() if key != "detail"}, Envelope
        )
        yield delivery_of(envelope, msgspec.convert(detail, Detail), body, origin, [*notes])


def _inside(value: dict[str, Any]) -> Iterator[Any]:
    """The messages that an envelope which is not EventBridge's holds."""
    for name in ("Records", "Messages", "Entries"):
        if isinstance(value.get(name), list):
            yield from value[name]
            return
    if isinstance(value.get("Sns"), dict) and "Message" in value["Sns"]:
        yield value["Sns"]["Message"]
    elif "Message" in value and value.get("Type", "Notification") == "Notification":
        yield value["Message"]
    elif "body" in value and ("messageId" in value or "eventSource" in value):
        yield value["body"]
    elif "Body" in value and ("MessageId" in value or "ReceiptHandle" in value):
        yield value["Body"]


def _why(value: dict[str, Any]) -> str:
    kind = value.get("Type")
    if kind in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        topic = str(value.get("TopicArn"))
        return f"an SNS {kind} of {topic:.200}, not an event: answer it in SNS, then discard this"
    if "detail" in value or "detail-type" in value:
        return "detail is missing or no object"
    names = ", ".join(str(name)[:40] for name in list(value)[:8])
    return f"expected {_EXPECTED}, found an object with {names or 'nothing in it'}"


def _not_one_document(
    body: bytes, origin: Origin, depth: int, notes: tuple[str, ...], error: Exception
) -> Iterator[_Item]:
    """Several documents in one body, or none that is whole."""
    lines = [line.rstrip(b"\r ,") for line in body.split(b"\n")]
    if len(lines) > 1 and any(_whole(line) for line in lines if line.strip()[:1] in (b"{", b"[")):
        first = origin.line or 1
        for number, line in enumerate(lines, start=first):
            at = msgspec.structs.replace(origin, line=number)
            yield from _slow(line, at, depth + 1, notes)
        return
    try:
        text = body.decode()
        _, end = json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        yield reject(place(body, error), body, origin)
        return
    text = text.lstrip()
    rest = text[end:].lstrip(" \t\r\n,")
    if text[0] not in "{[" or not rest:
        yield reject(place(body, error), body, origin)
        return
    yield from _documents(text, origin, notes)


def _documents(text: str, origin: Origin, notes: tuple[str, ...]) -> Iterator[_Item]:
    """One document after the other without a separator, as Firehose writes to S3."""
    decoder = json.JSONDecoder()
    position = 0
    while position < len(text):
        try:
            _, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            part = text[position:]
            yield reject(f"{error}, counted from character {position:,}", part.encode(), origin)
            return
        yield from _slow(text[position:end].encode(), origin, 1, notes)
        position = end
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1


def place(body: bytes, error: Exception) -> str:
    """A decoder's complaint, with line and column when the body has several lines."""
    said = str(error)
    if "truncated" in said:
        return f"the JSON is cut off after {len(body):,} bytes"
    if isinstance(error, UnicodeError):
        return f"not UTF-8 text: {said}"
    marked = said.rpartition("(byte ")
    if not marked[1]:
        return f"not JSON: {said}"
    offset = int(marked[2].rstrip(")"))
    at = f"byte {offset:,}"
    if b"\n" in body:
        line = body.count(b"\n", 0, offset) + 1
        column = offset - body.rfind(b"\n", 0, offset)
        at += f" (line {line}, column {column})"
    what = marked[0].removeprefix("JSON is malformed: ").strip()
    return f"not JSON: {what} at {at}"


def _whole(line: bytes) -> bool:
    try:
        return isinstance(_decode(line), dict | list)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False


def _text_json(text: str) -> Any:
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
