"""Files, folders and standard input as a source of events."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from offcall.core.errors import UserError
from offcall.health.model import Origin, Reject
from offcall.health.parse.envelopes import unstamped
from offcall.health.parse.stream import messages_in
from offcall.health.sources.unzipping import Unzipped
from offcall.health.storage.ahead import can_read_ahead, read_ahead
from offcall.health.storage.gather import Gathered, Message
from offcall.health.storage.ingest import batches
from offcall.health.storage.rows import Stamp

__all__ = ["batches_of", "files_of", "read"]

LARGE = 16 << 20
"""Bytes of a file from which on a process of its own pays."""

_BUFFER = 128 * 1024
_GZIP = b"\x1f\x8b"
_LOOK = 64
"""Bytes by which a file is known to hold JSON."""

SUFFIXES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")


def files_of(paths: list[Path]) -> list[Path]:
    """The files to read: those named, and in a folder every one with a known ending or beginning.

    Firehose gives what it writes to S3 no ending.

    Raises:
        UserError: a path is not there, or a folder has none.
    """
    found: list[Path] = []
    for path in paths:
        if str(path) == "-" or path.is_file() or path.is_fifo():
            found.append(path)
        elif path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.is_file() and _may_hold(one))
            if not inside:
                raise UserError(
                    "no event files in this folder",
                    file=str(path),
                    expected="JSON, also zipped, without an ending or with one of "
                    + ", ".join(SUFFIXES),
                )
            found += inside
        else:
            raise UserError("no such file or folder", file=str(path))
    return found


def _may_hold(path: Path) -> bool:
    """By its name it holds events; what has no ending, or is only zipped, is looked into."""
    if path.name.endswith(SUFFIXES):
        return True
    if path.suffix not in ("", ".gz"):
        return False
    try:
        with path.open("rb") as file:
            zipped = file.peek(2)[:2] == _GZIP
            begin = Unzipped(file).read(_LOOK) if zipped else file.read(_LOOK)
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror or error}", file=str(path)) from error
    return unstamped(begin or b"").lstrip()[:1] in (b"{", b"[")


def read(
    path: Path,
    advance: Callable[[float], None] = lambda amount: None,
    damaged: Callable[[str], None] = lambda why: None,
) -> Iterator[Message]:
    """What a file ("-" is standard input) holds; gzip is recognised by its first bytes.

    Args:
        advance: told how many bytes of the file were read.
        damaged: told why the gzip data ended before its time. What came before is given, and the
            beginning of the rest as a reject.

    Raises:
        UserError: it cannot be read.
    """
    how = "stdin" if str(path) == "-" else "file"
    try:
        with _opened(path, advance) as (stream, zipped):
            origin = Origin(how=how, name=str(path))
            yield from messages_in(stream, origin=origin)
            if zipped is not None and zipped.damage is not None:
                said = f"the gzip data is damaged or cut off: {zipped.damage}"
                damaged(said)
                if zipped.rest:
                    yield Reject(reason=said, body=zipped.rest, origin=origin)
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror or error}", file=str(path)) from error


def batches_of(path: Path, now: datetime, stamp: Stamp) -> Iterator[Gathered]:
    """What a file holds, in batches; large files are read by a process of their own.

    Raises:
        UserError: as `read`; what came before was given.
    """

    def make() -> Iterator[Gathered]:
        done = 0.0
        hurt: list[str] = []

        def advance(amount: float) -> None:
            nonlocal done
            done += amount

        for one in batches(read(path, advance, hurt.append), now, stamp):
            one.read, done = done, 0.0
            one.damage = tuple(hurt)
            hurt.clear()
            yield one
        if hurt:
            yield Gathered([], [], [], 0, damage=tuple(hurt))

    if path.is_file() and path.stat().st_size >= LARGE and can_read_ahead():
        return read_ahead(make)
    return make()


@contextmanager
def _opened(
    path: Path, advance: Callable[[float], None]
) -> Iterator[tuple[BinaryIO, Unzipped | None]]:
    if str(path) == "-":
        yield sys.stdin.buffer, None
        return
    with io.BufferedReader(path.open("rb", buffering=0), _BUFFER) as raw:
        zipped = raw.peek(2)[:2] == _GZIP
        counted = cast("BinaryIO", _Counted(raw, advance))
        if zipped:
            unzipped = Unzipped(counted)
            yield cast("BinaryIO", io.BufferedReader(unzipped, _BUFFER)), unzipped
        else:
            yield counted, None


class _Counted:
    """A file that tells how much of it was read, in steps that are worth telling."""

    STEP = 1 << 20

    def __init__(self, raw: BinaryIO, advance: Callable[[float], None]) -> None:
        self._raw = raw
        self._advance = advance
        self._untold = 0

    def _told(self, data: bytes) -> bytes:
        self._untold += len(data)
        if self._untold >= self.STEP:
            self._advance(self._untold)
            self._untold = 0
        return data

    def read(self, size: int = -1) -> bytes:
        return self._told(self._raw.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._told(self._raw.readline(size))
