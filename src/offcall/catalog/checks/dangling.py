"""References that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.catalog.checks.examples import FORMAT, entity, example, resource_of
from offcall.catalog.entities import Parent
from offcall.catalog.problems import Place
from offcall.catalog.snapshot import CatalogFacts
from offcall.core.checks import Problem, check
from offcall.core.findings import Severity

__all__ = ["dangling"]


@check(
    id="catalog-dangling",
    title="An entity refers to one that is not in the catalog",
    severity=Severity.LOW,
    category="setup",
    rationale="An owner or a runbook that should come from there is not found.",
    source=FORMAT + "#common-to-all-kinds-relations",
    fails=example(
        entities=(
            entity(
                "resource:default/orders-db",
                parents=(Parent(relation="system", ref="system:default/order-taking", line=12),),
            ),
        )
    ),
    passes=example(
        entities=(
            entity(
                "resource:default/orders-db",
                parents=(Parent(relation="system", ref="system:default/order-taking", line=12),),
            ),
            entity("system:default/order-taking"),
        )
    ),
)
def dangling(facts: CatalogFacts, now: datetime) -> Iterator[Problem]:
    """One finding for each reference, where an owner may come from it."""
    known = {one.ref for one in facts.entities}
    for one in facts.entities:
        if one.owner is not None:
            continue
        for parent in one.parents:
            if parent.ref not in known:
                place = Place(file=one.place.file, line=parent.line or one.place.line)
                yield Problem(
                    resource_of(one, place),
                    f"{one.name}: {parent.relation} {parent.ref} is not in the catalog",
                    f"correct the reference at {place}, or add {parent.ref}",
                    key=parent.ref,
                )
