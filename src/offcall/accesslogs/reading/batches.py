"""One chunk of text to one Arrow batch: only the columns that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from offcall.accesslogs.columns import Kind, columns_of
from offcall.accesslogs.formats.detecting import kind_of
from offcall.accesslogs.formats.model import Format, Part
from offcall.accesslogs.reading.addresses import address, request
from offcall.accesslogs.reading.numbers import integers, seconds, times
from offcall.accesslogs.reading.routes import EXTRA, route
from offcall.accesslogs.reading.splitting import QUOTE, split
from offcall.accesslogs.reading.texts import Encoder

__all__ = ["TYPES", "Chunk", "Rejected", "Scanner", "schema"]

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.SECONDS: pa.float64(),
    Kind.TIME: pa.timestamp("us"),
}
_TAKEN = ("request_processing_time", "target_processing_time", "response_processing_time")
_URL = {
    Part.METHOD: 0,
    Part.SCHEME: 1,
    Part.URL_HOST: 2,
    Part.URL_PORT: 3,
    Part.PATH: 4,
    Part.QUERY: 5,
    Part.VERSION: 6,
}
_ADDRESS = {Part.HOST: 0, Part.PORT: 1}
_KEPT = 65_536
"""How much of a rejected line is kept."""

Slice = tuple[Any, Any, Any]
"""A text, and where each row's part of it begins and ends."""


def schema(table: Any, wanted: Sequence[str]) -> pa.Schema:
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


@dataclass(slots=True)
class Chunk:
    """What became of a chunk: good lines as a batch, bad ones, lines and bytes that were seen."""

    batch: pa.RecordBatch
    rejected: list[Rejected] = field(default_factory=list)
    lines: int = 0
    size: int = 0


