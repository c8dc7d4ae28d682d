"""Objects of S3 that were read before, on the local disk, up to so many bytes.

An object is known by bucket, key and ETag, so that what was replaced is not what was kept. Any
number of processes may use the same folder: a file is locked (flock) for as long as somebody writes
or reads it, and a lock ends with its process, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from offcall.accesslogs.sources.bucket import Remote
from offcall.core.errors import UserError

__all__ = ["LIMIT", "Cache"]

LIMIT = 10 << 30
"""Bytes that are kept unless somebody says otherwise: 10 GiB."""

_ROOM = 0.9
"""How full it is after it was tidied. Each process looks again after it has written 1/20 more, so
that two of them stay below the limit."""
_PART = ".part"


class Cache:
    """A folder of objects, safe to share between threads and processes.

    Args:
        root: the folder; made if it is not there.
        limit: bytes to keep. What is in use is kept beyond it.

    Raises:
        UserError: the folder cannot be made.
    """

    def __init__(self, root: Path, limit: int = LIMIT) -> None:
        self.root = root
        self.limit = limit
        self._lock = threading.Lock()
        self._written = limit  # so that the first one written looks how full it is
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"the cache cannot be made: {error.strerror}",
                file=str(root),
                hint="--cache DIR takes another folder",
            ) from error

    @classmethod
    def default(cls, folder: Path | None = None, limit: int = LIMIT) -> Cache:
        """The one in `folder`, or in the user's cache folder."""
        from platformdirs import user_cache_path

        return cls(folder or user_cache_path("offcall") / "accesslogs", limit)

    def has(self, remote: Remote) -> bool:
        """Whether an object is kept, whole, now."""
        return self._path(remote).is_file()

    def open(self, remote: Remote, fill: Callable[[BinaryIO], None]) -> BinaryIO:
        """An object's content, open for reading; whoever gets it closes it.

        Args:
            fill: writes the rest after what a file has already; called when it is not kept. Of
                several threads and processes one does it, and the others wait.

        Raises:
            OSError: the disk does not do it.
            Exception: what `fill` raises. What it wrote is kept, for the next time.
        """
        path = self._path(remote)
        while True:
            kept = self._kept(path) or self._made(path, fill)
            if kept is not None:
                return kept

    def trim(self) -> None:
        """Delete what was not used for the longest time, if there is too much."""
        with contextlib.ExitStack() as stack:
            guard = stack.enter_context((self.root / ".lock").open("wb"))
            _locked(guard, fcntl.LOCK_EX)
            known = sorted(self._all())
            total = sum(size for _, size, _ in known)
            if total <= self.limit * _ROOM:
                return
            for _, size, path in known:
                if _deleted(path):
                    total -= size
                if total <= self.limit * _ROOM:
                    return

    def _path(self, remote: Remote) -> Path:
        known = f"{remote.bucket}\n{remote.key}\n{remote.etag}".encode()
        name = hashlib.sha256(known).hexdigest()
        return self.root / name[:2] / name

    @staticmethod
    def _kept(path: Path) -> BinaryIO | None:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return None
        _locked(file, fcntl.LOCK_SH)
        if not _is_at(file, path):
            file.close()
            return None
        os.utime(file.fileno())  # what is used last is deleted last
        return file

    def _made(self, path: Path, fill: Callable[[BinaryIO], None]) -> BinaryIO | None:
        """The file, filled; None when somebody else did it, or deleted it."""
        part = path.with_name(path.name + _PART)
        path.parent.mkdir(exist_ok=True)
        file = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        try:
            _locked(file, fcntl.LOCK_EX)
            if path.is_file() or not _is_at(file, part):
                file.close()
                return None
            fill(file)
            file.flush()
            part.replace(path)
            _locked(file, fcntl.LOCK_SH)
            self._count(file.seek(0, os.SEEK_END))
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def _count(self, size: int) -> None:
        with self._lock:
            self._written += size
            if self._written < self.limit / 20:
                return
            self._written = 0
        self.trim()

    def _all(self) -> Iterator[tuple[float, int, Path]]:
        """Everything kept: last use, bytes, where."""
        for path in self.root.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                about = path.stat()
                yield about.st_mtime, about.st_size, path


def _locked(file: BinaryIO, how: int) -> bool:
    """Lock, and wait for it unless LOCK_NB says not to: then False when somebody else has it."""
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    return True


def _is_at(file: BinaryIO, path: Path) -> bool:
    """Whether an open file is still what the path names."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _deleted(path: Path) -> bool:
    """Delete a file, unless it is in use."""
    try:
        with path.open("rb") as file:
            if not _locked(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
                return False
            path.unlink()
    except FileNotFoundError:
        return True
    return True
