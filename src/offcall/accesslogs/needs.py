"""What reading logs needs of this installation and of this machine."""

from __future__ import annotations

from offcall.core.errors import SourceError
from offcall.core.extras import require

__all__ = ["need_reader"]


def need_reader() -> None:
    """Whatever reads logs calls this first.

    Raises:
        MissingExtra: a package is not installed.
        SourceError: the system forbids memory that is written and then executed, as systemd's
            MemoryDenyWriteExecute= and SELinux may; the reader is compiled when it runs.
    """
    try:
        for module in ("isal", "numba", "pyarrow", "duckdb"):
            require(module, "logs")
    except PermissionError as error:
        raise SourceError(
            "access logs cannot be read here: the system forbids memory that is written and then "
            "executed, and the reader is compiled when it runs",
            hint="under systemd, allow it with MemoryDenyWriteExecute=no in a drop-in of the unit",
        ) from error