class Scanner:
    """Parses chunks of one format; not for two threads at once."""

    def __init__(self, kind: Format, wanted: Sequence[str], file: str, rows: int) -> None:
        """Rows: how many lines at most are read in one step."""
        self._kind = kind
        self._wanted = tuple(wanted)
        self._file = file
        self._known = columns_of(kind.table)
        self._schema = schema(kind.table, wanted)
        self._lengths = np.zeros(kind.fields + 2, np.bool_)
        self._lengths[list(kind.lengths)] = True
        self._lengths[-1] = kind.more
        self._slots = np.full(kind.fields + 1, -1, np.int64)
        for number, one in enumerate(sorted(self._fields())):
            self._slots[one] = number
        count = max(len(self._fields()), 1)
        self._starts = np.empty((count, rows), np.int32)
        self._ends = np.empty((count, rows), np.int32)
        self._lines = np.empty((rows, 2), np.int64)
        self._bad = np.empty((rows, 4), np.int64)
        self._encoder = Encoder(rows)

    def _fields(self) -> set[int]:
        names = {*self._wanted, *self._kind.judged}
        if "total_time" in names:
            names.update(_TAKEN)
        found: set[int] = set()
        for name in names:
            if name in self._kind.places:
                place = self._kind.places[name]
                found.add(place.field)
                if place.part is Part.DATE_AND_TIME:
                    found.add(place.field + 1)
        return found

    def scan(self, text: Any, size: int, line: int) -> Chunk:
        """Read the whole lines in `text[:size]`, which begins with line number `line`."""
        rows, wrong, seen, used = split(
            text,
            size,
            self._kind.separator[0],
            self._lengths,
            self._slots,
            self._starts,
            self._ends,
            self._lines,
            self._bad,
        )
        rejected = [
            Rejected(
                line + int(number),
                text[begin : min(end, begin + _KEPT)].tobytes(),
                self._reason(reason, text, begin, end),
            )
            for begin, end, number, reason in self._bad[:wrong]
        ]
        return self._columns(text, rows, line, rejected, seen, used)

    def _reason(self, reason: int, text: Any, begin: int, end: int) -> str:
        if reason == QUOTE:
            return "a quote is not closed"
        head = text[begin : min(end, begin + 200)].tobytes()
        other = kind_of(head)
        if other is not None and other.name != self._kind.name:
            return f"looks like a line of another format ({other.title})"
        return f"has not as many fields as a line of {self._kind.title} has"

    def _columns(
        self, text: Any, rows: int, line: int, rejected: list[Rejected], seen: int, used: int
    ) -> Chunk:
        work = _Work(self, text, rows)
        bad = np.zeros(rows, np.bool_)
        numbers = {name: work.number(name, bad) for name in self._kind.judged}
        # Without a time a line is in no window: it is not one.
        bad |= ~numbers["time"][1]
        arrays = [self._array(name, work, numbers, bad) for name in self._wanted]
        if rows and not len(arrays):
            # A batch without columns has no rows; only the count is wanted.
            batch = pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))
        else:
            batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        if bad.any():
            for row in np.flatnonzero(bad):
                begin = int(self._lines[row, 0])
                end = begin + bytes(text[begin : begin + _KEPT]).find(b"\n")
                rejected.append(
                    Rejected(
                        line + int(self._lines[row, 1]),
                        text[begin:end].tobytes().rstrip(b"\r"),
                        self._misfit(work, int(row)),
                    )
                )
            rejected.sort(key=lambda one: one.line)
            batch = batch.filter(pa.array(~bad))
        return Chunk(batch, rejected, seen, used)

    def _misfit(self, work: _Work, row: int) -> str:
        for name in self._kind.judged:
            bad = np.zeros(row + 1, np.bool_)
            _, valid = work.number(name, bad, row + 1)
            if bad[row] or (name == "time" and not valid[row]):
                text, starts, ends = work.slice(name)
                value = text[starts[row] : min(ends[row], starts[row] + 80)].tobytes()
                kind = "a time" if self._known[name].kind is Kind.TIME else "a number"
                return f"{name}: {value.decode(errors='replace')!r} is not {kind}"
        raise AssertionError("a bad row has a bad value")

    def _array(
        self, name: str, work: _Work, numbers: dict[str, tuple[Any, Any]], bad: Any
    ) -> pa.Array:
        column = self._known[name]
        if name in ("log", "file"):
            value = self._kind.name if name == "log" else self._file
            codes = np.zeros(work.rows, np.int32)
            return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array([value]))
        if name == "second":
            return pa.array(numbers["time"][0] // 1_000_000)
        if name == "total_time":
            return _total([numbers[one] for one in _TAKEN if one in numbers], work.rows)
        if name not in self._kind.places:
            return pa.nulls(work.rows, _type(column.kind))
        if column.kind is Kind.TEXT:
            return self._encoder.encode(*work.slice(name), work.rows)
        if name not in numbers:
            # Not judged: what is no number there is none, and the line stays.
            numbers[name] = work.number(name, np.zeros(work.rows, np.bool_))
        values, valid = numbers[name]
        array = pa.array(values, mask=None if valid.all() else ~valid)
        return array.view(TYPES[column.kind])


def _total(parts: list[tuple[Any, Any]], rows: int) -> pa.Array:
    """The sum of what is known, to the microsecond; null if nothing is."""
    total = np.zeros(rows, np.float64)
    any_valid = np.zeros(rows, np.bool_)
    for values, valid in parts:
        total += values
        any_valid |= valid
    return pa.array(np.round(total, 6), mask=~any_valid)


class _Work:
    """The parts of one chunk's fields, each made once."""

    def __init__(self, scanner: Scanner, text: Any, rows: int) -> None:
        self._scanner = scanner
        self._text = text
        self.rows = rows
        self._urls: dict[int, tuple[Any, Any]] = {}
        self._addresses: dict[int, tuple[Any, Any]] = {}
        self._routes: dict[int, Slice] = {}

    def _field(self, number: int) -> tuple[Any, Any]:
        slot = self._scanner._slots[number]
        return self._scanner._starts[slot], self._scanner._ends[slot]

    def slice(self, name: str) -> Slice:
        """Where a column's text stands."""
        place = self._scanner._kind.places[name]
        starts, ends = self._field(place.field)
        if place.part in _URL:
            if place.field not in self._urls:
                self._urls[place.field] = self._parts(request, starts, ends, 7)
            parts = self._urls[place.field]
            return self._text, parts[0][_URL[place.part]], parts[1][_URL[place.part]]
        if place.part in _ADDRESS:
            if place.field not in self._addresses:
                self._addresses[place.field] = self._parts(address, starts, ends, 2)
            parts = self._addresses[place.field]
            return self._text, parts[0][_ADDRESS[place.part]], parts[1][_ADDRESS[place.part]]
        if place.part is Part.ROUTE:
            if place.field not in self._routes:
                self._routes[place.field] = self._route(*self.slice("path"))
            return self._routes[place.field]
        if place.part is Part.DATE_AND_TIME:
            return self._text, starts, self._field(place.field + 1)[1]
        return self._text, starts, ends

    def _parts(self, function: Any, starts: Any, ends: Any, count: int) -> tuple[Any, Any]:
        begins = np.empty((count, self.rows), np.int32)
        stops = np.empty((count, self.rows), np.int32)
        function(self._text, starts, ends, self.rows, begins, stops)
        return begins, stops

    def _route(self, text: Any, starts: Any, ends: Any) -> Slice:
        size = int((ends[: self.rows].astype(np.int64) - starts[: self.rows]).sum())
        out = np.empty(EXTRA * size + 16 * self.rows + 16, np.uint8)
        begins = np.empty(self.rows, np.int32)
        stops = np.empty(self.rows, np.int32)
        route(text, starts, ends, self.rows, out, begins, stops)
        return out, begins, stops

    def number(self, name: str, bad: Any, rows: int | None = None) -> tuple[Any, Any]:
        """A column's values, and which of them there are; marks bad rows."""
        rows = self.rows if rows is None else rows
        text, starts, ends = self.slice(name)
        place = self._scanner._kind.places[name]
        kind = self._scanner._known[name].kind
        valid = np.empty(rows, np.bool_)
        if kind is Kind.SECONDS:
            values = np.empty(rows, np.float64)
            unit = 1000.0 if place.part is Part.MILLISECONDS else 1.0
            seconds(text, starts, ends, rows, unit, values, valid, bad)
        else:
            values = np.empty(rows, np.int64)
            read = times if kind is Kind.TIME else integers
            read(text, starts, ends, rows, values, valid, bad)
        return values, valid
