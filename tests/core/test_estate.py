from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from offcall.core import estate as module
from offcall.core.errors import EstateError
from offcall.core.estate import Estate, EstateModel, find_estate, section_model, sections


class Part(EstateModel):
    regions: tuple[str, ...] = ()


class Section(EstateModel):
    parts: tuple[Part, ...] = ()


def write(folder: Path, text: str, name: str = "offcall.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_an_empty_file_is_an_estate(tmp_path: Path) -> None:
    estate = Estate.load(write(tmp_path, ""))
    assert estate.common.name == "estate"
    assert estate.folder == tmp_path
    estate.check()


def test_without_a_file() -> None:
    estate = Estate()
    assert estate.path is None
    assert estate.section("health", Section) == Section()


def test_misspelt_key_at_the_top(tmp_path: Path) -> None:
    file = write(tmp_path, "name: x\ntime_zome: UTC\n")
    with pytest.raises(EstateError) as caught:
        Estate.load(file)
    assert str(caught.value) == (
        f"{file}:2: unknown key 'time_zome' at the top of the file\n  did you mean 'time_zone'?"
    )


def test_misspelt_key_below(tmp_path: Path) -> None:
    file = write(tmp_path, "catalog:\n  parts:\n    - regoins: [a]\n")
    with pytest.raises(EstateError) as caught:
        Estate.load(file).section("catalog", Section)
    assert caught.value.line == 3
    assert caught.value.hint == "did you mean 'regions'?"
    assert "catalog.parts.0" in caught.value.message


def test_wrong_type_names_its_line(tmp_path: Path) -> None:
    file = write(tmp_path, "# first\nname:\n  - list\n")
    with pytest.raises(EstateError) as caught:
        Estate.load(file)
    assert caught.value.line == 2
    assert caught.value.message.startswith("name: Input should be a valid string")


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "3\n"])
def test_not_a_mapping(tmp_path: Path, text: str) -> None:
    with pytest.raises(EstateError, match="an estate is a mapping"):
        Estate.load(write(tmp_path, text))


def test_line_says_where_a_rule_stands(tmp_path: Path) -> None:
    estate = Estate.load(write(tmp_path, "catalog:\n  parts:\n    - regions: [a]\n"))
    assert estate.line("catalog", "parts", 0) == 3


def test_null_section_has_its_defaults(tmp_path: Path) -> None:
    estate = Estate.load(write(tmp_path, "catalog:\n"))
    assert estate.section("catalog", Section) == Section()


def test_every_section_has_a_model_with_words() -> None:
    assert sections()
    for name in sections():
        model = section_model(name)
        assert issubclass(model, EstateModel), name
        assert model.model_config["extra"] == "forbid", name
        for key, field in model.model_fields.items():
            assert field.description, f"{name}.{key} says nothing about itself"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    monkeypatch.delenv("OFFCALL_ESTATE", raising=False)
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / "config")
    return tmp_path


def test_where_the_file_is_looked_for(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_estate() is None
    (elsewhere / "config").mkdir()
    assert find_estate() is None
    configured = write(elsewhere / "config", "")
    assert find_estate() == configured
    above = write(elsewhere, "", "offcall.yml")
    assert find_estate() == above
    here = write(elsewhere / "a" / "b", "")
    assert find_estate() == here
    monkeypatch.setenv("OFFCALL_ESTATE", "/named.yaml")
    assert find_estate() == Path("/named.yaml")
    assert find_estate(Path("explicit.yaml")) == Path("explicit.yaml")
    assert module.FILE_NAMES == ("offcall.yaml", "offcall.yml")


def test_a_folder_into_which_we_may_not_look_has_no_estate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.stat

    def refusing(path: Any, *args: Any, **more: Any) -> os.stat_result:
        if str(path).endswith(("offcall.yaml", "offcall.yml")):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **more)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "stat", refusing)
    assert find_estate() is None
