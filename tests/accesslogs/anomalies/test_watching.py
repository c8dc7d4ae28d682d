"""Following a folder: each incident is told once, kept in the history, and resolved."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offcall.accesslogs.anomalies.state import State
from offcall.accesslogs.anomalies.watching import SCOPE, Watch, watch_logs
from offcall.accesslogs.sources.folders import FolderFollower
from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.history import open_history
from offcall.history.findings import lookup
from tests.accesslogs.anomalies.traffic import SCENARIOS, START, lines

BURST = next(one for one in SCENARIOS if one.name == "error burst")
LOG = list(lines(BURST))


class Notes:
    """Progress that remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[object]:
        yield lambda amount: None

    def note(self, text: str) -> None:
        self.said.append(text)


def put(folder: Path, first: int, last: int) -> Path:
    """The lines of some minutes, in a file that has been there for an hour."""
    start, end = (f"{START + timedelta(minutes=at):%Y-%m-%dT%H:%M}" for at in (first, last))
    file = folder / f"{first:03}.log"
    file.write_bytes(b"".join(one for one in LOG if start <= one.split()[1].decode() < end))
    past = datetime.now(UTC).timestamp() - 3600
    os.utime(file, (past, past))
    return file


def watching(ctx: Context, folder: Path, state: State, *, record: bool = False) -> Watch:
    return Watch(
        ctx,
        FolderFollower(str(folder), START),
        state,
        record=record,
        place=str(folder),
        since=START,
    )


def test_each_incident_is_told_once_and_resolved_when_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFCALL_HISTORY", str(tmp_path / "history.sqlite"))
    logs = tmp_path / "logs"
    logs.mkdir()
    notes = Notes()

    def at(minute: int) -> Context:
        return Context(Estate({}), now=START + timedelta(minutes=minute), progress=notes)

    with at(180) as ctx, State(1) as state:
        watch = watching(ctx, logs, state, record=True)
        present = []
        for first in range(0, 180, 5):
            put(logs, first, first + 5)
            ctx.fixed_now = START + timedelta(minutes=first + 5)
            watch.step()
            if first >= 60:
                with open_history(ctx).read() as conn:
                    known = lookup(conn, now=ctx.now, scope=SCOPE, present=True)
                present.append([one.finding.rule for one in known])
        ctx.fixed_now = START + timedelta(minutes=300)
        (logs / "later.log").write_bytes(LOG[-1].replace(b"T08:59", b"T10:59", 2))
        os.utime(logs / "later.log", (0, 0))
        watch.step()
        with open_history(ctx).read() as conn:
            known = lookup(conn, now=ctx.now, scope=SCOPE)
    # Two hours without a line are told too, and what was before is over.
    assert {one.finding.key.split()[0]: one.resolved_at is None for one in known} == {
        "fewer-requests": True,
        "server-errors": False,
    }
    burst, gap = (one for one in notes.said if "new history" not in one)
    assert "10.0.2.11:8080" in burst
    assert "no request at all" in gap
    # Told within ten minutes: the file that has it, and the minute that may be half there.
    assert present.index(["logs-anomaly"]) <= (BURST.first - 60) // 5 + 1
    assert watch.result().lines == len(LOG) + 1
    assert len(watch.result().findings) == 2
    assert watch.result().recorded


def test_a_state_forgets_what_is_old(tmp_path: Path) -> None:
    old, new = tmp_path / "old.log", tmp_path / "new.log"
    old.write_bytes(b"".join(LOG[:100]))
    new.write_bytes(b"".join(one.replace(b"2026-11-24", b"2026-12-10") for one in LOG[:50]))
    follower = FolderFollower(str(tmp_path), START)
    files = {Path(one.name).name: one for one in follower.look(datetime(2030, 1, 1, tzinfo=UTC))}
    with State(1) as state:
        assert state.take([files["old.log"]]).lines == 100
        first, _ = state.look()
        assert state.take([files["new.log"]]).lines == 50
        _, named = state.look()
    assert first.incidents == ()
    assert [row[2] for row in named] == [50]


def test_a_file_that_cannot_be_read_is_said_and_the_others_count(tmp_path: Path) -> None:
    put(tmp_path, 0, 5)
    bad = tmp_path / "bad.log.gz"
    bad.write_bytes(b"\x1f\x8b\x08\x00cut")
    os.utime(bad, (0, 0))
    notes = Notes()
    with Context(Estate({}), now=START, progress=notes) as ctx, State(1) as state:
        ctx.fixed_now = datetime.now(UTC)
        watch = watching(ctx, tmp_path, state)
        watch.step()
        watch.step()
    assert len([one for one in notes.said if "bad.log.gz" in one]) == 1
    assert watch.result().lines > 500
    assert any("bad.log.gz" in one for one in watch.result().incomplete())


def test_a_follower_gives_each_file_once(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    one = put(tmp_path, 0, 1)
    follower = FolderFollower(str(tmp_path), START)
    assert [file.name for file in follower.look(now)] == [str(one)]
    # It was not dealt with, so it comes again.
    assert len(follower.look(now)) == 1
    follower.done()
    assert follower.look(now) == []
    follower.done()
    fresh = tmp_path / "fresh.log"
    fresh.write_bytes(LOG[0])
    now = datetime.now(UTC)
    assert follower.look(now) == []
    follower.done()
    assert [file.name for file in follower.look(now + timedelta(seconds=60))] == [str(fresh)]
    follower.done()
    fresh.write_bytes(LOG[0] * 2)
    (changed,) = follower.look(now + timedelta(seconds=60))
    with pytest.raises(Exception, match="was changed after it was read"):
        changed.open()
    follower.done()
    assert follower.look(now + timedelta(seconds=60)) == []


def test_what_cannot_be_followed_is_said(tmp_path: Path) -> None:
    with Context(Estate({})) as ctx:
        with pytest.raises(UserError, match="no such file"):
            watch_logs.function(ctx, str(tmp_path / "nothing"))
        with pytest.raises(UserError, match="standard input"):
            watch_logs.function(ctx, "-")
        with pytest.raises(UserError, match="shorter than a second"):
            watch_logs.function(ctx, str(tmp_path), every="0s")


def test_it_stops_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    put(tmp_path, 0, 5)
    with subprocess.Popen(
        [sys.executable, "-m", "offcall", "logs", "watch", str(tmp_path), "--since",
         "2026-11-24T06:00Z", "--output", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            if "stop with Ctrl-C" in line:
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert '"place"' in out
    assert "Traceback" not in err
