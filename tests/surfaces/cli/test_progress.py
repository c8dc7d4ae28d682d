from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from offcall.surfaces.cli import progress as module
from offcall.surfaces.cli.progress import TerminalProgress


def test_nothing_is_drawn_when_standard_error_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with TerminalProgress().task("work", 10) as advance:
        advance(5)
    assert capsys.readouterr() == ("", "")


def test_a_bar_appears_when_it_takes_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", -1.0)
    monkeypatch.setenv("TERM", "xterm")
    with TerminalProgress(color=False).task("reading accounts", 10) as advance:
        advance(5)
        advance(5)
    out, err = capsys.readouterr()
    assert out == ""
    assert "reading accounts" in err
    assert "10/10" in err


def test_short_work_says_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 3600.0)
    with TerminalProgress().task("work") as advance:
        advance(1)
    assert capsys.readouterr().err == ""


def test_notes_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    TerminalProgress().note("saved")
    assert capsys.readouterr() == ("", "saved\n")


def test_a_terminal_that_can_only_write_gets_no_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", -1.0)
    monkeypatch.setenv("TERM", "dumb")
    with TerminalProgress().task("work", 10) as advance:
        advance(10)
    assert capsys.readouterr().err == ""


def test_tasks_of_several_threads_stand_below_one_another(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", -1.0)
    monkeypatch.setenv("TERM", "xterm")
    progress = TerminalProgress()
    together = threading.Barrier(3)

    def work(title: str) -> None:
        with progress.task(title, 2) as advance:
            advance(1)
            together.wait(30)
            advance(1)
            together.wait(30)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, ["first", "second", "third"]))
    err = capsys.readouterr().err
    assert all(title in err for title in ("first", "second", "third"))
    assert err.count("\x1b[?25l") == 1, "one display, which hides the cursor once"
    assert err.count("\x1b[?25h") == 1
