"""Small catalogs for the checks' examples, and an entity as what a finding is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from offcall.catalog.entities import Entity
from offcall.catalog.problems import Place
from offcall.catalog.snapshot import CatalogFacts
from offcall.core.checks import Example
from offcall.core.findings import Resource

__all__ = ["FORMAT", "HERE", "NOW", "entity", "example", "resource_of"]

FORMAT = "https://backstage.io/docs/features/software-catalog/descriptor-format"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HERE = Place(file="catalog-info.yaml", line=9)


def entity(ref: str, **more: Any) -> Entity:
    """An entity of catalog-info.yaml, line 1."""
    kind, _, rest = ref.partition(":")
    place = Place(file="catalog-info.yaml", line=1)
    return Entity(ref=ref, kind=kind, name=rest.rpartition("/")[2], place=place, **more)


def example(**facts: Any) -> Example:
    """A catalog with these facts, judged at a fixed time."""
    return Example(lambda: CatalogFacts(taken_at=NOW, source="example", **facts), NOW)


def resource_of(one: Entity, place: Place | None = None) -> Resource:
    """An entity, at `place` or where it begins."""
    at = place or one.place
    return Resource(
        kind=f"catalog {one.kind}", id=one.ref, name=one.name, file=at.file, line=at.line
    )
