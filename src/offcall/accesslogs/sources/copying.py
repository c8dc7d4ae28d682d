"""Objects into a folder, each under its key: continued, never over something else."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from offcall.accesslogs.sources.bucket import Bucket, Options, Remote
from offcall.accesslogs.sources.downloading import download
from offcall.core.context import Progress
from offcall.core.errors import SourceError, UserError
from offcall.core.render.humane import bytes_text

__all__ = ["Copied", "copy", "is_copy", "target_of"]

LOOK_SECONDS = 0.25
"""How often progress is shown, and a cancellation is seen."""


@dataclass(slots=True)
class Copied:
    """How a copy ended.

    Attributes:
        objects: copied.
        size: bytes that were written, also of what is not finished.
        problems: what could not be copied, and why.
    """

    objects: int = 0
    size: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def target_of(remote: Remote, folder: Path) -> Path | None:
    """Where an object's copy is; None when its key would lead out of the folder."""
    parts = [one for one in remote.key.split("/") if one]
    if not parts or {".", ".."} & set(parts) or "\0" in remote.key:
        return None
    return folder.joinpath(*parts)


def is_copy(target: Path, remote: Remote) -> bool:
    """Whether a file is the object: as large and as old as it, or with its checksum."""
    try:
        about = target.stat()
        if about.st_size != remote.size:
            return False
        if about.st_mtime_ns == _written(remote):
            return True
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    except OSError:
        return False
    return digest.hexdigest() == remote.etag


def _written(remote: Remote) -> int:
    """When an object was written, in nanoseconds; S3 knows whole seconds, an editor better."""
    return int(remote.modified.timestamp()) * 10**9


def copy(
    remotes: Sequence[tuple[Remote, Path]],
    *,
    options: Options,
    progress: Progress,
) -> Copied:
    """Copy each object to its place, several at a time. What fails is told, the rest goes on.

    What is interrupted is left as a hidden file beside its place, and continued the next time.

    Raises:
        UserError: there is not enough room.
    """
    total = sum(one.size for one, _ in remotes)
    _check_room(remotes, total)
    buckets = {name: Bucket(name, options) for name in {one.bucket for one, _ in remotes}}
    run = _Run()
    pool = ThreadPoolExecutor(options.workers, thread_name_prefix="copy")
    try:
        with progress.task("copying", total=total) as advance:
            jobs = {
                pool.submit(run.one, buckets[remote.bucket], remote, target): remote
                for remote, target in remotes
            }
            left: set[Future[None]] = set(jobs)
            shown = 0
            while left:
                done, left = wait(left, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
                for one in done:
                    _judge(one, jobs[one], run.copied)
                seen = run.copied.size
                advance(seen - shown)
                shown = seen
    finally:
        run.stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)
    run.copied.problems.sort()
    return run.copied


def _judge(job: Future[None], remote: Remote, copied: Copied) -> None:
    try:
        job.result()
    except SourceError as error:
        copied.problems.append((remote.url, error.message.removeprefix(f"{remote.url}: ")))
    except OSError as error:
        copied.problems.append((remote.url, error.strerror or str(error)))
    else:
        copied.objects += 1


class _Stopped(Exception):  # noqa: N818 - it reads as the condition
    """Somebody interrupts the whole copy."""


class _Run:
    """What the threads of one copy share."""

    def __init__(self) -> None:
        self.copied = Copied()
        self.stopped = threading.Event()
        self._lock = threading.Lock()

    def one(self, bucket: Bucket, remote: Remote, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{remote.etag[:8]}.part")
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise SourceError(f"{remote.url}: another process copies it now") from error
            try:
                download(bucket, remote, file, self._advance)
            except BaseException:
                if not file.seek(0, os.SEEK_END):
                    part.unlink()
                raise
            part.replace(target)
        os.utime(target, ns=(_written(remote), _written(remote)))

    def _advance(self, amount: float) -> None:
        if self.stopped.is_set():
            raise _Stopped
        with self._lock:
            self.copied.size += int(amount)


def _check_room(remotes: Sequence[tuple[Remote, Path]], total: int) -> None:
    if not remotes:
        return
    folder = remotes[0][1].parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if total > free:
        raise UserError(
            "there is not enough room for the copy",
            file=str(folder),
            value=f"{bytes_text(free)} free",
            expected=f"{bytes_text(total)}, or a shorter time: --since, --until",
        )
