"""Console blocks: commands in the documentation, with the output that they really give.

    ```console
    $ offcall brief --demo | head -3
    ...
    ```

A command with `--demo` is run (its clock stands still) and its output compared or written anew.
Any other `offcall` command is run by the tests, in a folder that has the files of the
documentation and with AWS's fakes (tests/docs/test_executed.py). Commands of other programs are
left alone.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from offcall.surfaces.cli.app import app

__all__ = [
    "Block",
    "Step",
    "blocks",
    "commands_in",
    "environment",
    "parse",
    "refreshed",
    "run",
    "run_status",
    "shell_lines",
]

FENCE = re.compile(r"^```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```(?:shell|sh|bash)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """A command and the output that the page shows under it."""

    command: str
    output: str
    line: int

    @property
    def runs(self) -> bool:
        """Whether the output can be the same every time."""
        return self.command.startswith("offcall ") and "--demo" in self.command


@dataclass(frozen=True, slots=True)
class Block:
    """A console block: where its body stands in the text, and its steps."""

    start: int
    end: int
    steps: tuple[Step, ...]


def blocks(text: str) -> Iterator[Block]:
    """The console blocks of a page."""
    for match in FENCE.finditer(text):
        first = text.count("\n", 0, match.start("body")) + 1
        yield Block(match.start("body"), match.end("body"), tuple(_steps(match["body"], first)))


def _steps(body: str, first: int) -> Iterator[Step]:
    command: str | None = None
    output: list[str] = []
    line = at = first
    for text in body.splitlines():
        if command is not None and command.endswith("\\"):
            command = command[:-1].rstrip() + " " + text.strip()
        elif text.startswith("$ "):
            if command is not None:
                yield Step(command, "\n".join(output), at)
            command, output, at = text[2:], [], line
        else:
            output.append(text)
        line += 1
    if command is not None:
        yield Step(command, "\n".join(output), at)


def commands_in(text: str) -> Iterator[str]:
    """Every `offcall` command of a page, from console and shell blocks."""
    for block in blocks(text):
        yield from (step.command for step in block.steps if step.command.startswith("offcall "))
    yield from (line for line in shell_lines(text) if line.startswith("offcall "))


def shell_lines(text: str) -> Iterator[str]:
    """Every command of a page's shell blocks, of whatever program; continued lines are one."""
    for match in SHELL.finditer(text):
        for line in re.sub(r"\\\n\s*", "", match["body"]).splitlines():
            if line.strip() and not line.startswith("#"):
                yield line


def parse(command: str) -> click.Context:
    """Parse an `offcall` command line without running it.

    Raises:
        click.ClickException: no such command or option, or a value that does not fit.
    """
    command = re.sub(r"\\\n\s*", "", command)
    words = shlex.split(re.split(r"\s[|<>]\s|\s&&\s|\s#\s", command)[0])[1:]
    context = app.make_context("offcall", words)
    current: click.Command = app
    while isinstance(current, click.Group):
        rest = [*context._protected_args, *context.args]
        name, found, rest = current.resolve_command(context, rest)
        assert found is not None
        context = found.make_context(name, rest, parent=context)
        current = found
    return context


def run(command: str) -> str:
    """What a command prints."""
    return run_status(command)[1]


def environment() -> dict[str, str]:
    """What a page's reader has: `offcall`, no colours, 100 columns, UTC."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "COLUMNS": "100",
        "TZ": "UTC",
        "NO_COLOR": "1",
    }


def run_status(
    command: str, *, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run a command as the page's reader would.

    Args:
        folder: where; by default one that is gone afterwards.
        env: variables beside those of `environment`.

    Returns:
        the exit code of the last program, and both outputs, without blanks at the ends of lines.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=folder or elsewhere,
            env={**environment(), **(env or {})},
        )
    lines = (done.stdout + done.stderr).rstrip().splitlines()
    return done.returncode, "\n".join(line.rstrip() for line in lines)


def refreshed(text: str) -> str:
    """The page with every output that can be the same every time written anew."""
    for block in reversed(list(blocks(text))):
        if any(step.runs for step in block.steps):
            body = "\n".join(_shown(step) for step in block.steps) + "\n"
            text = text[: block.start] + body + text[block.end :]
    return text


def _shown(step: Step) -> str:
    output = step.output
    if step.runs:
        status, output = run_status(step.command)
        if status:
            print(f"note: exit code {status}: {step.command}", file=sys.stderr)
    return f"$ {step.command}\n{output}".rstrip()
