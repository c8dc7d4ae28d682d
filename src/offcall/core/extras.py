"""Optional dependencies: imported late, and their absence says which extra to install."""

from __future__ import annotations

import importlib
from types import ModuleType

from offcall.core.errors import MissingExtra

__all__ = ["require"]


def require(module: str, extra: str) -> ModuleType:
    """Import `module`.

    Raises:
        MissingExtra: it is not installed; names `offcall[extra]`.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and module.startswith(error.name.split(".")[0]):
            raise MissingExtra(error.name, extra) from error
        raise
