"""Which shape a body has, and how to get at the events inside.

Events come bare or in EventBridge's envelope, in those of queues, topics, streams and logs (also as
text inside text), as answers of the Health API, from AHA, in arrays, JSON Lines, and one after the
other as Firehose writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse.aha import is_aha, of_aha
from offcall.health.parse.api import is_answer, of_answer
from offcall.health.parse.envelopes import Broken, Message, inside, unstamped
from offcall.health.parse.mending import as_utf8, mended
from offcall.health.parse.message import Detail, Envelope, decode_envelope, delivery_of, reject
from offcall.health.parse.several import MAX_BODY, kept, pieces
from offcall.health.parse.usual import usual

__all__ = ["MAX_BODY", "parse", "parse_large"]

_DEEPEST = 8
"""Envelopes within envelopes; more is an attack or a mistake."""

_EXPECTED = "an AWS Health event (detail.eventArn), alone or in a known envelope"

_PUT = {"Source": "source", "DetailType": "detail-type", "Time": "time", "Resources": "resources"}
"""What PutEvents calls the members of the envelope."""

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


def parse_large(body: bytes, *, origin: Origin) -> Iterator[Delivery | Reject]:
    """Understand a document above `MAX_BODY`, if it is a list of what is not."""
    try:
        parts = _decode_list(body)
    except msgspec.ValidationError:
        yield _too_long(body, origin)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        yield from _of_pieces(body, origin, 0, (), error)
    else:
        for part in parts:
            yield from parse(bytes(part), origin=origin)


def _slow(body: bytes, origin: Origin, depth: int, notes: tuple[str, ...]) -> Iterator[_Item]:
    if len(body) > MAX_BODY:
        yield _too_long(body, origin)
        return
    if depth > _DEEPEST:
        yield reject(f"more than {_DEEPEST} envelopes within each other", body, origin)
        return
    if body.startswith(b"\xef\xbb\xbf"):
        body = body[3:]
        notes = (*notes, "begins with a byte order mark")
    elif (recoded := as_utf8(body)) is not None:
        body = recoded
    if not body.strip():
        return
    try:
        value = _decode(body)
    except RecursionError:
        yield reject("nested too deeply", body, origin)
    except (msgspec.DecodeError, UnicodeError) as error:
        yield from _of_other(body, origin, depth, notes, error)
    else:
        yield from _of_value(value, body, origin, depth, notes)


def _of_other(
    body: bytes, origin: Origin, depth: int, notes: tuple[str, ...], error: Exception
) -> Iterator[_Item]:
    """What is not one document of strict JSON."""
    bare = unstamped(body)
    if len(bare) < len(body) and b"\n" not in bare.strip():
        yield from _slow(bare, origin, depth + 1, notes)
    elif (strict := mended(body)) is not None:
        for one in _slow(strict[0], origin, depth + 1, (*notes, *strict[1])):
            as_it_came = isinstance(one, Reject) and one.body == strict[0]
            yield msgspec.structs.replace(one, body=body) if as_it_came else one
    else:
        yield from _of_pieces(body, origin, depth, notes, error)


def _of_pieces(
    body: bytes, origin: Origin, depth: int, notes: tuple[str, ...], error: Exception
) -> Iterator[_Item]:
    for one in pieces(body, origin, error):
        if isinstance(one, Reject):
            yield one
        else:
            yield from _slow(one[0], one[1], depth + 1, notes)


def _too_long(body: bytes, origin: Origin) -> Reject:
    said = f"the body has {len(body):,} bytes; at most {MAX_BODY:,} are understood"
    return reject(said, kept(body), origin)


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
    carried = inside(value)
    if carried is not None:
        for one in carried:
            yield from _of_carried(one, body, origin, depth, notes)
        return
    detail = value.get("detail", value.get("Detail"))
    if isinstance(detail, str):
        # EventBridge's PutEvents has `Detail` as text; others encode it twice.
        changed = {
            _PUT.get(key, key): one for key, one in value.items() if key not in ("detail", "Detail")
        }
        parsed = _text_json(detail)
        if isinstance(parsed, dict):
            again = msgspec.json.encode({**changed, "detail": parsed})
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


def _of_carried(
    one: Message, body: bytes, origin: Origin, depth: int, notes: tuple[str, ...]
) -> Iterator[_Item]:
    if isinstance(one, str | bytes):
        yield from _slow(_bytes(one), origin, depth + 1, notes)
    elif isinstance(one, dict | list):
        yield from _slow(msgspec.json.encode(one), origin, depth + 1, notes)
    else:
        why = one.reason if isinstance(one, Broken) else "an envelope holds no message"
        yield reject(why, body, origin)


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


def _why(value: dict[str, Any]) -> str:
    kind = value.get("Type")
    if kind in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        topic = str(value.get("TopicArn"))
        return f"an SNS {kind} of {topic:.200}, not an event: answer it in SNS, then discard this"
    if "detail" in value or "detail-type" in value:
        return "detail is missing or no object"
    names = ", ".join(str(name)[:40] for name in list(value)[:8])
    return f"expected {_EXPECTED}, found an object with {names or 'nothing in it'}"


def _text_json(text: str) -> Any:
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
