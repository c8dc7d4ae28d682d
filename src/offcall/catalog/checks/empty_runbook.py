"""Runbook links without an address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.catalog.checks.examples import FORMAT, HERE, entity, example, resource_of
from offcall.catalog.entities import Link
from offcall.catalog.snapshot import CatalogFacts
from offcall.core.checks import Problem, check
from offcall.core.findings import Severity

__all__ = ["empty_runbook"]


@check(
    id="catalog-empty-runbook",
    title="A runbook link has no address",
    severity=Severity.LOW,
    category="setup",
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
def empty_runbook(facts: CatalogFacts, now: datetime) -> Iterator[Problem]:
    """One finding for each link whose type or title says runbook and whose URL is empty."""
    for one in facts.entities:
        for link in one.links:
            if link.is_runbook and not link.url:
                yield Problem(
                    resource_of(one, link.place),
                    f"the runbook link of {one.name} has no URL",
                    f"write the runbook's URL at {link.place}",
                    key=link.title,
                )
