"""Answers that are too long for a caller: less of them, and how to ask for less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from offcall.core.registry import Parameter

__all__ = ["LONGEST", "narrowing", "shorten", "shorten_text"]

LONGEST = 60_000
"""Characters of the text, and of the JSON: some 15,000 tokens, which clients still take whole."""

LONG_TEXT, SHORT_TEXT = 4_000, 500
"""Characters that are left of a text at first, and when that was not enough."""

FEWEST = 5
"""Lists that are no longer stay as they are: shorter ones may be pairs, whose length is fixed."""


def shorten_text(text: str, limit: int = LONGEST) -> str:
    """The first lines that fit, and how many there would be."""
    if len(text) <= limit:
        return text
    kept = text[: text.rfind("\n", 0, limit) + 1] or text[:limit]
    lines, of = kept.count("\n"), text.count("\n") + 1
    return f"{kept}\n… cut off here: {lines:,} of {of:,} lines."


def shorten(data: Any, limit: int = LONGEST) -> tuple[Any, tuple[str, ...]]:
    """JSON of at most so many characters, by taking the ends off its texts and longest lists.

    What is left fits the same schema.

    Returns:
        the data, and what was shortened: "events: 120 of 4,000".
    """
    whole: dict[str, tuple[list[Any], int]] = {}
    size = len(json.dumps(data))
    if size <= limit:
        return data, ()
    data = _clipped(data, LONG_TEXT)
    size = len(json.dumps(data))
    while size > limit:
        lists = [(len(json.dumps(found)), path, found) for path, found in _lists(data, "")]
        if not lists:
            break
        weight, path, found = max(lists, key=lambda one: one[0])
        whole.setdefault(path, (found, len(found)))
        # As many as fit by their mean length, and no more than three in four, so that it ends.
        share = max(0.0, 1 - (size - limit) / weight)
        keep = max(FEWEST, min(int(len(found) * share), len(found) * 3 // 4))
        del found[keep:]
        size = len(json.dumps(data))
    if size > limit:
        data = _clipped(data, SHORT_TEXT)
    cut = tuple(f"{path}: {len(found):,} of {of:,}" for path, (found, of) in whole.items())
    return data, (*cut, "texts: their beginnings")


def narrowing(parameters: tuple[Parameter, ...], hidden: frozenset[str]) -> str:
    """Which arguments ask for less."""
    names = [
        one.name
        for one in parameters
        if one.optional or one.name in ("limit", "window", "within")
        if one.name not in hidden | {"by"} and one.type is not bool
    ]
    return (
        f"Ask for less with: {', '.join(names)}." if names else "There is no way to ask for less."
    )


def _clipped(data: Any, most: int) -> Any:
    """The same with the beginnings of its long texts."""
    if isinstance(data, dict):
        return {name: _clipped(value, most) for name, value in data.items()}
    if isinstance(data, list):
        return [_clipped(value, most) for value in data]
    if isinstance(data, str) and len(data) > most:
        return data[: most - 1] + "…"
    return data


def _lists(data: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    """Every list that may be shortened, with its place; those within lists too."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _lists(value, f"{path}.{name}" if path else name)
    elif isinstance(data, list):
        if len(data) > FEWEST:
            yield path, data
        for number, value in enumerate(data):
            yield from _lists(value, f"{path}[{number}]")
