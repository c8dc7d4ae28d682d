"""The program on a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest
from rich.cells import cell_len


def on_terminal(*args: str, columns: int = 72, **env: str) -> str:
    """What the program writes to a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
    with subprocess.Popen(
        [sys.executable, "-m", "offcall", *args],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**clean, "TERM": "xterm-256color", **env},
    ):
        os.close(theirs)
        parts: list[bytes] = []
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # how Linux says that the other side is closed
                break
            if not part:
                break
            parts.append(part)
    os.close(ours)
    return b"".join(parts).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [60, 120])
def test_a_terminal_gets_colour_links_and_its_own_width(columns: int) -> None:
    # Quiet: a progress bar is drawn over and over in one line.
    text = on_terminal("brief", "--demo", "--quiet", columns=columns)
    assert "\x1b[1mBrief" in text
    assert "\x1b]8;" in text
    plain = re.sub(r"\x1b(?:\[[0-9;]*[A-Za-z]|\]8;[^\x1b]*\x1b\\)", "", text)
    widest = [line for line in plain.split("\n") if "http" not in line and "$ " not in line]
    assert max(map(cell_len, widest)) <= columns


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour(env: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal("brief", "--demo", "--quiet", **env)


def test_errors_are_red_on_a_terminal() -> None:
    assert on_terminal("nonsense").startswith("\x1b[31m\x1b[1merror:\x1b[0m No such command")
