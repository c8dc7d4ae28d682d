"""Rooms, and what each adds to the whole by having a module of a certain name.

    tools.py     commands and MCP tools                 offcall.core.registry
    checks/      checks                                 offcall.core.checks
    brief.py     `contribute`, what the brief says      offcall.core.contributions
    estate.py    `Section`, its part of offcall.yaml    offcall.core.estate
    schema.py    its tables in the history              offcall.history.schema

So a new room is a new folder, and nothing else changes.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

__all__ = ["modules_of_rooms", "rooms_with"]


def rooms_with(name: str) -> tuple[str, ...]:
    """The rooms that have a module or package `name`, in the order of their names.

    Nothing is imported, so this is fast.
    """
    import offcall

    return tuple(
        sorted(
            one.name
            for home in offcall.__path__
            for one in pkgutil.iter_modules([home])
            # The core's own modules of these names are about all rooms.
            if one.ispkg and one.name != "core" and _has(Path(home, one.name), name)
        )
    )


def modules_of_rooms(name: str) -> dict[str, ModuleType]:
    """The modules of that name, by room."""
    return {room: importlib.import_module(f"offcall.{room}.{name}") for room in rooms_with(name)}


def _has(room: Path, name: str) -> bool:
    return (room / f"{name}.py").is_file() or (room / name / "__init__.py").is_file()
