"""Files to batches: several at a time, in bounded memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from offcall.accesslogs.columns import Table
from offcall.accesslogs.formats.detecting import detect
from offcall.accesslogs.formats.model import Format
from offcall.accesslogs.reading.batches import Chunk, Rejected, Scanner
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.unzipping import pieces
from offcall.core.errors import SourceError

__all__ = ["File", "read"]

_CHUNK = 1 << 19
_ROWS = 1 << 14
_LONGEST = 1 << 24
"""A line of more bytes than this is none."""
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

    def work(file: File) -> None:
        try:
            for one in _read_one(file, wanted, tally):
                while not stop.is_set():
                    try:
                        ready.put(one, timeout=0.1)
                        break
                    except queue.Full:
                        continue
                if stop.is_set():
                    return
            done(file)
        except (OSError, SourceError) as error:
            tally.missing(file.name, _readable(error, file.name))
            done(file)

    def drive() -> None:
        outcome: BaseException | None = None
        with ThreadPoolExecutor(threads, thread_name_prefix="accesslogs") as pool:
            for future in [pool.submit(work, file) for file in files]:
                outcome = future.exception() or outcome
        while not stop.is_set():
            try:
                ready.put(outcome, timeout=0.1)
                return
            except queue.Full:
                continue

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
    text = _Text()
    scanner: Scanner | None = None
    kind: Format | None = None
    with file.open() as opened:
        for last in text.fill(pieces(opened, file.name)):
            if kind is None:
                kind = detect(text.first_lines())
                if kind is None:
                    if text.have == 0:
                        tally.read("empty")
                        return
                    if not last and text.lines_inside() < _LOOKED_AT and not text.is_long():
                        continue
                    _unknown(file, text, tally)
                    return
                tally.read(kind.name)
                scanner = Scanner(kind, wanted.get(kind.table, ()), file.name, _ROWS)
            assert scanner is not None
            for chunk in text.chunks(scanner):
                tally.count(file.name, chunk.lines, chunk.size, chunk.rejected)
                if kind.table in wanted and chunk.batch.num_rows:
                    yield kind.table, chunk.batch
            too_long = text.skip_long(last=last)
            if too_long is not None:
                tally.count(file.name, 1, len(too_long.text), [too_long])


def _unknown(file: File, text: _Text, tally: Tally) -> None:
    tally.read("unknown")
    head = bytes(text.buffer[: min(text.have, 80)]).split(b"\n")[0]
    tally.missing(file.name, f"is no known kind of log; it begins with {head!r}"[:160])


class _Text:
    """A buffer that holds whole lines and the beginning of the next."""

    def __init__(self) -> None:
        self.buffer = np.empty(2 * _CHUNK, np.uint8)
        self.have = 0
        self.line = 1
        self._skipping = False

    def fill(self, source: Iterator[bytes]) -> Iterator[bool]:
        """Put more in, each time that nothing whole is left; True for the last time."""
        while True:
            piece = next(source, None)
            damage: BaseException | None = None
            if piece is None:
                break
            while self.have + len(piece) + 1 > len(self.buffer):
                self.buffer = np.concatenate([self.buffer, np.empty_like(self.buffer)])
            self.buffer[self.have : self.have + len(piece)] = np.frombuffer(piece, np.uint8)
            self.have += len(piece)
            if self.have >= _CHUNK:
                yield False
        del damage
        if self.have and self.buffer[self.have - 1] != 10:
            self.buffer[self.have] = 10
            self.have += 1
        yield True

    def first_lines(self) -> list[bytes]:
        """Some lines from the beginning."""
        head = bytes(self.buffer[: min(self.have, 1 << 16)])
        return head.split(b"\n")[:_LOOKED_AT]

    def lines_inside(self) -> int:
        return int(np.count_nonzero(self.buffer[: self.have] == 10))

    def is_long(self) -> bool:
        return self.have > _LONGEST

    def chunks(self, scanner: Scanner) -> Iterator[Chunk]:
        """Scan all whole lines, and move what is left to the beginning."""
        at = 0
        while True:
            chunk = scanner.scan(self.buffer[at : self.have], self.have - at, self.line)
            if not chunk.size:
                break
            at += chunk.size
            self.line += chunk.lines
            yield chunk
            # As many lines as a batch takes, or all there were.
            if at == self.have:
                break
        left = self.have - at
        self.buffer[:left] = self.buffer[at : self.have].copy()
        self.have = left

    def skip_long(self, *, last: bool) -> Rejected | None:
        """Let go of a line that has become too long."""
        if self.have <= _LONGEST or last:
            return None
        text = self.buffer[: 1 << 16].tobytes()
        self.have = 0
        return Rejected(self.line, text, f"is longer than {_LONGEST >> 20} MiB")
