"""Files: JSON Lines are read line by line in flat memory, anything else as one document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse.message import reject
from offcall.health.parse.shapes import MAX_BODY, parse
from offcall.health.parse.usual import usual

__all__ = ["parse_stream"]

MAX_DOCUMENT = 512 * 1024 * 1024
"""Bytes of the largest file that is one document; JSON Lines may be of any length."""

_KEPT = 1024 * 1024


def parse_stream(stream: BinaryIO, *, origin: Origin) -> Iterator[Delivery | Reject]:
    """Understand a file. Never raises on bad input; `OSError` of the stream itself passes.

    Each delivery and reject carries the line at which it begins, when the file is JSON Lines.
    """
    first = _line(stream)
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
    while True:
        line = pending.pop(0) if pending else _line(stream)
        if not line:
            return
        if len(line) > MAX_BODY:
            yield reject(
                f"the line has more than {MAX_BODY:,} bytes; its beginning is kept",
                line[:_KEPT],
                origin,
                number,
            )
            while line and not line.endswith(b"\n"):
                line = _line(stream)
        else:
            line = line.strip(b"\r\n ")
            made = usual(line, origin)
            for item in parse(line, origin=origin) if made is None else (made,):
                if isinstance(item, Delivery):
                    item.line = number
                    yield item
                else:
                    yield msgspec.structs.replace(item, line=number)
        number += 1


def _line(stream: BinaryIO) -> bytes:
    return stream.readline(MAX_BODY + 1)


def _is_lines(first: bytes, second: bytes) -> bool:
    """Whether the file is JSON Lines: its first or second line is a whole document.

    A first line that is only a bracket begins a document over several lines.
    """
    if first.strip() in (b"[", b"{"):
        return False
    return not second.strip() or any(_whole(one) for one in (first, second))


def _whole(line: bytes) -> bool:
    try:
        value = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return isinstance(value, dict | list | str)


def _document(begin: bytes, stream: BinaryIO, origin: Origin) -> Iterator[Delivery | Reject]:
    body = begin + stream.read(MAX_DOCUMENT + 1 - len(begin))
    if len(body) > MAX_DOCUMENT:
        yield reject(
            f"one document of more than {MAX_DOCUMENT:,} bytes; "
            "write one event a line instead (jq -c '.[]')",
            body[:_KEPT],
            origin,
        )
        return
    if len(body) <= MAX_BODY:
        yield from parse(body, origin=origin)
        return
    try:
        parts = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeError):
        for number, line in enumerate(body.split(b"\n"), start=1):
            yield from parse(line, origin=msgspec.structs.replace(origin, line=number))
    else:
        for part in parts:
            yield from parse(bytes(part), origin=origin)
