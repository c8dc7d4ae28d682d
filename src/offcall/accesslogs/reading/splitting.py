"""Lines and their fields: where each begins and ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from offcall.accesslogs.reading.memory import compiled, find

__all__ = ["FEW", "QUOTE", "split"]

QUOTE, FEW = 1, 2
"""Why a line is none: a quote that is not closed; a number of fields that no version has."""

_QUOTE, _RETURN, _NEWLINE, _HASH = 34, 13, 10, 35


@compiled
def split(
    text: Any,
    size: int,
    separator: int,
    lengths: Any,
    slots: Any,
    starts: Any,
    ends: Any,
    lines: Any,
    bad: Any,
) -> tuple[int, int, int, int]:
    """Split the whole lines in `text[:size]`.

    A field that begins with a quote ends at a quote before a separator or the end of the line;
    AWS writes a quote inside as `\\x22`. Blank lines, and those that begin with `#`, are passed
    over. A field that a shorter line does not have begins at -1.

    Args:
        text: bytes.
        size: how many of them.
        separator: the byte between fields; a space, or a tab if nothing is quoted.
        lengths: bool[k]: whether a line of so many fields is known; the last stands for more.
        slots: int[f]: in which row of `starts` and `ends` a field is wanted, or -1. The last
            stands for everything after the fields before it.
        starts, ends: int32[slots, rows]: filled in.
        lines: int64[rows, 2]: filled in: where each line begins, and its number, from 0.
        bad: int64[rows, 4]: filled in: begin, end, number, reason.

    Returns:
        Good lines, bad lines, lines seen in all, and the bytes that they are; it stops when
        `lines` or `bad` is full.
    """
    here = row = wrong = number = 0
    last = len(lengths) - 1
    rest = len(slots) - 1
    room = min(len(lines), len(bad))
    while here < size and row < room and wrong < room:
        line_end = find(text, _NEWLINE, here, size)
        if line_end == size:
            break
        end = line_end
        if end > here and text[end - 1] == _RETURN:
            end -= 1
        if end == here or text[here] == _HASH:
            here = line_end + 1
            number += 1
            continue
        at = here
        field = reason = 0
        while at < end:
            if text[at] == _QUOTE and separator == 32:
                start = at + 1
                stop = find(text, _QUOTE, start, end)
                while stop < end - 1 and text[stop + 1] != separator:
                    stop = find(text, _QUOTE, stop + 1, end)
                if stop == end:
                    reason = QUOTE
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
        if reason == 0 and not lengths[min(field, last)]:
            reason = FEW
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
            lines[row, 1] = number
            row += 1
        here = line_end + 1
        number += 1
    return row, wrong, number, here
