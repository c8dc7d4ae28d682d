"""Several jobs at once: in order, and no further one is begun when somebody stops."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

import pytest

from offcall.core.context import Silent
from offcall.core.parallel import gather


class Watching(Silent):
    """Progress that remembers its threads, and that stops when it is asked to."""

    def __init__(self, stop_at: threading.Event | None = None) -> None:
        self.threads: set[str] = set()
        self.done = 0.0
        self._stop_at = stop_at

    @contextlib.contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        def advance(amount: float) -> None:
            self.threads.add(threading.current_thread().name)
            self.done += amount
            if self._stop_at is not None and self._stop_at.is_set():
                raise KeyboardInterrupt

        yield advance


def test_results_keep_the_order_of_the_jobs() -> None:
    late = threading.Event()

    def first() -> int:
        assert late.wait(30)
        return 0

    def last() -> int:
        late.set()
        return 9

    progress = Watching()
    jobs = [first, *(lambda number=number: number for number in range(1, 9)), last]
    assert gather(jobs, workers=2, progress=progress, title="t") == list(range(10))
    assert progress.done == 10
    assert progress.threads == {threading.current_thread().name}


def test_nothing_at_all() -> None:
    assert gather([], workers=2, progress=Watching(), title="t") == []


def test_no_further_job_is_begun_after_an_interruption() -> None:
    begun, release, stop = [], threading.Event(), threading.Event()

    def job() -> None:
        begun.append(1)
        stop.set()
        assert release.wait(30)

    # All that run hang: the interruption is heard while nothing is ready.
    with pytest.raises(KeyboardInterrupt):
        gather([job] * 50, workers=2, progress=Watching(stop), title="t")
    release.set()
    for thread in threading.enumerate():
        if thread.name.startswith("gather"):
            thread.join(30)
    assert 1 <= len(begun) <= 2


def test_what_a_job_raises_ends_it() -> None:
    def job() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        gather([job] * 50, workers=2, progress=Watching(), title="t")
