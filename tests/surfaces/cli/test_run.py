"""How a run ends: output, exit codes, errors."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from offcall.core.registry import Tool
from offcall.surfaces.cli import app as module
from offcall.surfaces.cli.command import command_of
from tests.core import sample_tools

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def quiet_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No estate, no colours, one zone."""
    monkeypatch.chdir(tmp_path)
    for name in ("OFFCALL_ESTATE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / "config")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the program with the sample tools as its room."""
    room = click.Group("sample")
    for tool in vars(sample_tools).values():
        if isinstance(tool, Tool):
            room.add_command(command_of(tool), tool.verb)
    program = click.Group("offcall", context_settings={"help_option_names": ["-h", "--help"]})
    program.add_command(room)
    monkeypatch.setattr(module, "app", program)

    def call(*args: str) -> tuple[int, str, str]:
        code = module.run(["sample", *args])
        out, err = capfd.readouterr()
        return code, out, err

    return call


def test_every_kind_of_parameter(run: Run) -> None:
    code, out, err = run(
        "echo", "me", "you", "them", "--status", "OPEN", "--color", "blue", "-n", "5", "--ratio",
        "0.5", "--tag", "a=b", "--tag", "c=d", "--file", "/x", "--deep", "--no-tidy", "--from", "k",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert out == (
        "Echo\n\nname='me'\nmore=['you', 'them']\nstatus='open'\ncolor=<Color.BLUE: 'blue'>\n"
        "count=5\nratio=0.5\ntag=['a=b', 'c=d']\nfile=PosixPath('/x')\ndeep=True\ntidy=False\n"
        "from_='k'\n\n✔ nothing found\n"
    )


def test_defaults(run: Run) -> None:
    code, out, _ = run("echo", "me")
    assert code == 0
    for line in ("more=None", "status=None", "count=3", "tag=None", "deep=False", "tidy=True"):
        assert line in out.splitlines()


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        (None, "info", 0),
        ("high", "never", 0),
        ("high", "critical", 0),
        ("high", "high", 1),
        ("high", "info", 1),
        ("info", "info", 1),
    ],
)
def test_fail_on(run: Run, severity: str | None, fail_on: str, code: int) -> None:
    asked = ["--severity", severity] if severity else []
    assert run("judge", *asked, "--fail-on", fail_on)[0] == code


def test_outputs(run: Run) -> None:
    asked = ("judge", "--severity", "high")
    assert json.loads(run(*asked, "-o", "json")[1])["schema"] == "offcall.Echo/1"
    assert json.loads(run(*asked, "-o", "sarif")[1])["version"] == "2.1.0"
    assert run(*asked, "-o", "markdown")[1].startswith("# Echo\n")
    assert run(*asked, "-o", "html")[1].startswith("<!DOCTYPE html>")
    plain = run(*asked, "-o", "plain")[1]
    assert plain == run(*asked)[1]
    assert "▲ HIGH" in plain


