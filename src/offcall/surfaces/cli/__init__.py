"""The command line. Commands are made from the tool registry; nothing is wired by hand."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """The `offcall` program."""
    from offcall.surfaces.cli.app import run

    raise SystemExit(run())
