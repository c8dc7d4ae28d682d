"""Files to batches: several at a time, in bounded memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from offcall.accesslogs.columns import Table
from offcall.accesslogs.formats.detecting import PROBE, detect
from offcall.accesslogs.formats.model import Format
from offcall.accesslogs.reading.batches import Scanner
from offcall.accesslogs.reading.buffer import Buffer
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.unzipping import pieces
from offcall.core.errors import SourceError

__all__ = ["File", "read"]

_ROWS = 1 << 14
_LOOKED_AT = 20
"""Lines that tell the format of a file."""
_WAITING = 8
"""Batches that wait for whoever asked: they bound the memory."""

Open = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: its name for people, and how to open it."""

    name: str
    open: Open
    size: int | None = None


def read(
    files: Sequence[File],
    wanted: dict[Table, Sequence[str]],
    tally: Tally,
    *,
    threads: int,
    done: Callable[[File], object] = lambda _: None,
) -> Iterator[tuple[Table, pa.RecordBatch]]:
    """The lines of all files as batches of the wanted columns; in no order between files.

    Files that cannot be read, and lines that are none, are in `tally`, and the rest goes on.

    Args:
        wanted: the columns of each table; lines of a table that is not named are only counted.
        done: called for each file that was read.
    """
    ready: queue.Queue[tuple[Table, pa.RecordBatch] | BaseException | None] = queue.Queue(_WAITING)
    stop = threading.Event()

    def give(one: tuple[Table, pa.RecordBatch] | BaseException | None) -> bool:
        """False: no one waits for it any more."""
        while not stop.is_set():
            try:
                ready.put(one, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work(file: File) -> None:
        try:
            if not all(map(give, _read_one(file, wanted, tally))):
                return
        except (OSError, SourceError) as error:
            tally.missing(file.name, _readable(error, file.name))
        done(file)

    def drive() -> None:
        outcome: BaseException | None = None
        with ThreadPoolExecutor(threads, thread_name_prefix="accesslogs") as pool:
            for future in [pool.submit(work, file) for file in files]:
                outcome = future.exception() or outcome
        give(outcome)

    driver = threading.Thread(target=drive, name="accesslogs", daemon=True)
    driver.start()
    try:
        while (one := ready.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one
    finally:
        stop.set()
        driver.join()
        tally.close()


def _readable(error: OSError | SourceError, name: str) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return error.message.removeprefix(f"{name}: ")


def _read_one(
    file: File, wanted: dict[Table, Sequence[str]], tally: Tally
) -> Iterator[tuple[Table, pa.RecordBatch]]:
    buffer = Buffer()
    scanner: Scanner | None = None
    kind: Format | None = None
    with file.open() as opened:
        for size in buffer.fill(pieces(opened, file.name)):
            tally.count(file.name, size=size)
            if kind is None or scanner is None:
                head = buffer.first_lines(_LOOKED_AT)
                kind = detect(head)
                if kind is None:
                    if head or buffer.damage is None:
                        _unknown(file, head, tally)
                    break
                tally.read(kind.name)
                scanner = Scanner(kind, wanted.get(kind.table, ()), file.name, _ROWS)
            for chunk in buffer.chunks(scanner):
                tally.count(
                    file.name, lines=chunk.lines, wrong=chunk.wrong, rejected=chunk.rejected
                )
                if kind.table in wanted and chunk.batch.num_rows:
                    yield kind.table, chunk.batch
            if too_long := buffer.let_go():
                tally.count(file.name, lines=1, wrong=1, rejected=too_long.copy)
    if buffer.damage is not None:
        reason = _readable(buffer.damage, file.name)
        tally.missing(file.name, f"{reason} (after line {buffer.line - 1:,})")


def _unknown(file: File, head: list[bytes], tally: Tally) -> None:
    """It has no lines, or is no log."""
    if not head or head[0].startswith(PROBE):
        tally.read("empty")
        return
    tally.read("unknown")
    tally.missing(file.name, f"is no known kind of log; it begins with {head[0][:80]!r}")