def test_colour_only_where_it_is_wanted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("judge", "--severity", "high")
    assert "\x1b" not in run(*asked)[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run(*asked)[1]
    assert "\x1b" not in run(*asked, "--no-color")[1]
    assert "\x1b" not in run(*asked, "-o", "plain")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run(*asked)[1]


def test_gaps_are_said_on_the_side_unless_quiet(run: Run) -> None:
    code, out, err = run("judge")
    assert code == 0
    assert "AccessDenied" not in out
    assert err == "incomplete: account 3: AccessDenied\n"
    assert run("judge", "--quiet")[2] == ""


def test_save_and_from(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "facts.json"
    code, out, err = run("judge", "--save", str(file))
    assert code == 0
    assert "what=read" in out
    assert f"saved offcall.sample/1 to {file}" in err
    file.write_text(file.read_text().replace('"read"', '"loaded"'))
    assert "what=loaded" in run("judge", "--from", str(file))[1]
    monkeypatch.setattr("sys.stdin", io.StringIO(file.read_text()))
    assert "what=loaded" in run("judge", "--from", "-")[1]
    assert run("judge", "-q", "--save", str(file))[2] == ""


def test_only_tools_that_take_a_snapshot_can_save(run: Run) -> None:
    code, _, err = run("echo", "me", "--save", "x")
    assert code == 2
    assert err.startswith("error: No such option '--save'.")


def test_user_error(run: Run) -> None:
    assert run("fail", "user") == (
        2,
        "",
        "error: a.yaml:3: wrong\n  found:    x\n  expected: y\n  did you?\n",
    )


def test_source_error(run: Run) -> None:
    assert run("fail", "source") == (2, "", "error: AWS is away\ntry again\n")


def test_interrupt(run: Run) -> None:
    code, out, err = run("fail", "interrupt")
    assert (code, out) == (130, "")
    assert err.strip() == "interrupted"


def test_a_bug_is_one_line_and_a_file(run: Run) -> None:
    code, out, err = run("fail", "bug")
    assert (code, out) == (2, "")
    first, second = err.splitlines()
    assert first == "error: this is a bug in offcall: ZeroDivisionError: oops"
    trace = Path(second.strip().removeprefix("details: "))
    assert "Traceback" in trace.read_text()
    trace.unlink()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("echo",), "error: Missing argument 'NAME'."),
        (("echo", "me", "--count", "many"), "error: Invalid value for '--count' / '-n'"),
        (("echo", "me", "--status", "ajar"), "error: Invalid value for '--status'"),
        (("echo", "me", "--fail-on", "ever"), "error: Invalid value for '--fail-on'"),
        (("echo", "me", "--statis", "open"), "error: No such option '--statis'."),
        (("echo", "me", "--time-zone", "Mars"), "error: unknown time zone\n  found:    Mars"),
        (("echo", "me", "--now", "whenever"), "error: this is not a time"),
        (("echo", "me", "--estate", "/no.yaml"), "error: /no.yaml: cannot read: No such file"),
        (("judge", "--from", "/no.json"), "error: /no.json: cannot read the snapshot"),
    ],
)
def test_what_is_typed_wrong(run: Run, args: tuple[str, ...], said: str) -> None:
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert "Traceback" not in err


def test_a_typing_error_says_where_help_is(run: Run) -> None:
    assert run("echo")[2].endswith("\n  help: offcall sample echo --help\n")


def test_misspelt_estate_names_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "offcall.yaml").write_text("name: x\ntime_zome: UTC\n")
    code, _, err = run("echo", "me")
    assert code == 2
    assert "offcall.yaml:2: unknown key 'time_zome'" in err
    assert "did you mean 'time_zone'?" in err


def test_zone_of_the_estate_of_the_option_and_of_the_machine(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from offcall.surfaces.cli.session import open_context

    common = {
        "verbose": 0, "demo": False, "estate": None, "time_zone": None, "now": None,
        "quiet": True, "no_color": True,
    }  # fmt: skip
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert str(open_context(common).zone) == "Asia/Tokyo"
    monkeypatch.setenv("TZ", "EST5EDT4,M3.2.0,M11.1.0")
    assert open_context(common).zone is not None
    (tmp_path / "offcall.yaml").write_text("time_zone: Europe/Vienna\n")
    assert str(open_context(common).zone) == "Europe/Vienna"
    assert str(open_context({**common, "time_zone": "UTC"}).zone) == "UTC"
    late = open_context({**common, "now": "2026-03-01 02:15"})
    assert late.now.isoformat() == "2026-03-01T01:15:00+00:00"


def test_output_that_the_terminal_cannot_encode(monkeypatch: pytest.MonkeyPatch) -> None:
    from offcall.surfaces.cli import session

    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii", newline=""))
    session._write("▲ HIGH · │ ━ 日本\n")
    assert raw.getvalue() == b"^ HIGH - | = ??\n"


def test_width_follows_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    long = "word " * 30
    out = run("echo", long.strip())[1]
    assert max(map(len, out.splitlines())) <= 60
    assert os.environ["COLUMNS"] == "60"
