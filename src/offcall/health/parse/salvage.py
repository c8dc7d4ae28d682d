"""A list that is cut off or damaged: its whole elements, and where the rest begins.

Also the list of records in an object. An event that is itself cut off is never taken for whole.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from offcall.health.parse.envelopes import RECORD_LISTS

__all__ = ["Salvaged", "salvaged"]

_BLANK = " \t\r\n"
_BELONG_TO_RECORDS = frozenset(("entities", "affectedEntities"))
"""Members without which a record in another member says less than AWS said."""

_decode = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What can be used.

    Attributes:
        documents: JSON texts: the elements, or the object with the whole elements alone.
        count: of elements.
        end: character at which the rest begins.
        cut: the text ends in the middle; else something in it is damaged.
    """

    documents: list[str]
    count: int
    end: int
    cut: bool


def salvaged(text: str) -> Salvaged | None:
    """What can be used of one broken document; None when that is nothing."""
    begin = _skip(text, 0)
    if text[begin : begin + 1] == "[":
        spans, end, cut = _elements(text, begin)
        found = [text[one:other] for one, other in spans]
        return Salvaged(found, len(found), end, cut) if found else None
    if text[begin : begin + 1] == "{":
        return _records(text, begin)
    return None


def _records(text: str, begin: int) -> Salvaged | None:
    """An object with a list of records that is broken there or after it."""
    at = begin + 1
    whole: tuple[int, int] | None = None
    while True:
        try:
            key, at = _decode(text, _skip(text, at))
            at = _skip(text, at)
            if not isinstance(key, str) or text[at : at + 1] != ":":
                break
            at = _skip(text, at + 1)
        except (ValueError, RecursionError):
            break
        try:
            value, end = _decode(text, at)
        except (ValueError, RecursionError):
            if key in _BELONG_TO_RECORDS:
                return None
            if key in RECORD_LISTS and text[at : at + 1] == "[":
                return _with_whole(text, begin, at)
            break
        if key in RECORD_LISTS and isinstance(value, list) and value:
            whole = (end, len(value))
        at = _skip(text, end)
        if text[at : at + 1] != ",":
            break
        at += 1
    if whole is None:
        return None
    end, count = whole
    return Salvaged([f"{text[begin:end]}}}"], count, end, cut=not text[at:].strip())


def _with_whole(text: str, begin: int, at: int) -> Salvaged | None:
    """The object with the whole ones of the elements of the list at `at`."""
    spans, end, cut = _elements(text, at)
    if not spans:
        return None
    whole = ",".join(text[one:other] for one, other in spans)
    return Salvaged([f"{text[begin:at]}[{whole}]}}"], len(spans), end, cut)


def _elements(text: str, begin: int) -> tuple[list[tuple[int, int]], int, bool]:
    """The whole elements of a list that begins there, the place after, whether the text ends."""
    spans: list[tuple[int, int]] = []
    at = _skip(text, begin + 1)
    while at < len(text):
        try:
            _, end = _decode(text, at)
        except json.JSONDecodeError as error:
            return spans, at, _ends(text, error)
        except (ValueError, RecursionError):
            return spans, at, False
        after = _skip(text, end)
        if after < len(text) and text[after] not in ",]":
            return spans, at, False
        spans.append((at, end))
        if after < len(text) and text[after] == "]":
            return spans, after + 1, False
        at = _skip(text, after + 1)
    return spans, len(text), True


def _ends(text: str, error: json.JSONDecodeError) -> bool:
    """The decoder wanted more than there is."""
    return error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at
