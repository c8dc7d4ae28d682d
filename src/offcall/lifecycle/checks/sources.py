"""What the dates rest on: sources that disagree, versions that no source knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from offcall.core.checks import Example, check
from offcall.core.findings import Evidence, Finding, Fix, Severity
from offcall.lifecycle.examples import NOW, inventory, running
from offcall.lifecycle.judging import ends
from offcall.lifecycle.regimes import outlooks
from offcall.lifecycle.snapshot import Inventory, LiveSupport

__all__ = ["disagree", "not_judged"]


def _live(end: str) -> tuple[LiveSupport, ...]:
    said = {"engine": "postgres", "version": "14", "standard_end": end, "read_at": NOW}
    said["source"] = "rds.DescribeDBMajorEngineVersions"
    return (LiveSupport.model_validate(said),)


@check(
    id="lifecycle-sources-disagree",
    title="AWS and the carried dataset give different dates",
    severity=Severity.MEDIUM,
    rationale="AWS moves dates, in both directions. The live one is used; a plan that was made "
    "with the other one is wrong.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBMajorEngineVersions.html",
    fails=Example(lambda: inventory(running("postgres", "14.20"), live=_live("2027-06-30")), NOW),
    passes=Example(lambda: inventory(running("postgres", "14.20"), live=_live("2027-02-28")), NOW),
)
def disagree(snapshot: Inventory, now: datetime) -> Iterator[Finding]:
    """Dates of one version that differ by more than a day; the earlier one is the deadline."""
    for item, outlook in outlooks(snapshot, now):
        for one in outlook.dates.disagreements if outlook.dates else ():
            if one.live.on is None or one.carried.on is None or outlook.dates is None:
                continue
            today = now.astimezone(UTC).date()
            earlier = one.live.on < one.carried.on
            yield Finding(
                rule="lifecycle-sources-disagree",
                severity=Severity.HIGH
                if earlier and (one.live.on - today).days < 180
                else Severity.MEDIUM,
                title=f"{one.what} of {outlook.title} {outlook.dates.cycle}: AWS says "
                f"{one.live.on}, the dataset {one.carried.on}; AWS's is used",
                resource=item.resource,
                key=f"{outlook.dates.cycle} {one.what}",
                evidence=(
                    Evidence(
                        name="AWS",
                        value=str(one.live.on),
                        source=f"{one.live.source}, {one.live.as_of}",
                    ),
                    Evidence(
                        name="dataset",
                        value=str(one.carried.on),
                        source=f"{one.carried.source}, {one.carried.as_of}",
                    ),
                ),
                why="The date is earlier than it was known: there is less time than planned."
                if earlier
                else "The date is later than it was known: check why before you rely on it.",
                source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"
                "API_DescribeDBMajorEngineVersions.html"
                if outlook.resource.service == "rds"
                else outlook.dates.policy,
                fix=Fix(
                    steps=(
                        "plan by the earlier date",
                        "renew the dataset: offcall lifecycle update --from FILE",
                    )
                ),
                deadline=ends(min(one.live.on, one.carried.on)),
                category="support",
            )


@check(
    id="lifecycle-not-judged",
    title="No source knows until when this version is supported",
    severity=Severity.LOW,
    rationale="What cannot be judged must not look as if all were well.",
    source="https://endoflife.date/",
    fails=Example(lambda: inventory(running("frobnicator", "3.1")), NOW),
    passes=Example(lambda: inventory(running("postgres", "17.10")), NOW),
)
def not_judged(snapshot: Inventory, now: datetime) -> Iterator[Finding]:
    """Engines and versions that are neither in the dataset nor known to an API."""
    for item, outlook in outlooks(snapshot, now):
        if outlook.not_judged is None:
            continue
        yield Finding(
            rule="lifecycle-not-judged",
            severity=Severity.LOW,
            title=f"{item.engine} {item.version} is not judged: {outlook.not_judged}",
            resource=item.resource,
            key=item.version,
            evidence=(Evidence(name="version", value=f"{item.engine} {item.version}"),),
            why="It may be long past its end, or of no concern: nothing here can tell.",
            source="https://endoflife.date/",
            fix=Fix(
                steps=(
                    "look up its support dates at the vendor",
                    "add them: offcall lifecycle update --from FILE, or 'live:' in the inventory",
                )
            ),
            category="support",
        )
