"""Objects as files to read, downloaded a little ahead of whoever reads them."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from typing import BinaryIO

from offcall.accesslogs.reading.stream import File
from offcall.accesslogs.sources.bucket import Bucket, Remote
from offcall.accesslogs.sources.cache import Cache
from offcall.accesslogs.sources.downloading import download

__all__ = ["files_of"]

AHEAD = 2
"""How many files are fetched ahead for each connection."""


def files_of(bucket: Bucket, remotes: Sequence[Remote], cache: Cache) -> list[File]:
    """The objects as files, in that order, which is the one in which they should be opened.

    What is in the cache makes no request. An object that cannot be had raises when it is opened.
    """
    ahead = _Ahead(bucket, remotes, cache)
    return [File(one.url, _opener(ahead, number), one.size) for number, one in enumerate(remotes)]


def _opener(ahead: _Ahead, number: int) -> Callable[[], AbstractContextManager[BinaryIO]]:
    return lambda: ahead.open(number)


class _Ahead:
    def __init__(self, bucket: Bucket, remotes: Sequence[Remote], cache: Cache) -> None:
        self._bucket, self._remotes, self._cache = bucket, remotes, cache
        self._lock = threading.Lock()
        self._jobs: dict[int, Future[None]] = {}
        self._next = 0
        self._pool = ThreadPoolExecutor(bucket.options.workers, thread_name_prefix="s3")

    def open(self, number: int) -> BinaryIO:
        """An object's content; those after it are on their way then."""
        remote = self._remotes[number]
        if not remote.size:
            return io.BytesIO()
        self._begin(number)
        with self._lock:
            job = self._jobs.pop(number, None)
        if job is not None:
            job.result()
        # Once more through the cache: it may have been deleted again, if little fits.
        return self._cache.open(remote, partial(download, self._bucket, remote))

    def _begin(self, number: int) -> None:
        with self._lock:
            last = number + 1 + AHEAD * self._bucket.options.workers
            for one in range(max(self._next, number), min(last, len(self._remotes))):
                remote = self._remotes[one]
                if remote.size and not self._cache.has(remote):
                    self._jobs[one] = self._pool.submit(self._fetch, remote)
            self._next = max(self._next, last)

    def _fetch(self, remote: Remote) -> None:
        self._cache.open(remote, partial(download, self._bucket, remote)).close()
