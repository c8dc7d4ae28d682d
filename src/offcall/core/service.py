"""What goes on all the time: stopping it, and one loop for every step that is done again.

stop = Stop()
with stop.on_signals():
    repeat(step, every=timedelta(minutes=1), stop=stop, note=ctx.progress.note)
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from offcall.core.bugs import describe_bug
from offcall.core.errors import OffcallError

__all__ = ["PATIENCE", "Beside", "Stop", "repeat"]

T = TypeVar("T")

PATIENCE = 5
"""Steps in a row that end in a way nobody expected, after which the service gives up."""
LONGEST_PAUSE = 300.0
"""Seconds: steps that fail are tried again later and later, but not later than this."""


class Stop:
    """Whether to stop: set by SIGTERM and SIGINT, or by whoever has it.

    A signal interrupts nothing: an exception in the middle of an import, say, would leave a lock
    behind for which others wait for ever.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._set = False

    def __bool__(self) -> bool:
        return self._set

    def set(self) -> None:
        """Stop after the batch in hand."""
        with self._changed:
            self._set = True
            self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """Sleep, unless stopped."""
        with self._changed:
            self._changed.wait_for(self.__bool__, seconds)

    def unless_set(self, call: Callable[[], T]) -> T | None:
        """What `call` gives; None when stopped before it ended, and then it is left to itself.

        For a call that waits for something with nothing in hand, such as a long poll.

        Raises:
            Exception: whatever `call` raises.
        """
        if self:
            return None
        outcome: Future[T] = Future()

        def run() -> None:
            try:
                outcome.set_result(call())
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
                outcome.set_exception(error)
            with self._changed:
                self._changed.notify_all()

        # A daemon: the process does not wait for what nobody waits for.
        threading.Thread(target=run, name="waiting", daemon=True).start()
        with self._changed:
            self._changed.wait_for(lambda: self._set or outcome.done())
        return outcome.result() if outcome.done() else None

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Listen to SIGTERM and SIGINT (in the main thread; elsewhere nothing happens)."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        heard, tell = os.pipe()

        def handler(number: int, _frame: Any) -> None:
            # It may run while this thread holds the very lock that `set` takes.
            if self and number == signal.SIGINT:
                raise KeyboardInterrupt
            os.write(tell, b"!")

        def listen() -> None:
            if os.read(heard, 1):
                self.set()

        listener = threading.Thread(target=listen, name="signals")
        listener.start()
        before = {one: signal.signal(one, handler) for one in _SIGNALS}
        try:
            yield
        finally:
            for one, previous in before.items():
                signal.signal(one, previous)
            os.close(tell)
            listener.join()
            os.close(heard)


_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def repeat(
    step: Callable[[], None],
    *,
    every: timedelta,
    stop: Stop,
    note: Callable[[str], None],
    patience: int = PATIENCE,
) -> None:
    """Do a step again and again until stopped; `every` counts from the beginning of each.

    What AWS, the history or the estate refuses (an `OffcallError`) is noted, and tried again for
    as long as it takes. A bug is noted with the place of its traceback, and tried again too:
    another event may be no problem. Steps that fail in a row wait longer and longer.

    Raises:
        Exception: the last of `patience` bugs in a row.
    """
    wait = every.total_seconds()
    failures = bugs = 0
    while not stop:
        started = time.monotonic()
        try:
            step()
        except OffcallError as error:
            note(str(error))
            failures, bugs = failures + 1, 0
        except Exception as error:
            failures, bugs = failures + 1, bugs + 1
            if bugs >= patience:
                note(f"giving up after {bugs} failures in a row")
                raise
            note(describe_bug(error))
        else:
            failures = bugs = 0
        pause = min(wait * 2 ** min(max(failures - 1, 0), 10), max(wait, LONGEST_PAUSE))
        stop.pause(max(0.0, pause - time.monotonic() + started))


class Beside:
    """A block during which a service runs in a thread of its own, until `stop` or its own end.

    When the service ends with an exception, `stop` is set, so that what runs in the block stops
    too, and leaving the block raises the exception.
    """

    def __init__(self, service: Callable[[], None], stop: Stop, name: str) -> None:
        self._service = service
        self._stop = stop
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, kind: object, *exc: object) -> None:
        self._stop.set()
        self._thread.join()
        # What went wrong in the block itself is told first.
        if self._error is not None and kind is None:
            raise self._error

    def _run(self) -> None:
        try:
            self._service()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error
            self._stop.set()
