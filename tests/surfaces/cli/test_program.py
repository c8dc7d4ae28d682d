"""The installed program in a process of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from offcall.surfaces.cli.app import run

OFFCALL = [sys.executable, "-m", "offcall"]


def offcall(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*OFFCALL, *args],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=60,
        env={**os.environ, "NO_COLOR": "1", **env},
    )


def test_help_lists_every_room() -> None:
    from offcall.core.registry import rooms

    done = offcall("--help")
    assert done.returncode == 0
    for name, summary in rooms().items():
        assert name in done.stdout
        assert summary[:30] in done.stdout
    assert done.stderr == ""


def test_version() -> None:
    from offcall import __version__

    assert offcall("--version").stdout == f"offcall, version {__version__}\n"


def test_no_arguments_show_help() -> None:
    done = offcall()
    assert "Usage:" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


HEAVY = (
    "pydantic", "sqlalchemy", "boto3", "botocore", "rich", "apprise", "jinja2", "alembic", "mcp",
    "ruamel", "httpx", "asyncio", "msgspec",
)  # fmt: skip


@pytest.mark.parametrize("args", [["--help"], ["completion", "bash"], ["nonsense"]])
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    code = (
        "import sys; from offcall.surfaces.cli.app import run; run(sys.argv[1:]);"
        "print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = done.stderr.splitlines()[-1]
    assert "'click'" in loaded
    assert [name for name in HEAVY if f"'{name}'" in loaded] == []


def cpu(command: list[str]) -> float:
    """Seconds of CPU of a command, the least of three runs."""
    best = float("inf")
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True, timeout=60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def test_help_costs_less_than_importing_the_models_alone() -> None:
    # A ratio in the same run, so that a busy machine does not matter.
    assert cpu([*OFFCALL, "--help"]) < cpu(
        [sys.executable, "-c", "import pydantic.main, rich.table"]
    )


def test_a_reader_that_goes_away_is_no_error() -> None:
    with subprocess.Popen(
        [*OFFCALL, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(60) == 0
    assert said == b""


SLOW = """
import sys, time, click
from offcall.surfaces.cli import app as module
program = click.Group("offcall")
@program.command()
def wait():
    print("ready", flush=True)
    while True:
        time.sleep(60)
module.app = program
sys.exit(module.run(["wait"]))
"""


def test_ctrl_c_ends_with_130() -> None:
    import signal

    with subprocess.Popen(
        [sys.executable, "-c", SLOW], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(60) == 130
    assert said.strip() == "interrupted"


def test_an_unknown_command_is_named() -> None:
    done = offcall("compltion")
    assert done.returncode == 2
    assert done.stderr.startswith("error: No such command 'compltion'. Did you mean 'completion'?")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_any_encoding_of_the_terminal(tmp_path: Path, encoding: str) -> None:
    done = offcall("estate", "init", str(tmp_path / "ü.yaml"), PYTHONIOENCODING=encoding)
    assert "Traceback" not in done.stderr
    assert (tmp_path / "ü.yaml").exists()


def test_clock_is_not_asked_for_help() -> None:
    started = time.perf_counter()
    offcall("--help")
    # Generous: the real bound is the ratio above.
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("helth list", "did you mean 'health'"),
        ("health lst", "did you mean 'list'"),
        ("health list --regoin x", "did you mean '--region'"),
        ("health list -o xml", "is not one of 'terminal'"),
        ("health list --limit many", "'many' is not a valid whole number"),
        ("health show", "missing argument 'event'.\n  expected: "),
        ("notify test", "missing option '--channel'.\n  expected: name of the channel"),
        ("completion", "expected: bash | zsh | fish"),
        ("--no-color brief", "options stand after the command: offcall … --no-color"),
        ("health --quiet list", "options stand after the command: offcall health … --quiet"),
        ("health changes --window sometime", "expected: 'next week'"),
        ("brief extra", "unexpected extra argument"),
    ],
)
def test_a_mistake_is_answered_with_what_was_meant(
    line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert said in err.casefold()
    assert len(err.splitlines()) <= 4


@pytest.mark.parametrize(("flags", "coloured"), [((), True), (("--no-color",), False)])
def test_an_error_has_colour_when_it_may(
    flags: tuple[str, ...],
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert run(["health", "list", "--window", "sometime", "--demo", *flags]) == 2
    assert ("\x1b[" in capsys.readouterr().err) is coloured


@pytest.mark.parametrize("line", ["health list", "worker", "estate check"])
def test_help_tells_what_is_its_own_from_what_is_everywhere(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*line.split(), "--help"]) == 0
    own, every = capsys.readouterr().out.split("Options of every command:")
    assert "--quiet" in every
    assert "--help" in every
    assert "--quiet" not in own
    assert "--region" not in every
