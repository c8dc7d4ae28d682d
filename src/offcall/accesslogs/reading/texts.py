"""Texts as Arrow dictionaries: each distinct value of a batch once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from offcall.accesslogs.reading.memory import compiled

__all__ = ["Encoder"]

_DASH = 45


@compiled
def _encode(
    text: Any,
    starts: Any,
    ends: Any,
    rows: int,
    table: Any,
    hashes: Any,
    firsts: Any,
    codes: Any,
    valid: Any,
) -> int:
    """Number the distinct values; `firsts` names a row that has each. How many there are."""
    mask = len(table) - 1
    table[:] = -1
    distinct = 0
    for row in range(rows):
        at, end = starts[row], ends[row]
        size = end - at
        codes[row] = 0
        valid[row] = at >= 0 and not (size == 1 and text[at] == _DASH)
        if not valid[row]:
            continue
        digest = np.uint64(14695981039346656037)
        for place in range(at, end):
            digest = (digest ^ np.uint64(text[place])) * np.uint64(1099511628211)
        digest ^= digest >> np.uint64(32)
        spot = np.int64(digest & np.uint64(mask))
        while True:
            known = table[spot]
            if known < 0:
                table[spot] = distinct
                hashes[distinct] = digest
                firsts[distinct] = row
                codes[row] = distinct
                distinct += 1
                break
            other = firsts[known]
            if hashes[known] == digest and ends[other] - starts[other] == size:
                begin = starts[other]
                same = True
                for place in range(size):
                    if text[begin + place] != text[at + place]:
                        same = False
                        break
                if same:
                    codes[row] = known
                    break
            spot = (spot + 1) & mask
    return distinct


@compiled
def _gather(text: Any, starts: Any, ends: Any, rows: Any, count: int, offsets: Any) -> Any:
    """The texts of these rows one after another, and whether all of them are ASCII."""
    offsets[0] = 0
    for each in range(count):
        row = rows[each]
        offsets[each + 1] = offsets[each] + ends[row] - starts[row]
    out = np.empty(offsets[count], np.uint8)
    seen = np.uint8(0)
    for each in range(count):
        begin = starts[rows[each]]
        to = offsets[each]
        for place in range(offsets[each + 1] - to):
            byte = text[begin + place]
            out[to + place] = byte
            seen |= byte
    return out, seen < 128


class Encoder:
    """Makes dictionaries for batches of at most so many rows; not for two threads at once."""

    def __init__(self, rows: int) -> None:
        self._table = np.empty(1 << (2 * rows - 1).bit_length(), np.int32)
        self._hashes = np.empty(rows, np.uint64)
        self._firsts = np.empty(rows, np.int64)
        self._offsets = np.empty(rows + 1, np.int32)

    def encode(self, text: Any, starts: Any, ends: Any, rows: int) -> pa.DictionaryArray:
        """The values of one column; `-` and what is missing are null.

        Bytes that are no UTF-8 are shown as U+FFFD.
        """
        codes = np.empty(rows, np.int32)
        valid = np.empty(rows, np.bool_)
        count = _encode(
            text, starts, ends, rows, self._table, self._hashes, self._firsts, codes, valid
        )
        values = self._values(text, starts, ends, count)
        mask = None if valid.all() else ~valid
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=mask), values, safe=False)

    def _values(self, text: Any, starts: Any, ends: Any, count: int) -> pa.Array:
        if count == 0:
            return pa.array([], pa.string())
        out, plain = _gather(text, starts, ends, self._firsts, count, self._offsets)
        offsets = self._offsets[: count + 1]
        if not plain:
            whole = out.tobytes()
            return pa.array(
                [whole[begin:end].decode(errors="replace") for begin, end in pairwise(offsets)],
                pa.string(),
            )
        return pa.StringArray.from_buffers(
            count, pa.py_buffer(offsets.tobytes()), pa.py_buffer(out)
        )
