"""The catalog's entities as a list."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.catalog.book import Catalog
from offcall.catalog.entities import KIND_RANK, owner_name
from offcall.catalog.results import Item
from offcall.core.findings import Runbook

__all__ = ["items"]


def items(catalog: Catalog) -> Iterator[Item]:
    """Every entity that can be owned, in the order of the files."""
    for entity in catalog.entities.values():
        if entity.kind not in KIND_RANK:
            continue
        descent = list(catalog.index.line_of_descent(entity))
        above = next(((one, way) for one, way, _ in descent if one.owner), None)
        link = next(
            (
                Runbook(title=link.title or link.url, url=link.url, rule=f"{link.place} link")
                for one, _, _ in descent
                for link in one.links
                if link.is_runbook and link.url
            ),
            None,
        )
        yield Item(
            ref=entity.ref,
            kind=entity.kind,
            name=entity.name,
            owner=owner_name(above[0].owner) if above and above[0].owner else None,
            owner_from=f"{above[0].owner_place} {above[1]}".strip() if above else None,
            runbook=link,
            place=str(entity.place),
        )
