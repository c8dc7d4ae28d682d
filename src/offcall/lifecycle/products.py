"""Products and their releases: the shape of the dataset of support dates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = ["End", "Product", "Provenance", "Release"]


def _end(value: Any) -> Any:
    """endoflife.date: a date, true (already over), false or nothing (no date set)."""
    if value is None or isinstance(value, bool | date):
        return value
    said = "a day such as 2026-02-28, true (over) or false (no date set)"
    if not isinstance(value, str):
        # pydantic turns a ValueError, not a TypeError, into a message with a place.
        raise ValueError(said)  # noqa: TRY004 - pydantic wants a ValueError
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(said) from error


End = Annotated[date | bool | None, BeforeValidator(_end)]
"""A day; True: over, the day is not known; False: no day set yet; None: nothing is said."""


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Provenance(_Fact):
    """Where facts come from: a page or repository, its commit if it has one, and their date."""

    source: str
    date: date
    commit: str | None = None
    licence: str | None = None


class Release(_Fact):
    """One release cycle, with the columns of endoflife.date; `columns.py` says what they mean."""

    cycle: str
    label: str | None = None
    released: date | None = None
    eoas: End = None
    eol: End = None
    eoes: End = None
    latest: str | None = None
    lts: bool = False
    alias: str | None = Field(default=None, description="Another name, such as Aurora MySQL's 3.")


class Product(_Fact):
    """A product, its releases newest first, and where that was read."""

    name: str
    title: str
    category: str | None = None
    policy: str | None = None
    releases: tuple[Release, ...]
    provenance: Provenance
