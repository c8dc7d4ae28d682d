"""Dates that AWS gives otherwise than the carried dataset."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Fix, Severity
from offcall.lifecycle.checks.examples import NOW, example, running
from offcall.lifecycle.judging import ends
from offcall.lifecycle.regimes import Outlooks, outlooks
from offcall.lifecycle.regimes.model import Day
from offcall.lifecycle.snapshot import LiveSupport

__all__ = ["sources_disagree"]


def _live(end: str) -> tuple[LiveSupport, ...]:
    said = {"engine": "postgres", "version": "14", "standard_end": end, "read_at": NOW}
    said["source"] = "rds.DescribeDBMajorEngineVersions"
    return (LiveSupport.model_validate(said),)


@check(
    id="lifecycle-sources-disagree",
    title="AWS and the carried dataset give different dates",
    severity=Severity.MEDIUM,
    category="support",
    rationale="AWS moves dates, in both directions. The live one is used; a plan that was made "
    "with the other one is wrong.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBMajorEngineVersions.html",
    judges=outlooks,
    fails=example(running("postgres", "14.20"), live=_live("2027-06-30")),
    passes=example(running("postgres", "14.20"), live=_live("2027-02-28")),
)
def sources_disagree(found: Outlooks, now: datetime) -> Iterator[Problem]:
    """Dates of one version that differ by more than a day; the earlier one is the deadline."""
    today = now.astimezone(UTC).date()
    for item, outlook in found:
        for one in outlook.dates.disagreements if outlook.dates else ():
            if one.live.on is None or one.carried.on is None or outlook.dates is None:
                continue
            earlier = one.live.on < one.carried.on
            soon = earlier and (one.live.on - today).days < 180
            yield Problem(
                item.resource,
                f"{one.what} of {outlook.title} {outlook.dates.cycle}: AWS says {one.live.on}, "
                f"the dataset {one.carried.on}; AWS's is used",
                Fix(
                    steps=(
                        "plan by the earlier date",
                        "renew the dataset: offcall lifecycle update --from FILE",
                    )
                ),
                (_said("AWS", one.live), _said("dataset", one.carried)),
                key=f"{outlook.dates.cycle} {one.what}",
                severity=Severity.HIGH if soon else Severity.MEDIUM,
                why="The date is earlier than it was known: there is less time than planned."
                if earlier
                else "The date is later than it was known: check why before you rely on it.",
                source=None if outlook.resource.service == "rds" else outlook.dates.policy,
                deadline=ends(min(one.live.on, one.carried.on)),
            )


def _said(who: str, day: Day) -> Evidence:
    return Evidence(name=who, value=str(day.on), source=f"{day.source}, {day.as_of}")
