from __future__ import annotations

import json
from pathlib import Path

import pytest

from offcall.core.estate import Estate, sections
from offcall.surfaces.cli.app import run


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OFFCALL_ESTATE", raising=False)
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / "config")


def test_init_writes_what_check_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["estate", "init", "--name", 'quo"te: #x']) == 0
    text = (tmp_path / "offcall.yaml").read_text(encoding="utf-8")
    assert Estate.load(tmp_path / "offcall.yaml").common.name == 'quo"te: #x'
    for name in sections():
        assert f"# {name}:" in text
    capsys.readouterr()
    assert run(["estate", "check"]) == 0
    said = capsys.readouterr().out
    # A long path is wrapped.
    right = f"{tmp_path / 'offcall.yaml'}: right (no sections yet)"
    assert "".join(said.split()).endswith("".join(right.split()))


def test_init_names_the_folder(tmp_path: Path) -> None:
    assert run(["estate", "init"]) == 0
    assert Estate.load(tmp_path / "offcall.yaml").common.name == tmp_path.name


def test_init_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "offcall.yaml"
    file.write_text("name: mine\n", encoding="utf-8")
    assert run(["estate", "init"]) == 2
    assert "this file exists already" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "name: mine\n"


def test_init_where_one_may_not_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["estate", "init", "no/such/folder.yaml"]) == 2
    assert "cannot write: No such file" in capsys.readouterr().err


def test_check_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["estate", "check"]) == 2
    assert "offcall estate init" in capsys.readouterr().err


@pytest.mark.parametrize("name", sections())
def test_check_looks_into_every_section(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "e.yaml"
    file.write_text(f"name: x\n{name}:\n  no_such_key: 1\n", encoding="utf-8")
    assert run(["estate", "check", str(file)]) == 2
    assert f"{file}:3: unknown key 'no_such_key' in {name}" in capsys.readouterr().err


def test_check_takes_the_file_as_every_command_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "e.yaml"
    file.write_text("name: x\nhealth: {}\n", encoding="utf-8")
    assert run(["estate", "check", "--estate", str(file), "-o", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["file"], answer["sections"]) == (str(file), ["health"])
    assert run(["estate", "check", str(file), "--estate", "other.yaml"]) == 2
    assert "two estate files are named" in capsys.readouterr().err
    assert run(["estate", "check", "--demo"]) == 0
    assert "lifecycle" in capsys.readouterr().out


def test_init_says_in_any_form_what_it_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["estate", "init", "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["file"] == "offcall.yaml"
