"""Files: JSON Lines are read line by line in flat memory, anything else as one document."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse.mending import as_utf8
from offcall.health.parse.message import reject
from offcall.health.parse.several import MAX_BODY, is_whole
from offcall.health.parse.shapes import parse, parse_large
from offcall.health.parse.usual import Usual, understood

__all__ = ["messages_in", "parse_stream"]

MAX_DOCUMENT = 512 * 1024 * 1024
"""Bytes of the largest file that is one document; JSON Lines may be of any length."""

_KEPT = 1024 * 1024
_MARK = b"\xef\xbb\xbf"


def parse_stream(stream: BinaryIO, *, origin: Origin) -> Iterator[Delivery | Reject]:
    """Understand a file. Never raises on bad input; `OSError` of the stream itself passes.

    Each delivery and reject carries the line at which it begins, when the file is JSON Lines.
    """
    for one in messages_in(stream, origin=origin):
        yield one.delivery() if isinstance(one, Usual) else one


def messages_in(stream: BinaryIO, *, origin: Origin) -> Iterator[Delivery | Usual | Reject]:
    """As `parse_stream`, but usual messages in JSON Lines are not made deliveries."""
    first = _line(stream)
    if as_utf8(first) is not None:
        # Its lines end in other bytes, so it is recoded as a whole.
        body = first + stream.read(MAX_DOCUMENT + 1 - len(first))
        recoded = as_utf8(body) if len(body) <= MAX_DOCUMENT else None
        if recoded is None:
            yield _too_large(body, origin)
            return
        stream = io.BytesIO(recoded)
        first = _line(stream)
    yield from _parse(first, stream, origin)


def _parse(first: bytes, stream: BinaryIO, origin: Origin) -> Iterator[Delivery | Usual | Reject]:
    number = 1
    while first and not first.strip():
        first = _line(stream)
        number += 1
    if not first:
        return
    if not _is_lines(first, second := _line(stream)):
        yield from _document(first + second, stream, origin)
        return
    pending = [first, second] if second else [first]
    while line := pending.pop(0) if pending else _line(stream):
        if len(line) > MAX_BODY:
            yield reject(
                f"the line has more than {MAX_BODY:,} bytes; its beginning is kept",
                line[:_KEPT],
                origin,
                number,
            )
            while line and not line.endswith(b"\n"):
                line = _line(stream)
        elif (made := understood(line := line.strip(b"\r\n "), origin)) is not None:
            made.line = number
            yield made
        else:
            yield from _of_line(line, number, origin)
        number += 1


def _of_line(line: bytes, number: int, origin: Origin) -> Iterator[Delivery | Reject]:
    for item in parse(line, origin=origin):
        if isinstance(item, Delivery):
            item.line = number
            yield item
        else:
            yield msgspec.structs.replace(item, line=number)


def _line(stream: BinaryIO) -> bytes:
    return stream.readline(MAX_BODY + 1)


def _is_lines(first: bytes, second: bytes) -> bool:
    """Whether the file is JSON Lines: its first or second line is a whole document.

    A first line that is only a bracket begins a document over several lines.
    """
    if first.strip() in (b"[", b"{"):
        return False
    return not second.strip() or any(is_whole(one.removeprefix(_MARK)) for one in (first, second))


def _document(begin: bytes, stream: BinaryIO, origin: Origin) -> Iterator[Delivery | Reject]:
    body = begin + stream.read(MAX_DOCUMENT + 1 - len(begin))
    if len(body) > MAX_DOCUMENT:
        yield _too_large(body, origin)
    elif len(body) <= MAX_BODY:
        yield from parse(body, origin=origin)
    else:
        yield from parse_large(body, origin=origin)


def _too_large(body: bytes, origin: Origin) -> Reject:
    return reject(
        f"one document of more than {MAX_DOCUMENT:,} bytes; "
        "write one event a line instead (jq -c '.[]')",
        body[:_KEPT],
        origin,
    )
