"""Read ahead: batches are made in a process of their own while those before are stored.

To understand messages and to store them take about the same time, and both need the interpreter.
"""

from __future__ import annotations

import fcntl
import gc
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

import msgspec

from offcall.core.errors import SourceError
from offcall.health.storage.gather import Gathered

__all__ = ["can_read_ahead", "read_ahead"]

_WAITING = 2
"""Batches that wait to be stored: they bound the memory."""
_PIPE_BYTES = 1 << 20
_BATCH, _ERROR, _END = b"b", b"e", b"."

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Gathered).decode

Message = tuple[bytes, bytes]


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
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    fcntl.fcntl(sender.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    child = context.Process(target=_make, args=(make, sender), name="read-ahead", daemon=True)
    child.start()
    sender.close()
    waiting: queue.Queue[Message | None] = queue.Queue(_WAITING)
    stop = threading.Event()
    thread = threading.Thread(target=_receive, args=(receiver, waiting, stop), daemon=True)
    thread.start()
    try:
        while (message := waiting.get()) is not None:
            tag, body = message
            if tag == _END:
                return
            if tag == _ERROR:
                raise pickle.loads(body)  # noqa: S301 - this very program wrote it
            yield _decode(body)
        raise SourceError(
            "the process that reads the file was ended from outside",
            hint="what was read before is stored; import the file again",
        )
    finally:
        stop.set()
        child.terminate()
        child.join()
        thread.join()
        receiver.close()


def _make(make: Callable[[], Iterator[Gathered]], sender: Connection) -> None:
    """In the child: everything into the pipe."""
    # Ctrl-C is for the parent, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Nothing here is in a cycle, and what came from the parent shall stay shared with it.
    gc.disable()
    gc.freeze()
    try:
        for one in make():
            sender.send_bytes(_BATCH)
            sender.send_bytes(_encode(one))
    except Exception as error:  # noqa: BLE001 - it is raised in the parent
        sender.send_bytes(_ERROR)
        sender.send_bytes(pickle.dumps(error))
    else:
        sender.send_bytes(_END)
        sender.send_bytes(b"")


def _receive(
    receiver: Connection, waiting: queue.Queue[Message | None], stop: threading.Event
) -> None:
    """In a thread: out of the pipe, while the interpreter is lent to the database."""
    message: Message | None = (b"", b"")
    while message is not None and message[0] not in (_ERROR, _END):
        try:
            message = receiver.recv_bytes(), receiver.recv_bytes()
        except EOFError:
            message = None
        while not stop.is_set():
            try:
                waiting.put(message, timeout=0.1)
                break
            except queue.Full:
                continue
        if stop.is_set():
            return
