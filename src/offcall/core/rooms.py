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
import pkgutil
from pathlib import Path
from types import ModuleType

__all__ = ["modules_of_rooms", "rooms_with"]


def rooms_with(name: str) -> dict[str, str]:
    """The rooms that have a module or package `name`, in their order, and the package of each.

    Only the room's package itself is imported, so this is fast.
    """
    import offcall

    found: dict[str, str] = {}
    for home in offcall.__path__:
        for one in pkgutil.iter_modules([home]):
            # The core's own modules of these names are about all rooms.
            if one.ispkg and one.name != "core" and _has(Path(home, one.name), name):
                package = f"offcall.{one.name}"
                found[getattr(importlib.import_module(package), "ROOM", one.name)] = package
    return dict(sorted(found.items()))


def modules_of_rooms(name: str) -> dict[str, ModuleType]:
    """The modules of that name, by room."""
    found = rooms_with(name)
    return {room: importlib.import_module(f"{package}.{name}") for room, package in found.items()}


def _has(room: Path, name: str) -> bool:
    return (room / f"{name}.py").is_file() or (room / name / "__init__.py").is_file()
