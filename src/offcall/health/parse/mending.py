"""JSON that is not quite: other encodings, bytes that are no text, NaN, numbers out of range.

Other tools write such JSON and read it again, so an event in it is taken, and what was changed is
noted.
"""

from __future__ import annotations

import json
import math
from typing import Any

__all__ = ["as_utf8", "mended"]

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le", 4),
    (b"\x00\x00\xfe\xff", "utf-32-be", 4),
    (b"\xff\xfe", "utf-16-le", 2),
    (b"\xfe\xff", "utf-16-be", 2),
)
_BYTE = b"\xff"
"""A byte that is never UTF-8: it marks what could not be recoded."""
_LONGEST_INT = 19
"""Digits that a 64-bit number surely holds are one fewer; the decoder judges those of this many."""

REPLACED = "bytes that are not UTF-8 text were replaced"


def as_utf8(body: bytes) -> bytes | None:
    """A body in UTF-16 or UTF-32 in UTF-8, without its mark; None for any other.

    What is no text in it becomes what is no UTF-8.
    """
    for mark, codec, unit in _MARKS:
        if body.startswith(mark):
            return _recoded(body[len(mark) :], codec, unit)
    if body[1:2] == b"\x00" and body[:1] in (b"{", b"[", b'"'):
        return _recoded(body, "utf-16-le", 2)
    if body[:1] == b"\x00" and body[1:2] in (b"{", b"[", b'"'):
        return _recoded(body, "utf-16-be", 2)
    return None


def _recoded(body: bytes, codec: str, unit: int) -> bytes:
    whole = len(body) - len(body) % unit
    try:
        text = body[:whole].decode(codec, "surrogatepass")
    except UnicodeDecodeError:
        return body[:whole].decode(codec, "replace").encode() + _BYTE
    return text.encode("utf-8", "surrogatepass") + _BYTE * (whole < len(body))


def mended(body: bytes) -> tuple[bytes, tuple[str, ...]] | None:
    """One document as strict JSON, and what was changed; None when that does not help."""
    notes: dict[str, None] = {}

    def constant(name: str) -> None:
        notes[f"holds {name}, which JSON does not have: left out"] = None

    def integer(digits: str) -> int | str:
        if len(digits) <= _LONGEST_INT:
            return int(digits)
        notes[f"holds a number of {len(digits.lstrip('-')):,} digits: taken as text"] = None
        return digits

    def real(written: str) -> float | str:
        found = float(written)
        if math.isfinite(found):
            return found
        notes[f"holds a number that is out of range: {written:.40}"] = None
        return written

    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        notes[REPLACED] = None
    try:
        value: Any = json.loads(
            text, parse_constant=constant, parse_int=integer, parse_float=real, strict=False
        )
    except (ValueError, RecursionError):
        return None
    if not notes:
        return None
    return json.dumps(value).encode(), tuple(notes)
