"""docs/reference/errors.md: every error that people can see, from the classes."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import offcall
from offcall.core.errors import OffcallError
from scripts.docsgen.words import HEADER, unwrap

__all__ = ["errors_page", "every_error"]

INTRO = """# Errors

An error is a few lines on standard error: what happened, where (file and line, if it was read from
a file), what was found, what was expected, and what to do. The exit code is that of its kind.
Over MCP the same text is the result of the call, marked as an error.

"""


def every_error() -> Iterator[tuple[type[OffcallError], int]]:
    """Each class of error with its depth below `OffcallError`, parents first."""
    for module in pkgutil.walk_packages(offcall.__path__, "offcall."):
        # Alembic runs these; they cannot be imported on their own.
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    yield from _below(OffcallError, 0)


def _below(kind: type[OffcallError], depth: int) -> Iterator[tuple[type[OffcallError], int]]:
    yield kind, depth
    for child in sorted(kind.__subclasses__(), key=lambda c: c.__name__):
        yield from _below(child, depth + 1)


def errors_page() -> str:
    """The page as Markdown."""
    errors = list(every_error())
    tree = "".join(
        f"{'  ' * depth}{kind.__name__:<{30 - 2 * depth}}exit code {kind.exit_code}\n"
        for kind, depth in errors
    )
    parts = [HEADER, INTRO, f"```text\n{tree}```\n"]
    for kind, _ in errors:
        doc = (inspect.getdoc(kind) or "").split("\n\nArgs:")[0]
        parts.append(f"\n## {kind.__name__}\n\n{unwrap(doc)}\n\n`{kind.__module__}`\n")
    return "".join(parts)
