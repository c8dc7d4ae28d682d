"""What a room adds to the brief.

A room that has something to say there has a `brief.py` with

    def contribute(ctx: Context, window: Window) -> Contribution: ...

It reads only what is cheap and configured: a room with nothing in the estate says nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.core.findings import Finding, Resource
from offcall.core.snapshots import Unread

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.windows import Window

__all__ = ["Contribution", "contributors"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a room has to say.

    Attributes:
        findings: each with its `category`, which says in which part of the brief it stands.
        unread: what should have been looked at and could not be.
        resources: everything that was looked at, also what is well: each should have an owner.
    """

    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    resources: tuple[Resource, ...] = ()


def contributors() -> dict[str, Callable[[Context, Window], Contribution]]:
    """The rooms that contribute, by name."""
    import offcall

    return {
        module.name: importlib.import_module(f"offcall.{module.name}.brief").contribute
        for module in pkgutil.iter_modules(offcall.__path__)
        if module.ispkg and (Path(offcall.__path__[0]) / module.name / "brief.py").is_file()
    }
