"""Read ahead: batches are made in a process of their own while those before are stored.

To understand messages and to store them take about the same time, and both need the interpreter.
"""

from __future__ import annotations

import fcntl
import gc
import io
import multiprocessing
import os
import pickle
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator

import msgspec

from offcall.core.errors import SourceError
from offcall.health.storage.gather import Gathered

__all__ = ["can_read_ahead", "read_ahead"]

_BUFFERS = 3
"""Batches that wait to be stored: they bound the memory. Buffers are used again and again, because
new ones of this size would be cleared by the kernel each time."""
_PIPE_BYTES = 1 << 20
_HEAD = struct.Struct("<cQ")
"""Before each message: what it is, and its size in bytes."""
_BATCH, _ERROR, _END = b"b", b"e", b"."

_decode = msgspec.msgpack.Decoder(Gathered).decode


def can_read_ahead() -> bool:
    """Whether there is a second core, and a process can be copied safely."""
    return (
        sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
    )


def read_ahead(make: Callable[[], Iterator[Gathered]]) -> Iterator[Gathered]:
    """What `make()` gives, made in a copy of this process.

    What it raises is raised here, after what it gave before.

    Raises:
        SourceError: the other process was ended from outside.
    """
    receiver, sender = os.pipe()
    fcntl.fcntl(sender, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    child = multiprocessing.get_context("fork").Process(
        target=_make, args=(make, receiver, sender), name="read-ahead", daemon=True
    )
    child.start()
    os.close(sender)
    pipe = _Receiver(receiver)
    try:
        while (message := pipe.waiting.get()) is not None:
            tag, body, size = message
            if tag == _END:
                return
            if tag == _ERROR:
                raise pickle.loads(body)  # noqa: S301 - this very program wrote it
            with memoryview(body)[:size] as filled:
                found = _decode(filled)
            pipe.free.put(body)
            yield found
        raise SourceError(
            "the process that reads the file was ended from outside",
            hint="what was read before is stored; import the file again",
        )
    finally:
        child.terminate()
        child.join()
        pipe.close()


def _make(make: Callable[[], Iterator[Gathered]], receiver: int, sender: int) -> None:
    """In the child: everything into the pipe."""
    os.close(receiver)
    # Ctrl-C is for the parent, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Nothing here is in a cycle, and what came from the parent shall stay shared with it.
    gc.disable()
    gc.freeze()
    encode_into = msgspec.msgpack.Encoder().encode_into
    buffer = bytearray()
    with io.FileIO(sender, "wb") as pipe:
        try:
            for one in make():
                encode_into(one, buffer)
                _send(pipe, _BATCH, buffer)
        except Exception as error:  # noqa: BLE001 - it is raised in the parent
            _send(pipe, _ERROR, pickle.dumps(error))
        else:
            _send(pipe, _END, b"")


def _send(pipe: io.FileIO, tag: bytes, body: bytes | bytearray) -> None:
    pipe.write(_HEAD.pack(tag, len(body)))
    with memoryview(body) as rest:
        sent = 0
        while sent < len(rest):
            sent += pipe.write(rest[sent:]) or 0


class _Receiver:
    """Takes messages out of the pipe in a thread, while the interpreter is lent to the database.

    Attributes:
        waiting: kind, buffer and size of each message; None when the pipe ended too early.
        free: buffers to be filled.
    """

    def __init__(self, receiver: int) -> None:
        self.waiting: queue.SimpleQueue[tuple[bytes, bytearray, int] | None] = queue.SimpleQueue()
        self.free: queue.SimpleQueue[bytearray | None] = queue.SimpleQueue()
        for _ in range(_BUFFERS):
            self.free.put(bytearray())
        self._pipe = io.FileIO(receiver, "rb")
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. The other side of the pipe must be closed already."""
        self.free.put(None)
        self._thread.join()
        self._pipe.close()

    def _receive(self) -> None:
        head = bytearray(_HEAD.size)
        while (buffer := self.free.get()) is not None:
            if not self._fill(head, _HEAD.size):
                break
            tag, size = _HEAD.unpack(head)
            if size > len(buffer):
                # With some room, since no two batches are of the same size.
                buffer = bytearray(size + size // 8)
            if not self._fill(buffer, size):
                break
            self.waiting.put((tag, buffer, size))
            if tag != _BATCH:
                return
        self.waiting.put(None)

    def _fill(self, buffer: bytearray, size: int) -> bool:
        """Read so many bytes; False when there are fewer."""
        with memoryview(buffer) as room:
            done = 0
            while done < size:
                count = self._pipe.readinto(room[done:size])
                if not count:
                    return False
                done += count
        return True
