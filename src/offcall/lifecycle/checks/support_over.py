"""Support that is over where nothing forces an upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.judging import ends, proof, sentence, way_out
from offcall.lifecycle.regimes import Outlooks, outlooks
from offcall.lifecycle.regimes.model import Act, Phase

__all__ = ["support_over"]


@check(
    id="lifecycle-support-over",
    title="The version gets no support at all any more",
    severity=Severity.HIGH,
    category="support",
    rationale="No security fixes come, and for software that AWS does not run nobody upgrades it.",
    source="https://endoflife.date/",
    judges=outlooks,
    fails=example(running("debian", "11")),
    passes=example(running("debian", "13")),
)
def support_over(found: Outlooks, now: datetime) -> Iterator[Problem]:
    """Also support of which no source says whether it goes on for money."""
    for item, outlook in found:
        if outlook.dates is None or item.engine == "lambda":
            continue
        unsure = outlook.phase is Phase.UNKNOWN
        if not unsure and outlook.phase is not Phase.ENDED:
            continue
        if any(step.act is Act.UPGRADE for step in outlook.steps):
            continue
        last = outlook.dates.extended_end or outlook.dates.standard_end
        since = f" since {last.on}" if last and last.on else ""
        gone = (
            f"has no standard support any more{since}, and whether it has extended support is not "
            "known here"
            if unsure
            else f"has no support any more{since}"
        )
        told = (Act.BILL,) if unsure else (Act.END, Act.DEPRECATE)
        step = next((one for one in reversed(outlook.steps) if one.act in told), None)
        yield Problem(
            item.resource,
            f"{outlook.title} {outlook.version} {gone}",
            way_out(outlook),
            proof(outlook),
            key=outlook.dates.cycle,
            why=sentence(step.text) if step else "No security fixes come any more.",
            source=step.source if step else None,
            deadline=ends(last.on) if last and last.on else None,
        )
