"""What goes on all the time outlives what fails, and ends when it can do nothing any more."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from offcall.core.errors import StoreError
from offcall.core.service import Beside, Stop, repeat

EVERY = timedelta(microseconds=1)


class Quick(Stop):
    """Remembers how long it should have paused."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


def steps(stop: Stop, *outcomes: Exception | None) -> Callable[[], None]:
    """A step that ends so, one after the other, and then stops."""
    rest: Iterator[Exception | None] = iter(outcomes)

    def step() -> None:
        try:
            outcome = next(rest)
        except StopIteration:
            stop.set()
            return
        if outcome is not None:
            raise outcome

    return step


def test_goes_on_for_as_long_as_the_history_is_away() -> None:
    stop, notes = Quick(), list[str]()
    away = StoreError("the history is away")
    repeat(steps(stop, *[away] * 20, None), every=EVERY, stop=stop, note=notes.append)
    assert notes == ["the history is away"] * 20


def test_a_bug_is_told_and_does_not_end_it() -> None:
    stop, notes = Quick(), list[str]()
    bug = RuntimeError("who would have thought")
    repeat(steps(stop, bug, None, bug, None), every=EVERY, stop=stop, note=notes.append)
    assert len(notes) == 2
    assert all("who would have thought" in note and ".trace" in note for note in notes)


def test_gives_up_after_bugs_in_a_row() -> None:
    stop, notes = Quick(), list[str]()
    bug = RuntimeError("again")
    with pytest.raises(RuntimeError, match="again"):
        repeat(steps(stop, bug, bug, bug), every=EVERY, stop=stop, note=notes.append, patience=3)
    assert notes[-1] == "giving up after 3 failures in a row"


def test_waits_longer_after_each_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    stop = Quick()
    away = StoreError("away")
    step = steps(stop, None, *[away] * 5, None)
    repeat(step, every=timedelta(minutes=1), stop=stop, note=lambda text: None)
    assert stop.pauses == [60, 60, 120, 240, 300, 300, 60, 60]


def test_the_end_of_the_thread_ends_the_block() -> None:
    stop = Stop()

    def service() -> None:
        raise RuntimeError("the thread is dead")

    def block() -> None:
        with Beside(service, stop, "test"):
            stop.pause(30)
            assert stop

    with pytest.raises(RuntimeError, match="the thread is dead"):
        block()


def test_the_end_of_the_block_ends_the_thread() -> None:
    stop = Stop()
    with Beside(lambda: stop.pause(30), stop, "test"):
        assert not stop
    assert stop


def test_a_signal_ends_a_wait_and_nothing_else() -> None:
    stop, forever = Stop(), threading.Event()
    with stop.on_signals():
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
        assert stop.unless_set(forever.wait) is None
        assert stop
        assert stop.unless_set(forever.wait) is None
    forever.set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_may_come_while_the_lock_is_held(number: signal.Signals) -> None:
    stop = Stop()
    with stop.on_signals():
        with stop._changed:
            signal.raise_signal(number)
        stop.pause(60)
        assert stop


def test_whoever_asks_twice_is_obeyed_at_once() -> None:
    stop = Stop()
    with stop.on_signals():
        signal.raise_signal(signal.SIGINT)
        stop.pause(60)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Stop().on_signals():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_a_wait_gives_and_raises() -> None:
    stop = Stop()
    assert stop.unless_set(lambda: 7) == 7

    def away() -> None:
        raise StoreError("away")

    with pytest.raises(StoreError, match="away"):
        stop.unless_set(away)
