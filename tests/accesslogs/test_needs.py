"""Reading logs where memory may not be executed, as systemd's MemoryDenyWriteExecute= has it."""

from __future__ import annotations

import subprocess
import sys

import pytest

DENY = """
import ctypes, sys
# What MemoryDenyWriteExecute= is to the kernel (since 6.3).
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):
    sys.exit(77)
from offcall.surfaces.cli import main
sys.argv = ["offcall", *sys.argv[1:]]
main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="MemoryDenyWriteExecute= is Linux's")
@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["logs", "top", "--demo"], "Requests by route"),
        (["logs", "top", "--demo", "--by", "status"], "Requests by status"),
        (["logs", "anomalies", "--demo"], "Anomalies"),
        (["logs", "report", "--demo"], "Traffic of shop-web"),
        (["brief", "--demo"], "Brief: Shop Example"),
    ],
)
def test_logs_are_read_there_too(command: list[str], says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DENY, *command], capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("this kernel is older than 6.3")
    assert done.returncode in (0, 1), done.stderr
    assert says in done.stdout
    assert "cannot be read" not in done.stdout + done.stderr
