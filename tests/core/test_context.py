from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from offcall.core.context import Context, Silent
from offcall.core.errors import WindowError
from offcall.core.estate import Estate

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_fixed_and_running_clock() -> None:
    assert Context(Estate(), now=NOW).now == NOW
    before = datetime.now(UTC)
    assert before <= Context(Estate()).now <= datetime.now(UTC)


def test_windows_and_times_are_read_at_this_run_s_time() -> None:
    ctx = Context(Estate(), now=NOW, zone=ZoneInfo("Europe/Vienna"))
    window = ctx.window("tomorrow")
    assert window.start == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert ctx.time("02:15") == datetime(2026, 11, 24, 1, 15, tzinfo=UTC)
    assert ctx.time("02:15", prefer="future") == datetime(2026, 11, 25, 1, 15, tzinfo=UTC)
    with pytest.raises(WindowError):
        ctx.window("whenever")


def test_what_is_kept_is_made_once_and_closed_last_first() -> None:
    said: list[str] = []

    @contextlib.contextmanager
    def thing(name: str) -> Iterator[str]:
        said.append(f"open {name}")
        yield name
        said.append(f"close {name}")

    with Context(Estate()) as ctx:
        assert ctx.keep("a", lambda: thing("a")) == "a"
        assert ctx.keep("a", lambda: thing("other")) == "a"
        assert ctx.keep("b", lambda: thing("b")) == "b"
    assert said == ["open a", "open b", "close b", "close a"]


def test_what_is_kept_is_closed_after_an_error() -> None:
    said: list[str] = []

    @contextlib.contextmanager
    def thing() -> Iterator[None]:
        try:
            yield
        finally:
            said.append("closed")

    def run() -> None:
        with Context(Estate()) as ctx:
            ctx.keep("a", thing)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        run()
    assert said == ["closed"]


def test_silent_progress() -> None:
    progress = Silent()
    with progress.task("work", 3) as advance:
        advance(1)
    progress.note("nothing is said")


def test_time_stands_still_in_one_run_and_goes_on_in_a_service() -> None:
    with Context(Estate()) as ctx:
        ctx.freeze()
        first = ctx.now
        while datetime.now(UTC) <= first:
            pass
        assert ctx.now == first
        ctx.thaw()
        assert ctx.now > first
    with Context(Estate(), now=datetime(2026, 11, 24, tzinfo=UTC)) as ctx:
        ctx.freeze()
        assert ctx.now == datetime(2026, 11, 24, tzinfo=UTC)
