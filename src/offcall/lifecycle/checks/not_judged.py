"""Versions that no source knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Fix, Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.regimes import Outlooks, outlooks

__all__ = ["not_judged"]

FIX = Fix(
    steps=(
        "look up its support dates at the vendor",
        "add them: offcall lifecycle update --from FILE, or 'live:' in the inventory",
    )
)


@check(
    id="lifecycle-not-judged",
    title="No source knows until when this version is supported",
    severity=Severity.LOW,
    category="support",
    rationale="What cannot be judged must not look as if all were well.",
    source="https://endoflife.date/",
    judges=outlooks,
    fails=example(running("frobnicator", "3.1")),
    passes=example(running("postgres", "17.10")),
)
def not_judged(found: Outlooks, now: datetime) -> Iterator[Problem]:
    """Engines and versions that are neither in the dataset nor known to an API."""
    for item, outlook in found:
        if outlook.not_judged is not None:
            yield Problem(
                item.resource,
                f"{item.engine} {item.version} is not judged: {outlook.not_judged}",
                FIX,
                (Evidence(name="version", value=f"{item.engine} {item.version}"),),
                key=item.version,
                why="It may be long past its end, or of no concern: nothing here can tell.",
            )
