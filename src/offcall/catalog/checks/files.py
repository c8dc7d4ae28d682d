"""Catalog files that cannot be used, relations that lead nowhere or round in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.catalog.checks.examples import entity, example
from offcall.catalog.cycles import cycles
from offcall.catalog.entities import Entity, Link, Parent
from offcall.catalog.problems import Place, Problem
from offcall.catalog.snapshot import CatalogFacts
from offcall.core.checks import check
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity

__all__ = ["cycle", "dangling", "empty_runbook", "unusable"]

FORMAT = "https://backstage.io/docs/features/software-catalog/descriptor-format"
HERE = Place(file="catalog-info.yaml", line=9)


def _resource(one: Entity, place: Place | None = None) -> Resource:
    at = place or one.place
    return Resource(
        kind=f"catalog {one.kind}", id=one.ref, name=one.name, file=at.file, line=at.line
    )


@check(
    id="catalog-unusable",
    title="A part of the catalog cannot be used",
    severity=Severity.MEDIUM,
    rationale="What such a document says about owners and runbooks is not known to offcall; the "
    "other documents are used.",
    source=FORMAT,
    fails=example(
        problems=(Problem(kind="document", place=HERE, message="metadata.name is missing"),)
    ),
    passes=example(entities=(entity("component:default/orders"),)),
)
def unusable(facts: CatalogFacts, now: datetime) -> Iterator[Finding]:
    """One finding for each file or document."""
    for problem in facts.problems:
        place = problem.place
        yield Finding(
            rule="catalog-unusable",
            severity=Severity.LOW if problem.kind == "remote" else Severity.MEDIUM,
            title=str(problem),
            resource=Resource(
                kind="catalog file",
                id=place.file,
                name=place.file,
                file=place.file,
                line=place.line,
            ),
            key=problem.message,
            why=unusable.rationale,
            source=unusable.source,
            fix=Fix(steps=(f"correct {place}",)),
            category="setup",
        )


@check(
    id="catalog-cycle",
    title="Entities are part of themselves",
    severity=Severity.MEDIUM,
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
def cycle(facts: CatalogFacts, now: datetime) -> Iterator[Finding]:
    """One finding for each circle; it names everything in it."""
    for circle in cycles(facts.entities):
        names = [one.name for one in circle]
        # Where the circle was entered depends on the order of the files; its smallest name not.
        first = min(circle, key=lambda one: one.ref)
        yield Finding(
            rule="catalog-cycle",
            severity=Severity.MEDIUM,
            title=f"the relations go round in a circle: {' → '.join([*names, names[0]])}",
            resource=_resource(first),
            key=" ".join(sorted(one.ref for one in circle)),
            evidence=tuple(Evidence(name=one.ref, value=str(one.place)) for one in circle),
            why=cycle.rationale,
            source=cycle.source,
            fix=Fix(steps=(f"take one of the relations out, for example at {first.place}",)),
            category="setup",
        )


@check(
    id="catalog-dangling",
    title="An entity refers to one that is not in the catalog",
    severity=Severity.LOW,
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
def dangling(facts: CatalogFacts, now: datetime) -> Iterator[Finding]:
    """One finding for each reference, where an owner may come from it."""
    known = {one.ref for one in facts.entities}
    for one in facts.entities:
        if one.owner is not None:
            continue
        for parent in one.parents:
            if parent.ref not in known:
                place = Place(file=one.place.file, line=parent.line or one.place.line)
                yield Finding(
                    rule="catalog-dangling",
                    severity=Severity.LOW,
                    title=f"{one.name}: {parent.relation} {parent.ref} is not in the catalog",
                    resource=_resource(one, place),
                    key=parent.ref,
                    why=dangling.rationale,
                    source=dangling.source,
                    fix=Fix(steps=(f"correct the reference at {place}, or add {parent.ref}",)),
                    category="setup",
                )


@check(
    id="catalog-empty-runbook",
    title="A runbook link has no address",
    severity=Severity.LOW,
    rationale="At three in the morning a link that leads nowhere is worse than none.",
    source=FORMAT + "#links-optional",
    fails=example(
        entities=(
            entity(
                "component:default/orders",
                links=(Link(url="", title="Runbook", kind=None, place=HERE),),
            ),
        )
    ),
    passes=example(
        entities=(
            entity(
                "component:default/orders",
                links=(
                    Link(url="https://runbooks.example/o", title="Runbook", kind=None, place=HERE),
                ),
            ),
        )
    ),
)
def empty_runbook(facts: CatalogFacts, now: datetime) -> Iterator[Finding]:
    """One finding for each link whose type or title says runbook and whose URL is empty."""
    for one in facts.entities:
        for link in one.links:
            if link.is_runbook and not link.url:
                yield Finding(
                    rule="catalog-empty-runbook",
                    severity=Severity.LOW,
                    title=f"the runbook link of {one.name} has no URL",
                    resource=_resource(one, link.place),
                    key=link.title,
                    why=empty_runbook.rationale,
                    source=empty_runbook.source,
                    fix=Fix(steps=(f"write the runbook's URL at {link.place}",)),
                    category="setup",
                )
