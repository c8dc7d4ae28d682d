"""Files, folders and standard input as a source of events."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from offcall.core.errors import UserError
from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse import parse_stream

__all__ = ["files_of", "read"]

SUFFIXES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")


def files_of(paths: list[Path]) -> list[Path]:
    """The files to read: those named, and in a folder every one with a known ending.

    Raises:
        UserError: a path is not there, or a folder has none.
    """
    found: list[Path] = []
    for path in paths:
        if str(path) == "-" or path.is_file() or path.is_fifo():
            found.append(path)
        elif path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.name.endswith(SUFFIXES))
            if not inside:
                raise UserError(
                    "no event files in this folder",
                    file=str(path),
                    expected="files that end in " + ", ".join(SUFFIXES),
                )
            found += inside
        else:
            raise UserError("no such file or folder", file=str(path))
    return found


def read(
    path: Path, advance: Callable[[float], None] = lambda amount: None
) -> Iterator[Delivery | Reject]:
    """What a file ("-" is standard input) holds; gzip is recognised by its first bytes.

    Args:
        advance: told how many bytes of the file were read.

    Raises:
        UserError: it cannot be read, or the gzip data is damaged. What came before was given.
    """
    how = "stdin" if str(path) == "-" else "file"
    try:
        with _opened(path, advance) as stream:
            yield from parse_stream(stream, origin=Origin(how=how, name=str(path)))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(
            f"the gzip data is damaged or cut off: {error}",
            file=str(path),
            hint="what came before the damage is imported; copy the file anew and import it again",
        ) from error
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror or error}", file=str(path)) from error


@contextmanager
def _opened(path: Path, advance: Callable[[float], None]) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    with path.open("rb") as raw:
        zipped = raw.peek(2)[:2] == b"\x1f\x8b"
        counted = cast("BinaryIO", _Counted(raw, advance))
        if zipped:
            with gzip.GzipFile(fileobj=counted, mode="rb") as stream:
                yield cast("BinaryIO", stream)
        else:
            yield counted


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
