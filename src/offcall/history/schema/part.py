"""What a room says of its tables, so that the history's own tools know what to do with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table

__all__ = ["Columns", "Part", "Prunable"]

Columns = tuple[Column[Any], ...]


@dataclass(frozen=True, slots=True)
class Prunable:
    """Rows of one table that may go, by their key, with the rows of other tables that are theirs.

    Attributes:
        over: the condition, given the time before which it must have ended.
        parts: tables whose rows go as well, with the columns that are the key of the first.
    """

    table: Table
    key: Columns
    over: Callable[[datetime], ColumnElement[bool]]
    parts: tuple[tuple[Table, Columns], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """`PART` in the `schema.py` of a room.

    Attributes:
        prunable: what `history prune` takes out.
        keeps: rows of other rooms' tables that must stay as long as this room needs them.
        begins: when each of its things was stored; the oldest is when the history begins.
        counts: numbers that `history info` shows, by name; zero is not shown.
    """

    prunable: tuple[Prunable, ...] = ()
    keeps: tuple[tuple[Table, ColumnElement[bool]], ...] = ()
    begins: Columns = ()
    counts: Mapping[str, Select[Any]] = field(default_factory=dict)
