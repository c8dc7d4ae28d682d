"""Owners that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.catalog.checks.examples import example
from offcall.catalog.problems import Place
from offcall.catalog.snapshot import CatalogFacts, Mention
from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Resource, Severity

__all__ = ["unknown_owner"]


@check(
    id="catalog-unknown-owner",
    title="An owner is named that the catalog does not know",
    severity=Severity.LOW,
    category="setup",
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
def unknown_owner(facts: CatalogFacts, now: datetime) -> Iterator[Problem]:
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
        yield Problem(
            Resource(
                kind="catalog owner",
                id=owner,
                name=owner,
                # A tag stands in no file.
                file=found[0].file if found[0].line is not None else None,
                line=found[0].line,
            ),
            f"the owner {owner} is no group or user of the catalog",
            f"correct the name at {found[0]}{f' ({hint})' if hint else ''}, "
            "or add the group to the catalog",
            (Evidence(name="named at", value=str(place)) for place in found),
        )
