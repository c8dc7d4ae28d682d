"""What reading logs needs of this installation."""

from __future__ import annotations

from importlib.util import find_spec

from offcall.core.extras import require

__all__ = ["need_reader"]


def need_reader() -> None:
    """Whatever reads logs calls this first; it does not import what may not be used.

    Raises:
        MissingExtra: a package is not installed.
    """
    for module in ("isal", "duckdb", "pyarrow"):
        if find_spec(module) is None:
            require(module, "logs")
