"""Lines and files that are missing from what is said of the traffic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.accesslogs.checks.examples import example
from offcall.accesslogs.results.answers import Missing, Reading
from offcall.accesslogs.snapshot import Traffic
from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity

__all__ = ["lines_unreadable"]


@check(
    id="logs-lines-unreadable",
    title="Logs could not be read in whole",
    severity=Severity.MEDIUM,
    category="setup",
    rationale="What could not be read is missing from every number that is made of the logs.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "load-balancer-access-logs.html",
    fails=example(
        reading=Reading(files={"alb": 2}, lines=5, missing=(Missing(file="a.gz", reason="denied"),))
    ),
    passes=example(),
)
def lines_unreadable(snapshot: Traffic, now: datetime) -> Iterator[Problem]:
    """Sources with files that could not be read, or with over 1 % of malformed lines."""
    for source in snapshot.sources:
        reading = source.reading
        if not reading.missing and not reading.too_many:
            continue
        yield Problem(
            source.resource,
            f"logs of {source.name} could not be read in whole: "
            f"{len(reading.missing):,} files, {reading.rejected:,} lines",
            "offcall logs top with --rejects FILE keeps the lines; the files are named below",
            tuple(Evidence(name=one.file, value=one.reason) for one in reading.missing[:5])
            + tuple(
                Evidence(name=f"{one.file}:{one.line}", value=one.reason)
                for one in reading.examples[:3]
            ),
        )
