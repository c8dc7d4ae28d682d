"""The systemd units: valid, hardened, and running commands that exist."""

from __future__ import annotations

import configparser
import re
import shutil
from pathlib import Path

import pytest

from scripts.docsgen.console import parse
from tests.deploy.running import captured

FOLDER = Path(__file__).parents[2] / "deploy/systemd"
SERVICES = ["offcall-worker.service", "offcall-brief.service"]
UNITS = [*SERVICES, "offcall-brief.timer"]
WORST_EXPOSURE = 1.5
"""Of ten: 9.6 is a service without any hardening."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze"
)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units in a folder, with programs that are here instead of those in /opt."""
    folder = tmp_path / "units"
    shutil.copytree(FOLDER, folder)
    for file in folder.rglob("*.*"):
        if file.is_file():
            file.write_text(file.read_text().replace("/opt/offcall/bin/offcall", "/bin/true"))
    return folder


def lines(name: str, key: str) -> list[str]:
    text = (FOLDER / name).read_text()
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def test_the_units_are_there() -> None:
    assert sorted(one.name for one in FOLDER.iterdir()) == sorted([*UNITS, "offcall-.service.d"])


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong(units: Path, name: str) -> None:
    done = captured("systemd-analyze", "verify", "--man=no", f"./{name}", cwd=units)
    said = [line for line in done.stderr.splitlines() if "offcall" in line]
    assert (said, done.returncode) == ([], 0), done.stderr


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_exposed_little(units: Path, name: str) -> None:
    done = captured("systemd-analyze", "security", "--offline=true", f"./{name}", cwd=units)
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert level is not None, done.stderr
    assert float(level[1]) <= WORST_EXPOSURE


@pytest.mark.parametrize("name", SERVICES)
def test_its_commands_exist(name: str) -> None:
    started = lines(name, "ExecStart")
    assert started
    for command in started:
        offcall = re.search(r"\boffcall (?:worker|brief)[^>&']*", command)
        assert offcall is not None
        assert parse(offcall[0].strip()).command_path in ("offcall worker", "offcall brief")


def test_what_it_writes_is_in_the_state_folder() -> None:
    common = "offcall-.service.d/common.conf"
    (state,) = lines(common, "StateDirectory")
    assert lines(common, "WorkingDirectory") == [f"/var/lib/{state}"]
    assert "XDG_DATA_HOME=/var/lib" in lines(common, "Environment")
    assert lines(common, "ProtectSystem") == ["strict"]


def test_a_page_is_replaced_only_when_it_is_whole() -> None:
    first, _ = lines("offcall-brief.service", "ExecStart")
    assert "> brief.html.new && mv brief.html.new brief.html" in first


@needs_systemd
def test_the_timer_starts_the_brief_on_weekdays() -> None:
    timer = configparser.ConfigParser(strict=False)
    timer.read(FOLDER / "offcall-brief.timer")
    when = timer["Timer"]["OnCalendar"]
    done = captured("systemd-analyze", "calendar", when)
    assert "Normalized form: Mon..Fri *-*-* 07:30:00" in done.stdout
