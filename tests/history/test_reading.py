"""What only reads makes no history, and needs no right to write one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from alembic import command

from offcall.core.context import Context
from offcall.core.errors import StoreError
from offcall.core.estate import Estate
from offcall.core.registry import Effect, all_tools, find_tool
from offcall.history import open_history
from offcall.history.database import connect
from offcall.history.migrate import config
from offcall.history.opening import open_url, version_of
from offcall.history.recording import record
from offcall.history.results import FindingHistory, HistoryInfo
from offcall.surfaces.cli.app import run
from tests.history.test_findings import A
from tests.history.test_opening_named import Notes


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder, which is not there yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


READERS = [
    "health list",
    "health changes",
    "health during --at 2026-11-18T02:15Z",
    "health quarantine",
    "history info",
    "history findings",
    "history audit",
    "notify list",
    "notify channels",
    "notify run",
    "catalog list",
    "catalog owner orders-db",
    "history prune --older-than 400d",
    "brief --no-record",
]


def test_no_tool_that_reads_the_history_is_forgotten() -> None:
    rooms = ("health", "history", "notify", "catalog")
    names = {one.name for one in all_tools() if one.effect is Effect.READ and one.room in rooms}
    tried = {" ".join(words.split()[:2]) for words in READERS}
    # These say that there is no such event, runbook or entity.
    assert names - tried == {"health show", "catalog runbook", "catalog check"}


@pytest.mark.parametrize("words", READERS)
def test_reading_makes_no_history(
    words: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words.split()) == 0
    said = capsys.readouterr().err
    assert not data.exists()
    if not words.startswith("catalog"):
        assert f"no history yet at {data}/offcall/history.sqlite; `offcall health import" in said
        assert said.count("no history yet") == 1


def test_quiet_says_nothing_of_it(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["health", "list", "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_what_records_makes_one(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["brief"]) == 0
    assert (data / "offcall/history.sqlite").is_file()
    assert "no history yet" not in capsys.readouterr().err


def test_it_is_read_once_it_is_there(history_url: str) -> None:
    ctx = Context(Estate({"history": history_url}), progress=Notes())  # type: ignore[arg-type]
    with ctx:
        before = find_tool("history info").call(ctx)
        assert isinstance(before, HistoryInfo)
        assert (before.rows["finding"], before.bytes) == (0, None)
        assert before.url == connect(history_url).url
        assert "no history yet at" in ctx.progress.said[0]  # type: ignore[attr-defined]
        with connect(history_url) as real:
            if not real.is_sqlite:
                with real.read() as conn:
                    assert version_of(conn) is None
        # What the same context writes later goes into a real one.
        record(open_history(ctx), "lifecycle", [A], ctx.now)
    with Context(Estate({"history": history_url})) as ctx:
        found = find_tool("history findings").call(ctx)
    assert isinstance(found, FindingHistory)
    assert [one.finding for one in found.findings] == [A]


@pytest.mark.parametrize("log", [False, True])
def test_one_that_may_not_be_written_is_read(
    log: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    file = tmp_path / "h.sqlite"
    url = f"sqlite:///{file}"
    with open_url(url) as history:
        record(history, "lifecycle", [A], Context(Estate()).now)
        if not log:
            history.close()
        before = sorted(tmp_path.iterdir())
        with Context(Estate({"history": url})) as ctx:
            found = find_tool("history findings").call(ctx)
            assert isinstance(found, FindingHistory)
            assert len(found.findings) == 1
            with ctx.running(records=False), pytest.raises(StoreError, match="read-only"):
                record(open_history(ctx), "lifecycle", [], ctx.now)
        assert sorted(tmp_path.iterdir()) == before


def test_nothing_is_written_into_one_that_may_not_be_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/h.sqlite"
    with connect(url) as old, old.write() as conn:
        command.upgrade(config(conn), "0001")
    with pytest.raises(StoreError, match="read-only"):
        open_url(url, how="read")
