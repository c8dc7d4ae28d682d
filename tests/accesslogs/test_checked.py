"""The compiled modules read and write nothing outside of what they were given.

They are built once more, with what checks every index and every address (see hatch_build.py).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = (
    "from hatch_build import Compiled; Compiled.initialize(object(), 'standard', {'artifacts': []})"
)


def sanitizer() -> str | None:
    """The library that has to be loaded before all others."""
    if shutil.which("gcc") is None:
        return None
    found = subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return found if Path(found).is_absolute() else None


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with modules that are watched."""
    if sys.platform != "linux" or sanitizer() is None:
        pytest.skip("gcc and its libasan are not here")
    copy = tmp_path_factory.mktemp("checked")
    shutil.copy(ROOT / "hatch_build.py", copy)
    unwanted = shutil.ignore_patterns("*.so", "__pycache__")
    shutil.copytree(ROOT / "src", copy / "src", ignore=unwanted)
    built = subprocess.run(
        [sys.executable, "-c", BUILD],
        cwd=copy,
        env={**os.environ, "OFFCALL_CHECKED": "1", "CC": "gcc", "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return copy / "src"


def watched(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.accesslogs.checked", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(folder),
            "LD_PRELOAD": sanitizer() or "",
            # Python's own allocator hands out pieces of what it has; their ends are not seen.
            "PYTHONMALLOC": "malloc",
            # What Python keeps to its end is no leak.
            "ASAN_OPTIONS": "detect_leaks=0",
            "UBSAN_OPTIONS": "print_stacktrace=1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_hostile_lines(checked: Path) -> None:
    done = watched(checked)
    assert done.returncode == 0, done.stderr[-5000:]
    assert "runtime error" not in done.stderr
    module, good = done.stdout.splitlines()
    assert Path(module).is_relative_to(checked)
    assert all(int(count) > 30 for count in good.split())


@pytest.mark.slow
def test_what_is_outside_is_seen(checked: Path) -> None:
    done = watched(checked, "outside")
    assert done.returncode != 0
    assert "AddressSanitizer: heap-buffer-overflow" in done.stderr
