"""Shell completion: rooms, verbs, options and choices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete

from offcall.core.registry import rooms, tools_of
from offcall.surfaces.cli.app import app


def complete(*args: str, incomplete: str = "") -> list[str]:
    shell = ShellComplete(app, {}, "offcall", "_OFFCALL_COMPLETE")
    return [item.value for item in shell.get_completions(list(args), incomplete)]


def test_rooms_and_own_commands() -> None:
    found = complete()
    assert set(rooms()) <= set(found)
    assert {"completion", "estate", "mcp"} <= set(found)
    assert complete(incomplete="compl") == ["completion"]


def test_verbs() -> None:
    for room in rooms():
        verbs = [tool.verb for tool in tools_of(room) if tool.verb]
        if verbs:
            assert set(complete(room)) >= {verb.split()[0] for verb in verbs}
    assert complete("estate") == ["check", "init"]


def test_options_and_choices() -> None:
    room, verb = next((name, tool.verb) for name in rooms() for tool in tools_of(name) if tool.verb)
    options = complete(room, *verb.split(), incomplete="--")
    assert {"--output", "--fail-on", "--demo", "--help"} <= set(options)
    assert complete(room, *verb.split(), "--output", incomplete="ma") == ["markdown"]
    assert complete(room, *verb.split(), "--fail-on", incomplete="c") == ["critical"]
    assert complete("completion") == ["bash", "zsh", "fish"]


def script(shell: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "offcall", "completion", shell],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip


@pytest.mark.parametrize(
    ("shell", "wanted"),
    [
        ("bash", "complete -o nosort -F _offcall_completion offcall"),
        ("zsh", "#compdef offcall"),
        ("fish", "complete --no-files --command offcall"),
    ],
)
def test_scripts(shell: str, wanted: str) -> None:
    text = script(shell)
    assert wanted in text
    assert f"_OFFCALL_COMPLETE={shell}_complete" in text


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_accepts_its_script() -> None:
    done = subprocess.run(
        ["bash", "-n"], input=script("bash"), text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_program_answers_a_shell() -> None:
    code = "import sys; sys.argv = ['offcall']; from offcall.surfaces.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "_OFFCALL_COMPLETE": "bash_complete",
            "COMP_WORDS": "offcall completion ",
            "COMP_CWORD": "2",
        },
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.splitlines() == ["plain,bash", "plain,zsh", "plain,fish"]
