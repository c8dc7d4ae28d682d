"""One chunk of text to one Arrow batch: only the columns that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from offcall.accesslogs.columns import Kind, Table, columns_of
from offcall.accesslogs.formats.cloudfront import HEADER, cloudfront
from offcall.accesslogs.formats.detecting import kind_of
from offcall.accesslogs.formats.model import Format, Part
from offcall.accesslogs.reading.fields import Fields, Numbers
from offcall.accesslogs.reading.splitting import LONG, OPEN, QUOTED, marks, split
from offcall.accesslogs.reading.texts import Encoder
from offcall.core.errors import SourceError

__all__ = ["KEPT", "LONGEST", "TOO_LONG", "TYPES", "Chunk", "Rejected", "Scanner", "schema"]

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.SECONDS: pa.float64(),
    Kind.TIME: pa.timestamp("us"),
}
LONGEST = 1 << 20
"""A line of more bytes is none; the longest that a balancer writes has about a tenth of them."""
TOO_LONG = f"is longer than {LONGEST >> 20} MiB"
KEPT = 1 << 16
"""How much of a rejected line is kept."""
_WHY = {
    OPEN: "a quote is not closed",
    QUOTED: "a quote is missing, or stands where there is none",
    LONG: TOO_LONG,
}
_TAKEN = ("request_processing_time", "target_processing_time", "response_processing_time")


def schema(table: Table, wanted: Sequence[str]) -> pa.Schema:
    """The types of these columns."""
    known = columns_of(table)
    return pa.schema([(name, _type(known[name].kind)) for name in wanted])


def _type(kind: Kind) -> pa.DataType:
    return pa.dictionary(pa.int32(), pa.string()) if kind is Kind.TEXT else TYPES[kind]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no line of its format.

    Attributes:
        line: its number in the file, from 1.
        text: as it is, at most 64 KiB of it.
        reason: for people.
    """

    line: int
    text: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """What became of a chunk.

    Attributes:
        batch: the good lines.
        wrong: how many lines are none.
        rejected: those; to be called before the next chunk is read, if at all: it takes longer
            than all the rest.
        lines: lines that were seen, also blank ones.
        size: the bytes that they are.
    """

    batch: pa.RecordBatch
    wrong: int
    rejected: Callable[[], list[Rejected]]
    lines: int
    size: int


