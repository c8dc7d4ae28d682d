"""A body that is not one document: several, or one that is cut off or damaged. Pure splitting."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from offcall.health.model import Origin, Reject
from offcall.health.parse.envelopes import unstamped
from offcall.health.parse.message import reject
from offcall.health.parse.salvage import Salvaged, salvaged

__all__ = ["MAX_BODY", "is_whole", "kept", "pieces", "place"]

MAX_BODY = 32 * 1024 * 1024
"""Bytes of the largest body that is understood; AWS sends at most 256 KB in one message."""

_KEPT = 1024 * 1024
"""Bytes kept of a body above `MAX_BODY`."""

_decode = msgspec.json.decode

Piece = tuple[bytes, Origin]


def kept(body: bytes) -> bytes:
    """What quarantine keeps of it."""
    return body if len(body) <= MAX_BODY else body[:_KEPT]


def is_whole(line: bytes) -> bool:
    """The line is one document, perhaps after the time of a log."""
    try:
        return isinstance(_decode(unstamped(line)), dict | list | str)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False


def pieces(body: bytes, origin: Origin, error: Exception) -> Iterator[Piece | Reject]:
    """What is to be read by itself, with its place, and what cannot be read.

    Args:
        error: why the body is not one document.
    """
    lines = [line.strip(b"\r\t ,") for line in body.split(b"\n")]
    by_line = len(lines) > 1 and any(is_whole(line) for line in lines if line[:1] in (b"{", b"["))
    # Bytes that are no text go through, and are noted on the very event that holds them.
    text = body.decode("utf-8", "surrogateescape").lstrip()
    found, several = None, False
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        if lines[0] != b"[" or not by_line or not is_whole(lines[1]):
            found = salvaged(text)
    else:
        several = text[0] in "{[" and bool(text[end:].strip(" \t\r\n,"))
        by_line = by_line and "\n" not in text[:end]
    if found is not None:
        yield from _salvage(found, text, origin)
    elif by_line:
        yield from _lines(lines, origin)
    elif several:
        yield from _documents(text, origin)
    else:
        yield reject(place(body, error), kept(body), origin)


def _salvage(found: Salvaged, text: str, origin: Origin) -> Iterator[Piece | Reject]:
    """The whole elements of a broken list, and the rest as a reject that says where it begins."""
    for one in found.documents:
        yield _raw(one), origin
    line = text.count("\n", 0, found.end) + 1
    at = f"byte {len(_raw(text[: found.end])):,}" + (f" (line {line})" if line > 1 else "")
    whole = f"{found.count:,} whole element" + "s" * (found.count != 1)
    rest = text[found.end :].strip()
    yield reject(
        f"the JSON is {'cut off' if found.cut else 'damaged'} after {whole}, which "
        f"{'was' if found.count == 1 else 'were'} taken; "
        f"the rest {'begins' if rest else 'would begin'} at {at}",
        kept(_raw(rest or "[")),
        origin,
        origin.line and origin.line + line - 1,
    )


def _lines(lines: list[bytes], origin: Origin) -> Iterator[Piece]:
    """JSON Lines, and a list with an element a line."""
    for number, line in enumerate(lines, start=origin.line or 1):
        if line not in (b"[", b"]") or lines[0] != b"[":
            yield line, msgspec.structs.replace(origin, line=number)


def _documents(text: str, origin: Origin) -> Iterator[Piece | Reject]:
    """One document after the other without a separator, as Firehose writes to S3."""
    decoder = json.JSONDecoder()
    position = 0
    while position < len(text):
        try:
            _, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            part = kept(_raw(text[position:]))
            yield reject(f"{error}, counted from character {position:,}", part, origin)
            return
        yield _raw(text[position:end]), origin
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


def _raw(text: str) -> bytes:
    """The bytes of which a piece of a body was decoded."""
    return text.encode("utf-8", "surrogateescape")
