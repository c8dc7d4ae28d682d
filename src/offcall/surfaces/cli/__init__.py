"""The command line. Commands are made from the tool registry; nothing is wired by hand."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """The `offcall` program."""
    import gc

    # A command makes many objects and ends soon: looking for cycles as often as Python does by
    # default takes a quarter of the time of a large answer.
    gc.set_threshold(100_000, 20, 100)
    from offcall.surfaces.cli.app import run

    raise SystemExit(run())