class Scanner:
    """Parses chunks of one file; not for two threads at once."""

    def __init__(self, kind: Format, wanted: Sequence[str], file: str, rows: int) -> None:
        """Rows: how many lines at most are read in one step."""
        self._wanted = tuple(wanted)
        # The name of a file may have bytes that are no UTF-8.
        self._file = file.encode(errors="surrogateescape").decode(errors="replace")
        self._known = columns_of(kind.table)
        self._schema = schema(kind.table, wanted)
        self._rows = rows
        self._lines = np.empty((rows, 3), np.int64)
        self._bad = np.empty((rows, 4), np.int64)
        self._encoder = Encoder(rows)
        self._take(kind)

    def _take(self, kind: Format) -> None:
        """Read what follows as this format."""
        self._kind = kind
        self._lengths = np.zeros(kind.fields + 2, np.bool_)
        self._lengths[list(kind.lengths)] = True
        self._lengths[-1] = kind.more
        self._quoting = marks(kind.quotes)
        wanted = sorted(self._fields())
        self._slots = np.full(kind.fields + 1, -1, np.int64)
        self._slots[wanted] = range(len(wanted))
        self._starts = np.empty((len(wanted), self._rows), np.int32)
        self._ends = np.empty((len(wanted), self._rows), np.int32)

    def _fields(self) -> set[int]:
        found: set[int] = set()
        for name in {*self._wanted, *self._kind.judged}:
            if name in self._kind.places:
                place = self._kind.places[name]
                found.add(place.field)
                if place.part is Part.DATE_AND_TIME:
                    found.add(place.field + 1)
        return found

    def scan(self, text: Any, size: int, line: int) -> Chunk | None:
        """Read whole lines from the beginning of `text[:size]`; the first has number `line`.

        None if there is no whole line.

        Raises:
            SourceError: from here on, the fields are not known.
        """
        if self._kind.header and size and text[0] == ord("#"):
            self._follow(text[:size].tobytes().partition(b"\n"), line)
        rows, wrong, seen, used = split(
            text,
            size,
            self._kind.separator[0],
            self._lengths,
            LONGEST,
            self._quoting,
            self._slots,
            self._starts,
            self._ends,
            self._lines,
            self._bad,
        )
        if seen == 0:
            return None
        fields = Fields(self._kind, text, rows, self._slots, self._starts, self._ends)
        misfits = {name: np.zeros(rows, np.bool_) for name in self._kind.judged}
        numbers = {name: fields.numbers(name, bad) for name, bad in misfits.items()}
        # Without a time a line is in no window: it is not one.
        misfits["time"] |= ~numbers["time"][1]
        bad = np.logical_or.reduce(list(misfits.values()))
        batch = self._batch(fields, numbers)
        misfit = np.flatnonzero(bad).tolist()
        if misfit:
            batch = batch.filter(pa.array(~bad))

        def rejected() -> list[Rejected]:
            found = [
                self._rejected(text, begin, end, line + number, _WHY.get(why, ""))
                for begin, end, number, why in self._bad[:wrong].tolist()
            ]
            for row in misfit:
                begin, end, number = self._lines[row].tolist()
                name = next(name for name, marked in misfits.items() if marked[row])
                value = fields.value(name, row).decode(errors="replace")
                kind = "a time" if self._known[name].kind is Kind.TIME else "a number"
                reason = f"{name}: {value!r} is not {kind}"
                found.append(self._rejected(text, begin, end, line + number, reason))
            return sorted(found, key=lambda one: one.line)

        return Chunk(batch, wrong + len(misfit), rejected, seen, used)

    def _rejected(self, text: Any, begin: int, end: int, line: int, reason: str) -> Rejected:
        content = text[begin : min(end, begin + KEPT)].tobytes()
        other = kind_of(content)
        if other is not None and other.name != self._kind.name:
            reason = f"looks like a line of another format ({other.title})"
        elif not reason:
            reason = f"has not as many fields as a line of {self._kind.title} has"
        return Rejected(line, content, reason)

    def _follow(self, parts: tuple[bytes, bytes, bytes], line: int) -> None:
        """Several files in one have several headers, perhaps with other fields."""
        header, newline, _ = parts
        header = header.rstrip()
        if newline and header.startswith(HEADER) and header != self._kind.header:
            kind = cloudfront(header)
            if kind is None:
                raise SourceError(f"the header in line {line:,} has no date and time in it")
            self._take(kind)

    def _batch(self, fields: Fields, numbers: dict[str, Numbers]) -> pa.RecordBatch:
        if not self._wanted:
            # A batch without columns has no rows; only the count is wanted.
            return pa.RecordBatch.from_struct_array(pa.array([{}] * fields.rows, pa.struct([])))
        arrays = [self._array(name, fields, numbers) for name in self._wanted]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _array(self, name: str, fields: Fields, numbers: dict[str, Numbers]) -> pa.Array:
        column = self._known[name]
        if name in ("log", "file"):
            value = self._kind.name if name == "log" else self._file
            codes = np.zeros(fields.rows, np.int32)
            return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array([value]))
        if name == "second":
            return pa.array(numbers["time"][0] // 1_000_000)
        if name not in self._kind.places:
            if name == "total_time" and all(one in numbers for one in _TAKEN):
                return _total([numbers[one] for one in _TAKEN], fields.rows)
            return pa.nulls(fields.rows, _type(column.kind))
        if column.kind is Kind.TEXT:
            return self._encoder.encode(*fields.slice(name), fields.rows)
        # Not judged: what is no number there is none, and the line stays.
        found = numbers.get(name) or fields.numbers(name, np.zeros(fields.rows, np.bool_))
        values, valid = found
        array = pa.array(values, mask=None if valid.all() else ~valid)
        return array.view(TYPES[column.kind])


def _total(parts: list[Numbers], rows: int) -> pa.Array:
    """The sum of what is known, to the microsecond; null if nothing is."""
    total = np.zeros(rows, np.float64)
    any_valid = np.zeros(rows, np.bool_)
    for values, valid in parts:
        total += values
        any_valid |= valid
    return pa.array(np.round(total, 6), mask=~any_valid)
