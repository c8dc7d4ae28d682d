"""Catalog files that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.catalog.checks.examples import FORMAT, HERE, entity, example
from offcall.catalog.problems import Problem as Unusable
from offcall.catalog.snapshot import CatalogFacts
from offcall.core.checks import Problem, check
from offcall.core.findings import Resource, Severity

__all__ = ["unusable"]


@check(
    id="catalog-unusable",
    title="A part of the catalog cannot be used",
    severity=Severity.MEDIUM,
    category="setup",
    rationale="What such a document says about owners and runbooks is not known to offcall; the "
    "other documents are used.",
    source=FORMAT,
    fails=example(
        problems=(Unusable(kind="document", place=HERE, message="metadata.name is missing"),)
    ),
    passes=example(entities=(entity("component:default/orders"),)),
)
def unusable(facts: CatalogFacts, now: datetime) -> Iterator[Problem]:
    """One finding for each file or document."""
    for one in facts.problems:
        place = one.place
        yield Problem(
            Resource(
                kind="catalog file",
                id=place.file,
                name=place.file,
                file=place.file,
                line=place.line,
            ),
            str(one),
            f"correct {place}",
            key=one.message,
            severity=Severity.LOW if one.kind == "remote" else None,
        )
