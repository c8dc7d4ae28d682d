"""A room is found by what stands in its folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import offcall
from offcall.core.rooms import modules_of_rooms, rooms_with


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which rooms can be made."""
    monkeypatch.setattr(offcall, "__path__", [*offcall.__path__, str(tmp_path)])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("offcall.sample")]:
        del sys.modules[name]


def make(home: Path, room: str, **files: str) -> None:
    (home / room).mkdir()
    (home / room / "__init__.py").touch()
    for name, text in files.items():
        (home / room / f"{name}.py").write_text(text)


def test_the_rooms_that_are_there() -> None:
    assert {"health", "lifecycle", "notify"} <= rooms_with("brief").keys()
    assert rooms_with("brief")["health"] == "offcall.health"
    assert "core" not in rooms_with("estate")
    assert list(rooms_with("checks")) == sorted(rooms_with("checks"))
    assert rooms_with("nonsense") == {}


def test_a_new_room_is_found_by_its_modules(home: Path) -> None:
    make(home, "sample", brief="said = 7\n", other="raise RuntimeError('not to be imported')\n")
    (home / "loose").mkdir()
    (home / "loose" / "brief.py").write_text("raise RuntimeError('no room')\n")
    (home / "sample" / "checks").mkdir()
    (home / "sample" / "checks" / "__init__.py").touch()
    assert "sample" in rooms_with("checks")
    assert "sample" in rooms_with("other")
    assert "loose" not in rooms_with("brief")
    assert modules_of_rooms("brief")["sample"].said == 7


def test_a_room_may_be_called_otherwise_than_its_package(home: Path) -> None:
    make(home, "samplelogs", brief="said = 8\n")
    (home / "samplelogs" / "__init__.py").write_text('ROOM = "lines"\n')
    assert rooms_with("brief")["lines"] == "offcall.samplelogs"
    assert modules_of_rooms("brief")["lines"].said == 8
    assert "samplelogs" not in rooms_with("brief")
