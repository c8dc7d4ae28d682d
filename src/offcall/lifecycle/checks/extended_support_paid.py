"""The end of standard support behind, with a bill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.judging import at, ends, proof, way_out
from offcall.lifecycle.prices import usd
from offcall.lifecycle.regimes import Outlooks, outlooks
from offcall.lifecycle.regimes.model import Act, Phase, Step

__all__ = ["extended_support_paid"]

DEAR = 500
"""US dollars a month from which a bill is of high severity."""


@check(
    id="lifecycle-extended-support-paid",
    title="The version is past standard support and costs extra",
    severity=Severity.MEDIUM,
    category="support",
    rationale="Extended support is billed for every hour that the resource exists, its Multi-AZ "
    "standby included, and doubles in the third year.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html",
    judges=outlooks,
    fails=example(running("postgres", "13.20", **{"class": "db.r6g.large"})),
    passes=example(running("postgres", "14.20")),
)
def extended_support_paid(found: Outlooks, now: datetime) -> Iterator[Problem]:
    """Extended support that is being charged today."""
    today = now.astimezone(UTC).date()
    for item, outlook in found:
        if outlook.phase is not Phase.EXTENDED or outlook.dates is None:
            continue
        billed = [s for s in outlook.steps if s.act is Act.BILL and s.on]
        current = [step for step in billed if step.on and step.on <= today]
        if not current:
            continue
        cost = current[-1].cost
        rise = next((s for s in billed if s.on and today < s.on), None)
        last = outlook.dates.extended_end
        evidence = list(proof(outlook, current[-1]))
        why = "Extended support is charged by the hour until the version is upgraded."
        if rise and rise.on and rise.cost and rise.cost.monthly_usd is not None:
            why += f" From {rise.on} on it is {rise.cost.text}."
            evidence.append(
                Evidence(name=f"from {rise.on}", value=usd(rise.cost.monthly_usd), unit="a month")
            )
        dear = cost is not None and cost.monthly_usd is not None and cost.monthly_usd >= DEAR
        yield Problem(
            item.resource,
            f"{outlook.title} {outlook.version} is in extended support: {_history(current)}",
            way_out(outlook),
            (*evidence, *_setting(item.engine, item.extended_support)),
            key=outlook.dates.cycle,
            severity=Severity.HIGH if dear or len(current) > 1 else Severity.MEDIUM,
            why=why,
            source=current[-1].source,
            deadline=at(rise.on)
            if rise and rise.on
            else (ends(last.on) if last and last.on else None),
        )


def _history(charged: Sequence[Step]) -> str:
    """The extra price now and since when, and what it was before.

    "$292/month more since 2026-03-01, $146/month from 2024-03-01".
    """
    said: list[str] = []
    for step in reversed(charged):
        known = step.cost is not None and step.cost.monthly_usd is not None
        price = step.cost.text if known and step.cost else "an unknown price"
        word = "from" if said else "more since"
        said.append(f"{price} {word} {step.on}")
    return ", ".join(said)


def _setting(engine: str, extended: bool | None) -> Iterator[Evidence]:
    """The setting that makes AWS bill instead of upgrade."""
    if engine == "eks":
        name, on = "upgradePolicy.supportType", "EXTENDED"
    elif engine in ("postgres", "mysql", "aurora-postgresql", "aurora-mysql"):
        name, on = "EngineLifecycleSupport", "open-source-rds-extended-support"
    else:
        return
    yield Evidence(name=name, value=on if extended else f"{on} (the default; not read)")
