"""Resources that nobody owns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.catalog.checks.examples import example
from offcall.catalog.snapshot import CatalogFacts, Owned
from offcall.core.checks import Problem, check
from offcall.core.findings import Owner, Resource, Severity

__all__ = ["no_owner"]


DATABASE = Resource(
    kind="rds instance", id="arn:aws:rds:us-east-1:111122223333:db:reviews-db", name="reviews-db"
)


@check(
    id="catalog-no-owner",
    title="A resource has no owner",
    severity=Severity.MEDIUM,
    category="setup",
    rationale="What is announced for a resource that nobody owns is read by nobody, until the day "
    "on which it happens.",
    source="https://backstage.io/docs/features/software-catalog/descriptor-format#specowner-required",
    fails=example(resources=(Owned(resource=DATABASE),)),
    passes=example(
        resources=(Owned(resource=DATABASE, owner=Owner(name="reviews", rule="tag team=reviews")),)
    ),
)
def no_owner(facts: CatalogFacts, now: datetime) -> Iterator[Problem]:
    """One finding for each resource that runs and has no owner."""
    for one in facts.resources:
        if one.owner is None:
            label = one.resource.label
            yield Problem(
                one.resource,
                f"nobody owns {label}",
                f"name its owner: a tag, a Backstage entity called {label}, "
                "or a rule under catalog.rules in the estate file",
            )
