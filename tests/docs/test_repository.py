"""Promises of the repository itself: what is locked, what is layered, what CI runs."""

from __future__ import annotations

import json
import os
import pkgutil
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import offcall

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
SCRIPTS = ["scripts/make-venv", "scripts/install-locked", "scripts/system-packages", ".ci/run"]


def test_the_lock_names_no_index_and_every_file_has_a_hash() -> None:
    assert "://" not in LOCK
    entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", LOCK, re.MULTILINE | re.DOTALL)
    assert len(entries) > 50
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_has_everything_that_the_project_names() -> None:
    wanted = [
        *PROJECT["project"]["dependencies"],
        *(one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra),
        *PROJECT["dependency-groups"]["dev"],
        *PROJECT["build-system"]["requires"],
    ]
    names = {canonicalize_name(Requirement(text).name) for text in wanted} - {"offcall"}
    locked = dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^ \\]+)", LOCK, re.MULTILINE))
    assert names - locked.keys() == set()
    for requirement in map(Requirement, wanted):
        if requirement.name != "offcall":
            assert locked[canonicalize_name(requirement.name)] in requirement.specifier


def test_the_inspectors_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "tests/surfaces/mcp/inspector/package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert len(packages) > 50
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert [name for name, one in packages.items() if "integrity" not in one] == []


def test_every_package_has_a_layer() -> None:
    (contract,) = PROJECT["tool"]["importlinter"]["contracts"]
    layered = {name for layer in contract["layers"] for name in layer.split(" | ")}
    packages = {
        f"offcall.{module.name}"
        for module in pkgutil.iter_modules(offcall.__path__)
        if module.ispkg
    }
    assert layered == packages


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_run_and_parsed(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["/bin/sh", "-n", ROOT / script], check=True)


def test_ci_runs_what_everybody_runs() -> None:
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert lines[-1].endswith("exec make test")


def test_licences_are_whole() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert "Copyright 2020 endoflife.date contributors" in notice


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `scripts/system-packages` where apt-get only notes what it is asked for."""

    def run(*, user: int, sudo: bool = False) -> subprocess.CompletedProcess[str]:
        programs = {
            "id": f"echo {user}",
            "apt-get": f'echo "$@" >> {tmp_path}/asked',
            **({"sudo": 'shift; exec "$@"'} if sudo else {}),
        }
        for name, body in programs.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
            (tmp_path / name).chmod(0o755)
        (tmp_path / "env").symlink_to("/usr/bin/env")
        (tmp_path / "true").symlink_to("/bin/true")
        return subprocess.run(
            ["/bin/sh", ROOT / "scripts/system-packages", "venv"],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": str(tmp_path)},
        )

    return run


def test_without_rights_it_is_said_what_to_install(
    machine: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = machine(user=1000)
    assert done.returncode == 1
    assert done.stderr == (
        "error: Python's venv module is missing: sudo apt-get install python3-venv\n"
    )
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(("user", "sudo"), [(0, False), (1000, True)])
def test_with_rights_it_is_installed(
    machine: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    user: int,
    sudo: bool,
) -> None:
    done = machine(user=user, sudo=sudo)
    assert done.returncode == 0, done.stderr
    update, install = (tmp_path / "asked").read_text().splitlines()
    assert update.startswith("update")
    assert install.endswith("--no-install-recommends python3-venv")
