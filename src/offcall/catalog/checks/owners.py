"""Resources and entities that nobody owns, and owners that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.catalog.checks.examples import example
from offcall.catalog.problems import Place
from offcall.catalog.snapshot import CatalogFacts, Mention, Owned
from offcall.core.checks import check
from offcall.core.findings import Evidence, Finding, Fix, Owner, Resource, Severity

__all__ = ["no_owner", "unknown_owner"]

DATABASE = Resource(
    kind="rds instance", id="arn:aws:rds:us-east-1:111122223333:db:reviews-db", name="reviews-db"
)


@check(
    id="catalog-no-owner",
    title="A resource has no owner",
    severity=Severity.MEDIUM,
    rationale="What is announced for a resource that nobody owns is read by nobody, until the day "
    "on which it happens.",
    source="https://backstage.io/docs/features/software-catalog/descriptor-format#specowner-required",
    fails=example(resources=(Owned(resource=DATABASE),)),
    passes=example(
        resources=(Owned(resource=DATABASE, owner=Owner(name="reviews", rule="tag team=reviews")),)
    ),
)
def no_owner(facts: CatalogFacts, now: datetime) -> Iterator[Finding]:
    """One finding for each resource that runs and has no owner."""
    for one in facts.resources:
        if one.owner is None:
            yield Finding(
                rule="catalog-no-owner",
                severity=Severity.MEDIUM,
                title=f"nobody owns {one.resource.label}",
                resource=one.resource,
                why=no_owner.rationale,
                source=no_owner.source,
                fix=Fix(
                    steps=(
                        f"name its owner: a tag, a Backstage entity called {one.resource.label}, "
                        "or a rule under catalog.rules in the estate file",
                    )
                ),
                category="setup",
            )


@check(
    id="catalog-unknown-owner",
    title="An owner is named that the catalog does not know",
    severity=Severity.LOW,
    rationale="A misspelt team, or one that was dissolved, owns things only on paper: what is sent "
    "to it arrives nowhere.",
    source="https://backstage.io/docs/features/software-catalog/descriptor-format#kind-group",
    fails=example(
        people=("payments",),
        mentions=(Mention(owner="paymnets", place=Place(file="offcall.yaml", line=7)),),
    ),
    passes=example(
        people=("payments",),
        mentions=(Mention(owner="payments", place=Place(file="offcall.yaml", line=7)),),
    ),
)
def unknown_owner(facts: CatalogFacts, now: datetime) -> Iterator[Finding]:
    """Only where the catalog has groups or users at all: without them every name is as good."""
    if not facts.people:
        return
    from offcall.core.text import did_you_mean

    known = {name.casefold() for name in facts.people}
    places: dict[str, list[Place]] = {}
    for mention in facts.mentions:
        if mention.owner.casefold() not in known:
            places.setdefault(mention.owner, []).append(mention.place)
    for owner, found in sorted(places.items()):
        hint = did_you_mean(owner, facts.people)
        yield Finding(
            rule="catalog-unknown-owner",
            severity=Severity.LOW,
            title=f"the owner {owner} is no group or user of the catalog",
            resource=Resource(
                kind="catalog owner",
                id=owner,
                name=owner,
                # A tag stands in no file.
                file=found[0].file if found[0].line is not None else None,
                line=found[0].line,
            ),
            evidence=tuple(Evidence(name="named at", value=str(place)) for place in found),
            why=unknown_owner.rationale,
            source=unknown_owner.source,
            fix=Fix(
                steps=(
                    f"correct the name at {found[0]}{f' ({hint})' if hint else ''}, "
                    "or add the group to the catalog",
                )
            ),
            category="setup",
        )
