"""One object into a file: continued where it was cut off, tried again, and checked."""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from offcall.accesslogs.sources.bucket import Bucket, Remote
from offcall.core.aws import AwsDenied, AwsError
from offcall.core.aws_errors import failures
from offcall.core.errors import SourceError

__all__ = ["download"]

TRIES = 5
"""Times in a row that a download may break off without a byte more."""
_PIECE = 1 << 18
_GONE = frozenset({"NoSuchKey", "404"})
_REPLACED = frozenset({"PreconditionFailed", "412", "InvalidRange"})


def download(
    bucket: Bucket,
    remote: Remote,
    part: BinaryIO,
    advance: Callable[[float], object] = lambda _: None,
) -> None:
    """Write the rest of an object after what `part` has of it already.

    Requests that fail are tried again by botocore; what breaks off in the middle, here.

    Args:
        part: open for reading and writing; keeps what there is when this fails.
        advance: called with how many bytes more there are, those of before included.

    Raises:
        SourceError: it is gone, was replaced, may not be read, or breaks off again and again.
        OSError: `part` cannot be written.
    """
    have = part.seek(0, os.SEEK_END)
    resumed = 0 < have <= remote.size
    if have > remote.size:
        have = _empty(part)
    advance(have)
    _fill(bucket, remote, part, have, advance)
    if resumed and _other(part, remote):
        # The beginning was left by a run that was killed: the disk may not have kept all of it.
        _fill(bucket, remote, part, _empty(part), lambda _: None)
    part.flush()


def _fill(
    bucket: Bucket, remote: Remote, part: BinaryIO, have: int, advance: Callable[[float], object]
) -> None:
    failed = 0
    while have < remote.size:
        before = have
        why: Exception | None = None
        try:
            for piece in _pieces(_body(bucket, remote, have)):
                part.write(piece)
                have += len(piece)
                advance(len(piece))
        except _BrokenOff as error:
            why = error
        if have > remote.size:
            raise SourceError(f"{remote.url}: S3 gives more than the {remote.size:,} bytes listed")
        if have == remote.size:
            return
        failed = 1 if have > before else failed + 1
        if failed >= TRIES:
            said = f": {why.__cause__}" if why is not None else ""
            raise SourceError(
                f"{remote.url}: breaks off after {have:,} of {remote.size:,} bytes{said}"
            ) from why
        pause = bucket.options.pause_seconds * 2 ** (failed - 1)
        time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - so that not all come at once


class _BrokenOff(Exception):  # noqa: N818 - it reads as the condition
    """The connection ended before the body did."""


def _body(bucket: Bucket, remote: Remote, start: int) -> Any:
    try:
        return bucket.get(remote, start)
    except AwsError as error:
        if error.code in _GONE:
            raise SourceError(f"{remote.url}: is no longer there") from error
        if error.code in _REPLACED:
            raise SourceError(f"{remote.url}: was replaced after it was listed") from error
        raise AwsError(
            f"{remote.url}: {error.message}", code=error.code, hint=error.hint
        ) from error
    except AwsDenied as error:
        raise AwsDenied(
            f"{remote.url}: {error.message}", action=error.action, hint=error.hint
        ) from error


def _pieces(body: Any) -> Iterator[bytes]:
    with body:
        while True:
            try:
                piece = body.read(_PIECE)
            except failures() as error:
                raise _BrokenOff from error
            if not piece:
                return
            yield piece


def _empty(part: BinaryIO) -> int:
    part.seek(0)
    return part.truncate()


def _other(part: BinaryIO, remote: Remote) -> bool:
    """Whether a file is not what its ETag says; unsure ones (parts, KMS) count as other."""
    part.seek(0)
    digest = hashlib.md5(usedforsecurity=False)
    while piece := part.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest() != remote.etag
