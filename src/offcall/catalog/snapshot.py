"""What is known of owners, runbooks and resources: the facts that the catalog's checks judge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from offcall.catalog.book import Catalog
from offcall.catalog.entities import Entity, owner_name
from offcall.catalog.estate import account_key
from offcall.catalog.problems import Place, Problem
from offcall.core.estate import Estate
from offcall.core.findings import Owner, Resource
from offcall.core.snapshots import Snapshot, Unread

__all__ = ["CatalogFacts", "Mention", "Owned", "facts_of"]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Owned(_Fact):
    """A resource and who owns it, if anybody does."""

    resource: Resource
    owner: Owner | None = None


class Mention(_Fact):
    """An owner that the estate or the catalog names, and where."""

    owner: str
    place: Place


class CatalogFacts(Snapshot):
    """Entities, the files' problems, who owns what is known to run, the owners that are named.

    `people` are the owners that exist: the catalog's groups and users.
    """

    kind: ClassVar[str] = "offcall.catalog/1"

    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    resources: tuple[Owned, ...] = ()
    mentions: tuple[Mention, ...] = ()
    people: tuple[str, ...] = ()


def facts_of(
    catalog: Catalog,
    estate: Estate,
    resources: Iterable[Resource],
    *,
    now: datetime,
    unread: tuple[Unread, ...] = (),
) -> CatalogFacts:
    """The catalog, and its answer for each of `resources`."""
    owned = {one.id: Owned(resource=one, owner=catalog.owner_of(one)) for one in resources}
    people = {
        owner_name(one.ref) for one in catalog.entities.values() if one.kind in ("group", "user")
    }
    return CatalogFacts(
        taken_at=now,
        source=", ".join(catalog.files) or str(estate.path or "no catalog files"),
        unread=unread,
        entities=tuple(catalog.entities.values()),
        problems=tuple(catalog.problems),
        resources=tuple(owned[key] for key in sorted(owned)),
        mentions=(*_mentions(catalog, estate), *_tagged(owned.values())),
        people=tuple(sorted(people)),
    )


def _tagged(resources: Iterable[Owned]) -> Iterable[Mention]:
    """Owners that come from tags: nobody checks those when they are written."""
    for one in resources:
        if one.owner is not None and one.owner.rule.startswith("tag "):
            where = f"{one.resource.label}, {one.owner.rule}"
            yield Mention(owner=one.owner.name, place=Place(file=where))


def _mentions(catalog: Catalog, estate: Estate) -> Iterable[Mention]:
    section = catalog.section
    file = estate.path.name if estate.path else "estate"

    def at(owner: str, *where: str | int) -> Mention:
        line = estate.line("catalog", *where)
        return Mention(owner=catalog.owner_called(owner), place=Place(file=file, line=line))

    for index, rule in enumerate(section.rules):
        yield at(rule.owner, "rules", index)
    for number, account in section.accounts.items():
        if account.owner:
            yield at(account.owner, "accounts", account_key(estate, number))
    if section.default_owner:
        yield at(section.default_owner, "default_owner")
    for entity in catalog.entities.values():
        if entity.owner:
            yield Mention(owner=owner_name(entity.owner), place=entity.owner_place)
