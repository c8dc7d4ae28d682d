"""The end of standard support: ahead, and behind with a bill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from offcall.core.checks import Example, check
from offcall.core.findings import Evidence, Finding, Severity
from offcall.lifecycle.examples import NOW, inventory, running
from offcall.lifecycle.judging import HORIZON, at, by_days, ends, finding, proof, sentence, way_out
from offcall.lifecycle.prices import usd
from offcall.lifecycle.regimes import outlooks
from offcall.lifecycle.regimes.model import Act, Phase, Step
from offcall.lifecycle.snapshot import Inventory

__all__ = ["ended", "ending", "paid"]

EXTENDED = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html"


@check(
    id="lifecycle-standard-support-ending",
    title="Standard support of the version ends soon",
    severity=Severity.MEDIUM,
    rationale="After that day AWS charges for extended support by itself: the default is to be "
    "enrolled, nobody is asked, and the charge is not covered by reserved instances.",
    source=EXTENDED,
    fails=Example(
        lambda: inventory(running("postgres", "14.20", **{"class": "db.r6g.large"})), NOW
    ),
    passes=Example(lambda: inventory(running("postgres", "17.10")), NOW),
)
def ending(snapshot: Inventory, now: datetime) -> Iterator[Finding]:
    """Standard support that ends within 180 days and after which nobody forces an upgrade."""
    today = now.astimezone(UTC).date()
    for item, outlook in outlooks(snapshot, now):
        end = outlook.dates.standard_end if outlook.dates else None
        if item.engine == "lambda" or end is None or end.on is None or outlook.dates is None:
            continue
        days = (end.on - today).days
        # What AWS does then by force is a finding of its own.
        follows = {s.act for s in outlook.steps if s.on and s.on <= end.on + timedelta(days=1)}
        if not 0 <= days <= HORIZON or Act.UPGRADE in follows:
            continue
        bill = next((step for step in outlook.steps if step.act is Act.BILL), None)
        price = f", then {bill.cost.text} for extended support" if bill and bill.cost else ""
        yield finding(
            item,
            outlook,
            rule="lifecycle-standard-support-ending",
            severity=by_days(days),
            title=f"standard support of {outlook.title} {outlook.version} ends on {end.on}{price}",
            why=sentence(f"{bill.text} from {bill.on} on")
            if bill
            else "No fixes, security fixes included, come after that day.",
            source=bill.source if bill else (outlook.dates.policy or end.source),
            key=outlook.dates.cycle,
            deadline=ends(end.on),
            evidence=tuple(proof(outlook, bill)),
        )


@check(
    id="lifecycle-extended-support-paid",
    title="The version is past standard support and costs extra",
    severity=Severity.MEDIUM,
    rationale="Extended support is billed for every hour that the resource exists, its Multi-AZ "
    "standby included, and doubles in the third year.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html",
    fails=Example(
        lambda: inventory(running("postgres", "13.20", **{"class": "db.r6g.large"})), NOW
    ),
    passes=Example(lambda: inventory(running("postgres", "14.20")), NOW),
)
def paid(snapshot: Inventory, now: datetime) -> Iterator[Finding]:
    """Extended support that is being charged today."""
    today = now.astimezone(UTC).date()
    for item, outlook in outlooks(snapshot, now):
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
        setting = _setting(item.engine, item.extended_support)
        if setting:
            evidence.append(setting)
        dear = cost is not None and cost.monthly_usd is not None and cost.monthly_usd >= 500
        yield finding(
            item,
            outlook,
            rule="lifecycle-extended-support-paid",
            severity=Severity.HIGH if dear or len(current) > 1 else Severity.MEDIUM,
            title=f"{outlook.title} {outlook.version} is in extended support: {_history(current)}",
            why=why,
            source=current[-1].source,
            key=outlook.dates.cycle,
            deadline=at(rise.on)
            if rise and rise.on
            else (ends(last.on) if last and last.on else None),
            evidence=tuple(evidence),
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


def _setting(engine: str, extended: bool | None) -> Evidence | None:
    """The setting that makes AWS bill instead of upgrade."""
    if engine == "eks":
        name, on = "upgradePolicy.supportType", "EXTENDED"
    elif engine in ("postgres", "mysql", "aurora-postgresql", "aurora-mysql"):
        name, on = "EngineLifecycleSupport", "open-source-rds-extended-support"
    else:
        return None
    return Evidence(name=name, value=on if extended else f"{on} (the default; not read)")


@check(
    id="lifecycle-support-over",
    title="The version gets no support at all any more",
    severity=Severity.HIGH,
    rationale="No security fixes come, and for software that AWS does not run nobody upgrades it.",
    source="https://endoflife.date/",
    fails=Example(lambda: inventory(running("debian", "11")), NOW),
    passes=Example(lambda: inventory(running("debian", "13")), NOW),
)
def ended(snapshot: Inventory, now: datetime) -> Iterator[Finding]:
    """Support that is over where nothing forces an upgrade."""
    for item, outlook in outlooks(snapshot, now):
        if outlook.dates is None or item.engine == "lambda":
            continue
        unsure = outlook.phase is Phase.UNKNOWN
        if not unsure and outlook.phase is not Phase.ENDED:
            continue
        if any(step.act is Act.UPGRADE for step in outlook.steps):
            continue
        last = outlook.dates.extended_end or outlook.dates.standard_end
        since = f" since {last.on}" if last and last.on else ""
        told = (Act.BILL,) if unsure else (Act.END, Act.DEPRECATE)
        step = next((one for one in reversed(outlook.steps) if one.act in told), None)
        gone = (
            f"has no standard support any more{since}, and whether it has extended support is not "
            "known here"
            if unsure
            else f"has no support any more{since}"
        )
        yield finding(
            item,
            outlook,
            rule="lifecycle-support-over",
            severity=Severity.HIGH,
            title=f"{outlook.title} {outlook.version} {gone}",
            why=sentence(step.text) if step else "No security fixes come any more.",
            source=step.source if step else "https://endoflife.date/",
            key=outlook.dates.cycle,
            deadline=ends(last.on) if last and last.on else None,
            fix=way_out(outlook),
        )
