"""The container file: clean under hadolint, and what it does works outside a container too.

The image was built and run with buildah on a Debian base; no registry of base images is asked here.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

from offcall.core.service import LONGEST_PAUSE
from scripts.docsgen.console import parse
from tests.deploy.running import captured

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deploy/container/Containerfile"


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """Instruction and value, in order."""
    with FILE.open("rb") as file:
        found = DockerfileParser(fileobj=file).structure
    return [(one["instruction"], one["value"]) for one in found]


def values(steps: list[tuple[str, str]], instruction: str) -> list[str]:
    return [value for name, value in steps if name == instruction]


def environment(steps: list[tuple[str, str]]) -> dict[str, str]:
    (text,) = values(steps, "ENV")
    return dict(re.findall(r"(\w+)=(\S+)", text))


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = captured(hadolint, "--no-color", FILE)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_copied_is_there_and_sent_to_the_builder(steps: list[tuple[str, str]]) -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    sent = [line[1:] for line in ignored if line.startswith("!")]
    copied = [
        path
        for value in values(steps, "COPY")
        if not value.startswith("--from")
        for path in value.split()[:-1]
    ]
    assert {"src", "requirements.lock", "scripts/install-locked"} <= set(copied)
    for path in copied:
        assert (ROOT / path).exists()
        assert any(fnmatch(path, pattern) for pattern in sent), path
    assert set(sent) == set(copied)


def test_it_runs_the_worker_as_nobody_in_particular(steps: list[tuple[str, str]]) -> None:
    names = [name for name, _ in steps]
    assert values(steps, "USER") == ["65532:65532"]
    # Whatever comes before is root's, and so cannot be changed by what runs.
    assert "USER" not in names[: names.index("VOLUME")]
    (entry,), (command,) = values(steps, "ENTRYPOINT"), values(steps, "CMD")
    assert parse(" ".join([*json.loads(entry), *json.loads(command)])).command_path == (
        "offcall worker"
    )


def test_all_that_is_written_is_below_the_volume_or_tmp(steps: list[tuple[str, str]]) -> None:
    (volume,) = values(steps, "VOLUME")
    env = environment(steps)
    assert env["OFFCALL_HISTORY"] == f"sqlite:///{volume}/history.sqlite"
    assert env["XDG_DATA_HOME"] == volume
    assert env["OFFCALL_ALIVE"].startswith("/tmp/")


@pytest.fixture
def probe(steps: list[tuple[str, str]], tmp_path: Path) -> Callable[[], int]:
    """The health check, with its file in a folder of the test's; its exit code."""
    (text,) = values(steps, "HEALTHCHECK")
    alive = environment(steps)["OFFCALL_ALIVE"]
    assert alive in text
    command = json.loads(text.partition("CMD ")[2])

    def run() -> int:
        own = [part.replace(alive, str(tmp_path / "alive")) for part in command]
        return captured(*own).returncode

    return run


def test_the_health_check_fails_when_rounds_have_stopped(
    probe: Callable[[], int], tmp_path: Path
) -> None:
    assert probe() != 0
    alive = tmp_path / "alive"
    alive.touch()
    assert probe() == 0
    now = alive.stat().st_mtime
    # Rounds that fail come this seldom, and a restart would not help them.
    os.utime(alive, (now, now - LONGEST_PAUSE * 2))
    assert probe() == 0
    os.utime(alive, (now, now - 20 * 60))
    assert probe() != 0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment as the build step of the image makes it."""
    folder = tmp_path_factory.mktemp("image")
    given = (
        "requirements.lock",
        "pyproject.toml",
        "hatch_build.py",
        "README.md",
        "LICENSE",
        "NOTICE",
    )
    for name in given:
        shutil.copy(ROOT / name, folder)
    ignore = shutil.ignore_patterns("__pycache__", "*.so")
    shutil.copytree(ROOT / "src", folder / "src", ignore=ignore)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    subprocess.run(
        [
            ROOT / "scripts/install-locked",
            folder / "venv",
            folder / "requirements.lock",
            f"offcall[all] @ {folder.as_uri()}",
        ],
        check=True,
    )
    yield folder / "venv/bin"
    shutil.rmtree(folder)


@pytest.mark.slow
def test_the_image_has_what_runs_and_nothing_else(installed: Path) -> None:
    env = {"PATH": str(installed), "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    done = captured(installed / "offcall", "brief", "--demo", env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Brief: Shop Example")
    said = "import apprise, boto3, httpx, mcp, psycopg, uvicorn; print(psycopg.pq.__impl__)"
    done = captured(installed / "python", "-c", said, env=env)
    assert done.stdout == "binary\n", done.stderr
    there = {path.name for path in installed.iterdir()}
    assert not there & {"pytest", "mypy", "ruff", "moto_server", "cfn-lint"}


@pytest.mark.slow
def test_a_file_that_is_not_the_locks_is_refused(installed: Path, tmp_path: Path) -> None:
    lock = (ROOT / "requirements.lock").read_text()
    entry = re.search(r"^platformdirs==.*?(?=^[a-z])", lock, re.MULTILINE | re.DOTALL)
    assert entry is not None
    forged = re.sub(r"sha256:\w{64}", f"sha256:{'0' * 64}", entry[0])
    (tmp_path / "lock").write_text(lock.replace(entry[0], forged))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (tmp_path / "venv/bin/uv").symlink_to(installed / "uv")
    done = captured(
        ROOT / "scripts/install-locked", tmp_path / "venv", tmp_path / "lock", "platformdirs"
    )
    assert done.returncode != 0
    assert "Hash mismatch" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="MemoryDenyWriteExecute= is Linux's")
def test_it_runs_where_memory_cannot_be_written_and_executed() -> None:
    """As under systemd's MemoryDenyWriteExecute=, by the kernel's own switch for it."""

    def deny() -> None:
        set_mdwe, refuse_gain = 65, 1
        ctypes.CDLL(None).prctl(set_mdwe, refuse_gain, 0, 0, 0)

    said = (
        "import apprise, boto3, cryptography.fernet, ctypes, httpx, mmap, psycopg, sqlalchemy\n"
        "try: mmap.mmap(-1, 4096, prot=7)\n"
        "except PermissionError: print('denied')\n"
        "else: print('old kernel')"
    )
    done = captured(sys.executable, "-c", said, preexec_fn=deny)
    if done.stdout == "old kernel\n":
        pytest.skip("this kernel is older than 6.3")
    assert done.stdout == "denied\n", done.stderr
