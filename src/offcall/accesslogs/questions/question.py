"""A question: SQL, and the columns of the logs that it uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from offcall.accesslogs.columns import REQUESTS, Table

__all__ = ["Question", "both", "columns_in", "literal"]

_NAMES = frozenset(one.name for one in REQUESTS)


@dataclass(frozen=True, slots=True)
class Question:
    """SQL over a table of the logs.

    Attributes:
        sql: one SELECT.
        uses: the columns of the table that it uses.
    """

    sql: str
    uses: tuple[str, ...]
    table: Table = "requests"


def columns_in(*pieces: str) -> tuple[str, ...]:
    """The columns of `requests` that are named in these pieces of SQL, outside of texts."""
    bare = re.sub(r"'(?:[^']|'')*'", "", " ".join(pieces))
    return tuple(sorted(_NAMES.intersection(re.findall(r"[a-z_0-9]+", bare))))


def literal(value: str | float) -> str:
    """A value as SQL."""
    return str(value) if not isinstance(value, str) else "'" + value.replace("'", "''") + "'"


def both(conditions: Iterable[str]) -> str:
    """All of these."""
    return " AND ".join(f"({one})" for one in conditions) or "1 = 1"
