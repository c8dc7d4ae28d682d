"""Lines and their fields: where each begins and ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from offcall.accesslogs.reading.memory import compiled, find

__all__ = ["COUNT", "LONG", "OPEN", "QUOTED", "Marks", "marks", "split"]

OPEN, COUNT, QUOTED, LONG = 1, 2, 3, 4
"""Why a line is none: a quote is not closed; it has a number of fields that no version has; it has
quotes where no version has any, or none where all have some; it is too long."""

_QUOTE, _RETURN, _NEWLINE, _HASH = 34, 13, 10, 35
_MARKED = 63
"""Of how many fields, at most, it is judged whether they are in quotes."""

Marks = tuple[bool, Any, Any]


def marks(quotes: str | None) -> Marks:
    """For `split`: whether quotes mean anything; a bit for each field in them; for each judged."""
    text = (quotes or "")[:_MARKED]
    must = sum(1 << place for place, mark in enumerate(text) if mark == '"')
    judged = sum(1 << place for place, mark in enumerate(text) if mark != "?")
    return quotes is not None, np.uint64(must), np.uint64(judged)


@compiled
def split(
    text: Any,
    size: int,
    separator: int,
    lengths: Any,
    longest: int,
    quoting: Any,
    slots: Any,
    starts: Any,
    ends: Any,
    lines: Any,
    bad: Any,
) -> tuple[int, int, int, int]:
    """Split the whole lines in `text[:size]`.

    A field that begins with a quote ends at a quote before a separator or the end of the line;
    AWS writes a quote inside as `\\x22`. Blank lines are passed over, and in a file whose fields
    are separated by tabs those that begin with `#`: such a line is always the first of its step,
    so that the caller sees it. A field that a shorter line does not have begins at -1.

    Args:
        text: bytes.
        size: how many of them.
        separator: the byte between fields.
        lengths: bool[k]: whether a line of so many fields is known; the last stands for more.
        longest: how many bytes a line may have.
        quoting: of `marks`.
        slots: int[f]: in which row of `starts` and `ends` a field is wanted, or -1. The last
            stands for everything after the fields before it.
        starts, ends: int32[slots, rows]: filled in.
        lines: int64[rows, 3]: filled in: begin, end, number (from 0) of each good line.
        bad: int64[rows, 4]: filled in: begin, end, number, reason of each bad one.

    Returns:
        Good lines, bad lines, lines seen in all, and the bytes that they are; it stops when
        `lines` or `bad` is full.
    """
    here = row = wrong = number = 0
    last = len(lengths) - 1
    rest = len(slots) - 1
    room = min(len(lines), len(bad))
    quotes, must, judged = quoting
    one = np.uint64(1)
    while here < size and row < room and wrong < room:
        line_end = find(text, _NEWLINE, here, size)
        if line_end == size:
            break
        end = line_end
        if end > here and text[end - 1] == _RETURN:
            end -= 1
        if end == here or (separator == 9 and text[here] == _HASH):
            if end > here and number > 0:
                break
            here = line_end + 1
            number += 1
            continue
        at = here
        field = reason = 0
        seen = np.uint64(0)
        if end - here > longest:
            at = end
            reason = LONG
        while at < end:
            if text[at] == _QUOTE and quotes:
                if field < _MARKED:
                    seen |= one << np.uint64(field)
                start = at + 1
                stop = find(text, _QUOTE, start, end)
                while stop < end - 1 and text[stop + 1] != separator:
                    stop = find(text, _QUOTE, stop + 1, end)
                if stop == end:
                    reason = OPEN
                    break
                following = stop + 2
            else:
                start = at
                stop = find(text, separator, at, end)
                following = stop + 1
            if field < rest:
                if slots[field] >= 0:
                    starts[slots[field], row] = start
                    ends[slots[field], row] = stop
            elif field == rest and slots[rest] >= 0:
                starts[slots[rest], row] = at
                ends[slots[rest], row] = end
            field += 1
            at = following
        if reason == 0:
            # Bits of the fields that the line has.
            here_too = (one << np.uint64(min(field, _MARKED))) - one
            if not lengths[min(field, last)]:
                reason = COUNT
            elif (seen ^ must) & judged & here_too != 0:
                reason = QUOTED
        if reason != 0:
            bad[wrong, 0] = here
            bad[wrong, 1] = end
            bad[wrong, 2] = number
            bad[wrong, 3] = reason
            wrong += 1
        else:
            for missing in range(field, rest + 1):
                if slots[missing] >= 0:
                    starts[slots[missing], row] = -1
                    ends[slots[missing], row] = -1
            lines[row, 0] = here
            lines[row, 1] = end
            lines[row, 2] = number
            row += 1
        here = line_end + 1
        number += 1
    return row, wrong, number, here
