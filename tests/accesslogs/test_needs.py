"""Reading logs where memory may not be executed, and where nothing can be kept."""

from __future__ import annotations

import subprocess
import sys

import pytest

DENY = """
import ctypes, sys
# What systemd's MemoryDenyWriteExecute= is to the kernel (since 6.3).
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):
    sys.exit(77)
from offcall.surfaces.cli import main
sys.argv = ["offcall", *sys.argv[1:]]
main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="MemoryDenyWriteExecute= is Linux's")
def test_memory_that_may_not_be_executed_is_one_readable_error() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DENY, "logs", "top", "--demo"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("this kernel is older than 6.3")
    assert done.returncode == 2
    assert "the system forbids memory that is written and then executed" in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="MemoryDenyWriteExecute= is Linux's")
def test_the_brief_goes_on_without_the_logs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DENY, "brief", "--demo"], capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("this kernel is older than 6.3")
    assert done.returncode == 0, done.stderr
    assert "access logs cannot be read here" in done.stdout + done.stderr
    assert "Brief: Shop Example" in done.stdout


def test_nothing_can_be_kept() -> None:
    """Numba finds no folder for what it compiled, as on a read-only disk without a home."""
    code = """
import numba.core.caching as caching
caching.CacheImpl._locator_classes = []
from offcall.accesslogs.reading.memory import find
import numpy
assert find(numpy.frombuffer(b"abc", numpy.uint8), 99, 0, 3) == 2
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
