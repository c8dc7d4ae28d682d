"""Progress bars on standard error: only on a terminal, and only when it takes a while."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["TerminalProgress"]

# Shorter work shows nothing: a bar that flashes is noise.
PATIENCE_SECONDS = 0.5


class TerminalProgress:
    """See `offcall.core.context.Progress`."""

    def __init__(self, *, color: bool = True) -> None:
        self._drawn = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._color = color
        self._lock = threading.RLock()
        self._bar: Progress | None = None

    @contextlib.contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """A bar with rate and time left, or a spinner when the total is not known.

        Tasks that go on at the same time, also in several threads, stand below one another.
        """
        if not self._drawn:
            yield lambda amount: None
            return
        started = time.monotonic()
        task: TaskID | None = None
        done = 0.0

        def advance(amount: float) -> None:
            nonlocal task, done
            with self._lock:
                done += amount
                if task is None and time.monotonic() - started > PATIENCE_SECONDS:
                    task = self._shown().add_task(title, total=total)
                if task is not None:
                    self._shown().update(task, completed=done)

        try:
            yield advance
        finally:
            if task is not None:
                self._over(task)

    def _shown(self) -> Progress:
        with self._lock:
            if self._bar is None:
                self._bar = self._made()
                self._bar.start()
            return self._bar

    def _over(self, task: TaskID) -> None:
        with self._lock:
            bar = self._shown()
            if len(bar.tasks) > 1:
                bar.remove_task(task)
            else:
                bar.stop()
                self._bar = None

    def _made(self) -> Progress:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True, no_color=not self._color),
            transient=True,
        )

    def note(self, text: str) -> None:
        """A line on standard error."""
        print(text, file=sys.stderr)
