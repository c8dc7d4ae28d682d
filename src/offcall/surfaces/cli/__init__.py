"""The command line. Commands are made from the tool registry; nothing is wired by hand."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """The `offcall` program."""
    import gc
    import os

    # A command makes many objects and ends soon: looking for cycles as often as Python does by
    # default takes a quarter of the time of a large answer.
    gc.set_threshold(100_000, 20, 100)
    # Pydantic would read the metadata of every installed package to find plugins: a tenth of a
    # second of each command.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from offcall.surfaces.cli.app import run

    raise SystemExit(run())
