"""Small catalogs for the checks' examples."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from offcall.catalog.entities import Entity
from offcall.catalog.problems import Place
from offcall.catalog.snapshot import CatalogFacts
from offcall.core.checks import Example

__all__ = ["entity", "example"]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def entity(ref: str, **more: Any) -> Entity:
    """An entity of catalog-info.yaml, line 1."""
    kind, _, rest = ref.partition(":")
    place = Place(file="catalog-info.yaml", line=1)
    return Entity(ref=ref, kind=kind, name=rest.rpartition("/")[2], place=place, **more)


def example(**facts: Any) -> Example:
    """A catalog with these facts, judged at a fixed time."""
    return Example(lambda: CatalogFacts(taken_at=NOW, source="example", **facts), NOW)
