"""docs/worker.md: its back-ups can be restored, and its numbers are those of the files it names."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cfnlint.decode import cfn_yaml

from offcall.health.storage import store
from offcall.health.storage.store import ingest
from offcall.history.opening import open_url
from scripts.docsgen.console import run_status, shell_lines
from scripts.docsgen.pages import ROOT
from tests.deploy.running import captured
from tests.health.messages import message
from tests.health.samples import only
from tests.servers.postgres import Postgres, binaries

PAGE = (ROOT / "docs/worker.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
STACK = cfn_yaml.load(str(ROOT / "deploy/aws/health-events.yaml"))["Resources"]


def typed(program: str) -> list[str]:
    """What the page says to type with that program."""
    return [line for line in shell_lines(PAGE) if line.startswith(f"{program} ")]


def fill(url: str) -> None:
    with open_url(url) as history:
        ingest(history, [only(message(number)) for number in range(5)], NOW)


def lose(url: str) -> None:
    with open_url(url) as history, history.write() as conn:
        conn.exec_driver_sql("DELETE FROM health_delivery")
        conn.exec_driver_sql("DELETE FROM health_event")


def kept(url: str) -> int:
    with open_url(url) as history:
        return len(store.events(history))


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="this machine has no sqlite3")
def test_a_back_up_of_sqlite_can_be_restored(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/history.sqlite"
    backup, restore = (
        re.sub(r"/var/(lib/offcall|backups)", str(tmp_path), line) for line in typed("sqlite3")
    )
    _there_and_back(url, lambda: _do(backup), lambda: _do(restore))


def test_a_back_up_of_postgresql_can_be_restored(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.create()
    env = {"HISTORY_URL": url.replace("+psycopg", ""), "PATH": f"{binaries()}:/usr/bin:/bin"}
    (backup,), (restore,) = (
        [line.replace("/var/backups", str(tmp_path)) for line in typed(program)]
        for program in ("pg_dump", "pg_restore")
    )
    _there_and_back(url, lambda: _do(backup, env), lambda: _do(restore, env))


def _do(line: str, env: dict[str, str] | None = None) -> None:
    status, output = run_status(line, env=env)
    assert status == 0, output


def _there_and_back(url: str, backup: Callable[[], None], restore: Callable[[], None]) -> None:
    fill(url)
    # Somebody has it open meanwhile, as a worker does.
    with open_url(url) as history:
        store.events(history)
        backup()
    lose(url)
    assert kept(url) == 0
    restore()
    assert kept(url) == 5


def test_what_it_says_of_the_queue() -> None:
    queue = STACK["Queue"]["Properties"]
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert "keeps messages for 14 days" in PAGE
    assert queue["VisibilityTimeout"] == 120
    assert "visibility timeout, which is two minutes" in PAGE
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 20
    assert "received 20 times" in PAGE


def test_the_alarms_that_it_names_are_there() -> None:
    named = re.findall(r"^\| `(\w+Alarm)` of", PAGE, re.MULTILINE)
    alarms = {name for name, one in STACK.items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    assert set(named) == alarms


def test_files_that_it_names_are_there() -> None:
    for path in re.findall(r"deploy/[\w./-]+\w", PAGE):
        assert (ROOT / path).exists(), path


def test_the_sentences_that_it_quotes_are_offcalls() -> None:
    """What a table of symptoms says must be what people see."""
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src/offcall").rglob("*.py")
    )
    for sentence in ("no queue to watch", "was written by a newer offcall"):
        assert sentence in PAGE
        assert sentence in source


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_how_exposed_the_unit_is() -> None:
    unit = "./offcall-worker.service"
    done = captured(
        "systemd-analyze", "security", "--offline=true", unit, cwd=ROOT / "deploy/systemd"
    )
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    said = re.search(r"says ([\d.]+) of\s+10", PAGE)
    assert level is not None
    assert said is not None
    # Other versions of systemd weigh a little differently.
    assert float(level[1]) == pytest.approx(float(said[1]), abs=0.3)
