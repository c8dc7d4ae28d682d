"""Paths as routes: ids, hashes, dates and addresses become placeholders.

The rules look at one segment at a time, and `offcall.accesslogs.routes` says the same rules as
regular expressions, for engines that read the logs themselves; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from offcall.accesslogs.reading.memory import compiled, find

__all__ = ["EXTRA", "route"]

EXTRA = 5
"""How many times as long as a path its route can be (`/1` becomes `/{id}`), with room."""

_ID, _UUID, _DATE, _EMAIL, _HASH, _TOKEN = range(6)
_PLACEHOLDERS = np.frombuffer(b"{id}   {uuid} {date} {email}{hash} {token}", np.uint8)
_WIDTH = 7
_LENGTHS = np.array([4, 6, 6, 7, 6, 7])

_SLASH, _DOT, _DASH, _AT, _PERCENT, _SEMICOLON = 47, 46, 45, 64, 37, 59
_DIGIT, _HEX, _UPPER, _LOWER, _OTHER = 1, 2, 4, 8, 16


def _kinds() -> Any:
    """What each byte is: a digit is also hexadecimal."""
    kinds = np.full(256, _OTHER, np.uint8)
    kinds[48:58] = _DIGIT | _HEX
    kinds[65:91] = _UPPER
    kinds[97:123] = _LOWER
    kinds[65:71] |= _HEX
    kinds[97:103] |= _HEX
    return kinds


_KIND = _kinds()
_IN_SEGMENT = _kinds()
_IN_SEGMENT[[_DASH, 95]] = 0  # dashes and underscores are in names and in tokens alike


@compiled
def _put(out: Any, to: int, which: int) -> int:
    for place in range(_LENGTHS[which]):
        out[to + place] = _PLACEHOLDERS[which * _WIDTH + place]
    return to + int(_LENGTHS[which])


@compiled
def _copy(text: Any, at: int, end: int, out: Any, to: int) -> int:
    for place in range(end - at):
        out[to + place] = text[at + place]
    return to + end - at


@compiled
def _any_digit(text: Any, at: int, end: int) -> bool:
    for place in range(at, end):
        if 48 <= text[place] <= 57:
            return True
    return False


@compiled
def _is_uuid(text: Any, at: int, end: int) -> bool:
    if end - at != 36:
        return False
    for place in range(36):
        byte = text[at + place]
        if place in (8, 13, 18, 23):
            if byte != _DASH:
                return False
        elif _KIND[byte] & _HEX == 0:
            return False
    return True


@compiled
def _is_date(text: Any, at: int, end: int) -> bool:
    if end - at != 10 or text[at + 4] != _DASH or text[at + 7] != _DASH:
        return False
    for place in (0, 1, 2, 3, 5, 6, 8, 9):
        if _KIND[text[at + place]] & _DIGIT == 0:
            return False
    return True


@compiled
def _is_hex(text: Any, at: int) -> bool:
    return bool(_KIND[text[at]] & _HEX != 0)


@compiled
def _is_email(text: Any, at: int, end: int) -> bool:
    """`bob%2Btag%40example.com`: @, or %40, once; before it no other % than of `%` and two digits;
    after it none, and a dot that is neither the first nor the last."""
    place = at
    while place < end and text[place] != _AT:
        if text[place] == _PERCENT:
            if place + 2 >= end or not (_is_hex(text, place + 1) and _is_hex(text, place + 2)):
                return False
            if text[place + 1] == 52 and text[place + 2] == 48:
                break
            place += 2
        place += 1
    if place == at or place >= end:
        return False
    domain = place + (1 if text[place] == _AT else 3)
    for place in range(domain, end):
        if text[place] in (_AT, _PERCENT):
            return False
    dot = find(text, _DOT, domain + 1, end) if domain + 1 < end else end
    return dot < end - 1


@compiled
def _segment(text: Any, at: int, end: int, out: Any, to: int) -> int:
    """Write one segment, or what stands for it; the new end of `out`."""
    if end == at:
        return to
    places = 0
    seen = 0
    for place in range(at, end):
        kind = _IN_SEGMENT[text[place]]
        places |= kind
        seen += kind & _HEX
    seen //= _HEX
    places &= ~_HEX
    size = end - at
    if places == _DIGIT and seen == size:
        return _put(out, to, _ID)
    if _is_uuid(text, at, end):
        return _put(out, to, _UUID)
    if _is_date(text, at, end):
        return _put(out, to, _DATE)
    if places & _OTHER != 0 and _is_email(text, at, end):
        return _put(out, to, _EMAIL)
    digits = places & _DIGIT != 0
    if size >= 8 and seen == size and digits:
        return _put(out, to, _HASH)
    if places & _OTHER == 0 and digits and places & _UPPER != 0:
        if size >= 16 and places & _LOWER != 0:
            return _put(out, to, _TOKEN)
        if size >= 20 and places == _DIGIT | _UPPER and _only_letters_and_digits(text, at, end):
            return _put(out, to, _TOKEN)
    if places & _OTHER != 0 and digits:
        return _file(text, at, end, out, to)
    return _copy(text, at, end, out, to)


@compiled
def _only_letters_and_digits(text: Any, at: int, end: int) -> bool:
    for place in range(at, end):
        if _KIND[text[place]] == _OTHER:
            return False
    return True


@compiled
def _file(text: Any, at: int, end: int, out: Any, to: int) -> int:
    """`17.json`, `app.3f9c2a1b.js`: the number or the hash in the name of a file."""
    dot = find(text, _DOT, at, end)
    if dot == end:
        return _copy(text, at, end, out, to)
    number = dot > at
    for place in range(at, dot):
        number = number and 48 <= text[place] <= 57
    if number and dot + 1 < end:
        for place in range(dot + 1, end):
            number = number and _KIND[text[place]] & (_UPPER | _LOWER) != 0
        if number:
            return _copy(text, dot, end, out, _put(out, to, _ID))
    # The last piece before a dot that is a hash, after a dot or a dash; after it are only letters,
    # digits and dots.
    stop = end - 1
    while stop > at and (text[stop] == _DOT or _KIND[text[stop]] != _OTHER):
        if text[stop] == _DOT and stop + 1 < end:
            start = stop
            while start > at and _KIND[text[start - 1]] & _HEX != 0:
                start -= 1
            if (
                stop - start >= 8
                and start > at + 1
                and text[start - 1] in (_DOT, _DASH)
                and _any_digit(text, start, stop)
            ):
                to = _copy(text, at, start, out, to)
                return _copy(text, stop, end, out, _put(out, to, _HASH))
        stop -= 1
    return _copy(text, at, end, out, to)


@compiled
def route(
    text: Any, starts: Any, ends: Any, rows: int, out: Any, out_starts: Any, out_ends: Any
) -> None:
    """Write the route of every path to `out`; what follows a `;` in a segment is left out.

    Args:
        out: bytes, `EXTRA` times as many as all the paths have.
        out_starts, out_ends: where in `out` each route stands; -1 where there is no path.
    """
    to = 0
    for row in range(rows):
        at, end = starts[row], ends[row]
        if at < 0:
            out_starts[row] = -1
            out_ends[row] = -1
            continue
        out_starts[row] = to
        while at <= end:
            slash = find(text, _SLASH, at, end) if at < end else end
            stop = find(text, _SEMICOLON, at, slash) if at < slash else slash
            to = _segment(text, at, stop, out, to)
            if slash < end:
                out[to] = _SLASH
                to += 1
            at = slash + 1
        out_ends[row] = to
