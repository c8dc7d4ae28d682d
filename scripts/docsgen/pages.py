"""Which files are generated, and which hold outputs that are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from scripts.docsgen.checks import checks_page
from scripts.docsgen.commands import commands_page
from scripts.docsgen.errors import errors_page
from scripts.docsgen.estate import estate_page

__all__ = ["GENERATED", "ROOT", "written_pages"]

ROOT = Path(__file__).resolve().parents[2]

GENERATED: dict[str, Callable[[], str]] = {
    "docs/reference/commands.md": commands_page,
    "docs/reference/checks.md": checks_page,
    "docs/reference/estate.md": estate_page,
    "docs/reference/errors.md": errors_page,
}


def written_pages() -> Iterator[Path]:
    """The pages that people write: their console blocks are kept true."""
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").rglob("*.md")),
    ):
        if str(path.relative_to(ROOT)) not in GENERATED:
            yield path
