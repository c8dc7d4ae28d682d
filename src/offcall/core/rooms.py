"""Rooms, and what each adds to the whole by having a module of a certain name.

    tools.py     commands and MCP tools                 offcall.core.registry
    checks/      checks                                 offcall.core.checks
    brief.py     `contribute`, what the brief says      offcall.core.contributions
    estate.py    `Section`, its part of offcall.yaml    offcall.core.estate
    schema.py    its tables in the history              offcall.history.schema

So a new room is a new folder, and nothing else changes. It is called as its package is, or what
the package says is its `ROOM`.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from types import ModuleType

__all__ = ["modules_of_rooms", "rooms_with"]


def rooms_with(name: str) -> dict[str, str]:
    """The rooms that have a module or package `name`, in their order, and the package of each.

    Only the room's package itself is imported, so this is fast.
    """
    import offcall

    return dict(_rooms_with(name, tuple(offcall.__path__)))


@cache
def _rooms_with(name: str, homes: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for room in (one for home in homes for one in Path(home).iterdir()):
        # The core's own modules of these names are about all rooms.
        if room.name != "core" and _has(room, name) and (room / "__init__.py").is_file():
            package = f"offcall.{room.name}"
            found[getattr(importlib.import_module(package), "ROOM", room.name)] = package
    return dict(sorted(found.items()))


def modules_of_rooms(name: str) -> dict[str, ModuleType]:
    """The modules of that name, by room."""
    found = rooms_with(name)
    return {room: importlib.import_module(f"{package}.{name}") for room, package in found.items()}


def _has(room: Path, name: str) -> bool:
    return (room / f"{name}.py").is_file() or (room / name / "__init__.py").is_file()
