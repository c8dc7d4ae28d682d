"""The end of standard support ahead, after which extended support costs extra."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from offcall.core.checks import Problem, check
from offcall.core.findings import Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.judging import HORIZON, by_days, ends, proof, sentence, way_out
from offcall.lifecycle.regimes import Outlooks, outlooks
from offcall.lifecycle.regimes.model import Act

__all__ = ["standard_support_ending"]


@check(
    id="lifecycle-standard-support-ending",
    title="Standard support of the version ends soon",
    severity=Severity.MEDIUM,
    category="support",
    rationale="After that day AWS charges for extended support by itself: the default is to be "
    "enrolled, nobody is asked, and the charge is not covered by reserved instances.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html",
    judges=outlooks,
    fails=example(running("postgres", "14.20", **{"class": "db.r6g.large"})),
    passes=example(running("postgres", "17.10")),
)
def standard_support_ending(found: Outlooks, now: datetime) -> Iterator[Problem]:
    """Standard support that ends within 180 days and after which nobody forces an upgrade."""
    today = now.astimezone(UTC).date()
    for item, outlook in found:
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
        yield Problem(
            item.resource,
            f"standard support of {outlook.title} {outlook.version} ends on {end.on}{price}",
            way_out(outlook),
            proof(outlook, bill),
            key=outlook.dates.cycle,
            severity=by_days(days),
            why=sentence(f"{bill.text} from {bill.on} on")
            if bill
            else "No fixes, security fixes included, come after that day.",
            source=bill.source if bill else (outlook.dates.policy or end.source),
            deadline=ends(end.on),
        )
