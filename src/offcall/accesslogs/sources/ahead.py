"""Objects as files to read, downloaded a little ahead of whoever reads them."""

from __future__ import annotations

import contextlib
import io
import queue
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import BinaryIO

from offcall.accesslogs.reading.stream import File
from offcall.accesslogs.sources.bucket import Bucket, Remote
from offcall.accesslogs.sources.cache import Cache
from offcall.accesslogs.sources.downloading import download
from offcall.core.errors import SourceError

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


class _Job:
    """An object on its way into the cache."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.error: OSError | SourceError | None = None
        self.done = threading.Event()


_Queue = queue.SimpleQueue[_Job | None]


class _Ahead:
    def __init__(self, bucket: Bucket, remotes: Sequence[Remote], cache: Cache) -> None:
        self._bucket, self._remotes, self._cache = bucket, remotes, cache
        self._lock = threading.Lock()
        self._jobs: dict[int, _Job] = {}
        self._next = 0
        self._queue: _Queue = queue.SimpleQueue()
        self._threads = 0
        # Whoever reads may stop in the middle, and says nothing.
        weakref.finalize(self, _end, self._queue, bucket.options.workers)

    def open(self, number: int) -> BinaryIO:
        """An object's content; those after it are on their way then."""
        remote = self._remotes[number]
        if not remote.size:
            return io.BytesIO()
        self._begin(number)
        with self._lock:
            job = self._jobs.pop(number, None)
        if job is not None:
            job.done.wait()
            if job.error is not None:
                raise job.error
        # Through the cache once more: it may have been deleted again, if little fits.
        return self._cache.open(remote, partial(download, self._bucket, remote))

    def _begin(self, number: int) -> None:
        with self._lock:
            last = number + 1 + AHEAD * self._bucket.options.workers
            for one in range(max(self._next, number), min(last, len(self._remotes))):
                remote = self._remotes[one]
                if remote.size and not self._cache.has(remote):
                    self._jobs[one] = _Job(remote)
                    self._queue.put(self._jobs[one])
                    self._start_thread()
            self._next = max(self._next, last)

    def _start_thread(self) -> None:
        if self._threads == self._bucket.options.workers:
            return
        self._threads += 1
        # Daemons: whoever presses Ctrl-C does not wait for them; what they have is continued.
        work = partial(_work, self._queue, self._bucket, self._cache)
        threading.Thread(target=work, name=f"s3-{self._threads}", daemon=True).start()


def _work(jobs: _Queue, bucket: Bucket, cache: Cache) -> None:
    while _fetched(jobs.get(), bucket, cache):
        pass  # a job that stayed in a variable here would keep alive whoever waited for it


def _fetched(job: _Job | None, bucket: Bucket, cache: Cache) -> bool:
    """Fetch an object; False when there are no more."""
    if job is None:
        return False
    try:
        cache.open(job.remote, partial(download, bucket, job.remote)).close()
    except (OSError, SourceError) as error:
        job.error = error
    finally:
        job.done.set()
    return True


def _end(jobs: _Queue, workers: int) -> None:
    with contextlib.suppress(queue.Empty):
        while True:
            jobs.get_nowait()
    for _ in range(workers):
        jobs.put(None)
