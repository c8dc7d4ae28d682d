"""Files to lines: several at a time, in bounded memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from offcall.accesslogs.columns import Table
from offcall.accesslogs.formats.detecting import PROBE, detect
from offcall.accesslogs.reading.buffer import Buffer
from offcall.accesslogs.reading.lines import Lines
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.unzipping import pieces
from offcall.core.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["File", "each", "nothing", "read"]

_ROWS = 1 << 12
_LOOKED_AT = 20
"""Lines that tell the format of a file."""
_WAITING = 8
"""Batches that wait for whoever asked: they bound the memory."""

Open = Callable[[], AbstractContextManager[BinaryIO]]
Wanted = dict[Table, Sequence[str]]
"""The columns of each table; lines of a table that is not named are only counted."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: its name for people, and how to open it."""

    name: str
    open: Open
    size: int | None = None


def nothing(_: File) -> None:
    """Nobody wants to know how far it is."""


def each(
    files: Sequence[File],
    wanted: Wanted,
    tally: Tally,
    take: Callable[[File, Lines], bool],
    *,
    threads: int,
    done: Callable[[File], object] = nothing,
) -> None:
    """Let `take` have the lines of all files, step by step; in no order between files.

    Files that cannot be read, and lines that are none, are in `tally`, and the rest goes on.

    Args:
        take: called by several threads, for one file by one; it says whether it wants more.
        done: called for each file that was read.
    """

    def work(file: File) -> None:
        try:
            if not all(take(file, lines) for lines in _lines_of(file, wanted, tally)):
                return
        except (OSError, SourceError) as error:
            tally.missing(file.name, _readable(error, file.name))
        done(file)

    outcome: BaseException | None = None
    with ThreadPoolExecutor(threads, thread_name_prefix="accesslogs") as pool:
        for future in [pool.submit(work, file) for file in files]:
            outcome = future.exception() or outcome
    tally.close()
    if outcome is not None:
        raise outcome


def read(
    files: Sequence[File],
    wanted: Wanted,
    tally: Tally,
    *,
    threads: int,
    done: Callable[[File], object] = nothing,
) -> Iterator[tuple[Table, pa.RecordBatch]]:
    """The lines of all files as batches of the wanted columns: see `each`."""
    from offcall.accesslogs.reading.batches import Batches

    ready: queue.Queue[tuple[Table, pa.RecordBatch] | BaseException | None] = queue.Queue(_WAITING)
    stop = threading.Event()
    makers: dict[File, Batches] = {}

    def give(one: tuple[Table, pa.RecordBatch] | BaseException | None) -> bool:
        """False: no one waits for it any more."""
        while not stop.is_set():
            try:
                ready.put(one, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def take(file: File, lines: Lines) -> bool:
        table = lines.kind.table
        if file not in makers:
            makers[file] = Batches(lines.kind, wanted[table], file.name, _ROWS)
        return give((table, makers[file].take(lines)))

    def finish(file: File) -> None:
        makers.pop(file, None)
        done(file)

    def drive() -> None:
        try:
            each(files, wanted, tally, take, threads=threads, done=finish)
        except BaseException as error:  # noqa: BLE001 - whoever waits for the batches gets it
            give(error)
        else:
            give(None)

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


def _readable(error: OSError | SourceError, name: str) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return error.message.removeprefix(f"{name}: ")


def _lines_of(file: File, wanted: Wanted, tally: Tally) -> Iterator[Lines]:
    """The good lines of the tables that are wanted."""
    buffer = Buffer()
    lines: Lines | None = None
    with file.open() as opened:
        for size in buffer.fill(pieces(opened, file.name)):
            tally.count(file.name, size=size)
            if lines is None:
                head = buffer.first_lines(_LOOKED_AT)
                kind = detect(head)
                if kind is None:
                    if head or buffer.damage is None:
                        _unknown(file, head, tally)
                    break
                tally.read(kind.name)
                lines = Lines(kind, wanted.get(kind.table, ()), _ROWS)
            for seen in buffer.steps(lines):
                wrong = lines.wrong + lines.misfits
                tally.count(file.name, lines=seen, wrong=wrong, rejected=lines.rejected)
                if lines.kind.table in wanted and lines.rows > lines.misfits:
                    yield lines
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
