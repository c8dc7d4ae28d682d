"""One command line for each tool. The tests run every one that has --demo."""

from __future__ import annotations

__all__ = ["EXAMPLES"]

EXAMPLES: dict[str, tuple[str, ...]] = {}
