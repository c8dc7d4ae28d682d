"""One chunk of text to one Arrow batch: only the columns that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa

from offcall.accesslogs.columns import Kind, Table, columns_of
from offcall.accesslogs.formats.model import Format
from offcall.accesslogs.reading.lines import Lines
from offcall.accesslogs.reading.numbers import bits, whole_seconds
from offcall.accesslogs.reading.texts import Encoder

__all__ = ["TYPES", "Batches", "schema"]

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.SECONDS: pa.float64(),
    Kind.TIME: pa.timestamp("us"),
}


def schema(table: Table, wanted: Sequence[str]) -> pa.Schema:
    """The types of these columns."""
    known = columns_of(table)
    return pa.schema([(name, _type(known[name].kind)) for name in wanted])


def _type(kind: Kind) -> pa.DataType:
    return pa.dictionary(pa.int32(), pa.string()) if kind is Kind.TEXT else TYPES[kind]


class Batches:
    """Makes batches of the lines of one file; not for two threads at once."""

    def __init__(self, kind: Format, wanted: Sequence[str], file: str, rows: int) -> None:
        """Rows: how many lines at most become one batch."""
        self._wanted = tuple(wanted)
        # The name of a file may have bytes that are no UTF-8.
        self._file = file.encode(errors="surrogateescape").decode(errors="replace")
        self._schema = schema(kind.table, wanted)
        self._encoder = Encoder(rows)

    def take(self, lines: Lines) -> pa.RecordBatch:
        """The good lines."""
        if self._wanted:
            arrays = [self._array(name, lines) for name in self._wanted]
            batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        else:
            # A batch without columns has no rows; only the count is wanted.
            batch = pa.RecordBatch.from_struct_array(pa.array([{}] * lines.rows, pa.struct([])))
        if lines.misfits:
            good = bits(lines.marks, lines.rows, of=False)
            assert good is not None
            batch = batch.filter(_array(pa.bool_(), lines.rows, good))
        return batch

    def _array(self, name: str, lines: Lines) -> pa.Array:
        rows = lines.rows
        column = lines.known[name]
        if name in ("log", "file"):
            value = lines.kind.name if name == "log" else self._file
            codes = _array(pa.int32(), rows, bytes(4 * rows))
            return pa.DictionaryArray.from_arrays(codes, pa.array([value]))
        if name == "second":
            seconds = memoryview(bytearray(8 * rows)).cast("q")
            whole_seconds(lines.numbers("time")[0], rows, seconds)
            return _array(pa.int64(), rows, seconds)
        if name not in lines.kind.places and name != "total_time":
            return pa.nulls(rows, _type(column.kind))
        if column.kind is Kind.TEXT:
            return self._text(name, lines)
        values, valid = lines.numbers(name)
        return _array(TYPES[column.kind], rows, bytes(values[:rows]), bits(valid, rows))

    def _text(self, name: str, lines: Lines) -> pa.DictionaryArray:
        """The values of one column; `-` and what is missing are null.

        Bytes that are no UTF-8 are shown as U+FFFD.
        """
        part, rows = lines.slice(name), lines.rows
        codes, valid = memoryview(bytearray(4 * rows)).cast("i"), bytearray(rows)
        count = self._encoder.encode(*part, rows, codes, valid)
        offsets, text, plain = self._encoder.values(*part, count)
        if plain:
            values = _array(pa.string(), count, text, None, offsets)
        else:
            places = memoryview(offsets).cast("i")
            values = pa.array(
                [text[begin:end].decode(errors="replace") for begin, end in pairwise(places)],
                pa.string(),
            )
        indices = _array(pa.int32(), rows, codes, bits(valid, rows))
        return pa.DictionaryArray.from_arrays(indices, values, safe=False)


def _array(
    kind: pa.DataType,
    rows: int,
    values: bytes | memoryview,
    valid: bytes | None = None,
    offsets: bytes | None = None,
) -> pa.Array:
    between = () if offsets is None else (pa.py_buffer(offsets),)
    mask = None if valid is None else pa.py_buffer(valid)
    return pa.Array.from_buffers(kind, rows, [mask, *between, pa.py_buffer(values)])
