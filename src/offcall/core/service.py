"""What goes on all the time: stopping it, and one loop for every step that is done again.

stop = Stop()
with stop.on_signals():
    repeat(step, every=timedelta(minutes=1), stop=stop, note=ctx.progress.note)
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from offcall.core.bugs import describe_bug
from offcall.core.errors import OffcallError

__all__ = ["PATIENCE", "Beside", "Stop", "repeat"]

PATIENCE = 5
"""Steps in a row that end in a way nobody expected, after which the service gives up."""
LONGEST_PAUSE = 300.0
"""Seconds: steps that fail are tried again later and later, but not later than this."""


class Stop:
    """Whether to stop: set by SIGTERM and SIGINT, which interrupt only the waiting for messages."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._waiting = False

    def __bool__(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        """Stop after the batch in hand."""
        self._event.set()

    def pause(self, seconds: float) -> None:
        """Sleep, unless stopped."""
        self._event.wait(seconds)

    @contextmanager
    def waiting(self) -> Iterator[bool]:
        """A block that a signal may interrupt: nothing is in hand.

        Gives whether to begin to wait: a signal that came just before cannot interrupt it.
        """
        self._waiting = threading.current_thread() is threading.main_thread()
        try:
            yield not self
        except KeyboardInterrupt:
            self.set()
        finally:
            self._waiting = False

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Listen to SIGTERM and SIGINT (in the main thread; elsewhere nothing happens)."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self._signalled) for one in _SIGNALS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def _signalled(self, number: int, frame: Any) -> None:
        again = bool(self)
        self.set()
        if self._waiting or (again and number == signal.SIGINT):
            raise KeyboardInterrupt


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
