"""Run the reader, and compare it with the reference."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from offcall.accesslogs.columns import CONNECTIONS, REQUESTS, TABLES
from offcall.accesslogs.reading.lines import Rejected
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.stream import File, read
from tests.accesslogs import reference

ALL = {"requests": [one.name for one in REQUESTS], "connections": [one.name for one in CONNECTIONS]}


@dataclass
class Found:
    """What the reader said."""

    tally: Tally
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejected: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)


class Recording(Tally):
    """A tally that keeps every rejected line."""

    def __init__(self) -> None:
        super().__init__()
        self.all: dict[str, list[tuple[int, bytes]]] = {}

    def count(
        self,
        file: str,
        *,
        lines: int = 0,
        size: int = 0,
        wrong: int = 0,
        rejected: Callable[[], Sequence[Rejected]] = list,
    ) -> None:
        made = rejected()
        assert len(made) == wrong
        super().count(file, lines=lines, size=size, wrong=wrong, rejected=lambda: made)
        self.all.setdefault(file, []).extend((one.line, one.text) for one in made)


def in_memory(name: str, content: bytes) -> File:
    return File(name, lambda: io.BytesIO(content), len(content))


def rows_of(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    columns = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        plain = column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
        columns[name] = plain.to_pylist()
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def run(
    files: Sequence[File],
    wanted: dict[str, list[str]] = ALL,
    threads: int = 1,
) -> Found:
    """Everything; rows by the name of their file, if that is wanted, or by ''."""
    found = Found(tally := Recording())
    for table, batch in read(files, wanted, tally, threads=threads):  # type: ignore[arg-type]
        batch.validate(full=True)
        found.tables.add(table)
        for row in rows_of(batch):
            found.rows.setdefault(row.pop("file", ""), []).append(row)
    found.rejected = {name: lines for name, lines in tally.all.items() if lines}
    return found


def check(found: Found, name: str, content: bytes) -> None:
    """The reader said of this file what the reference says."""
    expected = reference.read(content)
    if expected.kind is None:
        assert name not in found.rows
        return
    every = {one.name for one in TABLES[expected.table]} - {"file"}  # type: ignore[index]
    rows = [{**dict.fromkeys(every), **row} for row in expected.rows]
    assert found.rows.get(name, []) == rows
    assert found.rejected.get(name, []) == expected.rejected


def zipped(content: bytes) -> bytes:
    return gzip.compress(content, 1, mtime=0)
