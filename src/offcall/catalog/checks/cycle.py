"""Relations that go round in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.catalog.checks.examples import entity, example, resource_of
from offcall.catalog.cycles import cycles
from offcall.catalog.entities import Parent
from offcall.catalog.snapshot import CatalogFacts
from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity

__all__ = ["cycle"]


@check(
    id="catalog-cycle",
    title="Entities are part of themselves",
    severity=Severity.MEDIUM,
    category="setup",
    rationale="Ownership that is inherited round in a circle comes from nowhere.",
    source="https://backstage.io/docs/features/software-catalog/well-known-relations",
    fails=example(
        entities=(
            entity(
                "component:default/a",
                parents=(Parent(relation="subcomponentOf", ref="component:default/b"),),
            ),
            entity(
                "component:default/b",
                parents=(Parent(relation="subcomponentOf", ref="component:default/a"),),
            ),
        )
    ),
    passes=example(
        entities=(
            entity(
                "component:default/a",
                parents=(Parent(relation="subcomponentOf", ref="component:default/b"),),
            ),
            entity("component:default/b", owner="group:default/payments"),
        )
    ),
)
def cycle(facts: CatalogFacts, now: datetime) -> Iterator[Problem]:
    """One finding for each circle; it names everything in it."""
    for circle in cycles(facts.entities):
        names = [one.name for one in circle]
        # Where the circle was entered depends on the order of the files; its smallest name not.
        first = min(circle, key=lambda one: one.ref)
        yield Problem(
            resource_of(first),
            f"the relations go round in a circle: {' → '.join([*names, names[0]])}",
            f"take one of the relations out, for example at {first.place}",
            (Evidence(name=one.ref, value=str(one.place)) for one in circle),
            key=" ".join(sorted(one.ref for one in circle)),
        )
