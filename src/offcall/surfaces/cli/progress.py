"""Progress bars on standard error: only on a terminal, and only when it takes a while."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["TerminalProgress"]

# Shorter work shows nothing: a bar that flashes is noise.
PATIENCE_SECONDS = 0.5


class TerminalProgress:
    """See `offcall.core.context.Progress`."""

    def __init__(self, *, color: bool = True) -> None:
        self._color = color

    @contextlib.contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """A bar with rate and time left, or a spinner when the total is not known."""
        if not sys.stderr.isatty():
            yield lambda amount: None
            return
        started = time.monotonic()
        bar = None
        done = 0.0

        def advance(amount: float) -> None:
            nonlocal bar, done
            done += amount
            if bar is None and time.monotonic() - started > PATIENCE_SECONDS:
                bar = self._bar(title, total)
                bar.start()
            if bar is not None:
                bar.update(bar.task_ids[0], completed=done)

        try:
            yield advance
        finally:
            if bar is not None:
                bar.stop()

    def _bar(self, title: str, total: float | None) -> Progress:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True, no_color=not self._color),
            transient=True,
        )
        bar.add_task(title, total=total)
        return bar

    def note(self, text: str) -> None:
        """A line on standard error."""
        print(text, file=sys.stderr)
