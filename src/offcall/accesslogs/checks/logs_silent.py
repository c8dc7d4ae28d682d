"""A source that has no lines of late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from offcall.accesslogs.checks.examples import NOW, example
from offcall.accesslogs.snapshot import Traffic
from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity

__all__ = ["logs_silent"]

LATE = timedelta(hours=1)


@check(
    id="logs-silent",
    title="No access logs come any more",
    severity=Severity.MEDIUM,
    category="setup",
    rationale="A balancer writes a file every five minutes when it has requests. When none came "
    "for an hour, logging was switched off, the bucket refuses it, or nobody calls the service.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "enable-access-logging.html",
    fails=example(last=NOW - timedelta(hours=3)),
    passes=example(),
)
def logs_silent(snapshot: Traffic, now: datetime) -> Iterator[Problem]:
    """Sources whose last line is older than an hour, or that have none at all."""
    for source in snapshot.sources:
        if source.last is not None and now - source.last <= LATE:
            continue
        last = f"{source.last:%Y-%m-%d %H:%M}Z" if source.last else "none that was looked at"
        yield Problem(
            source.resource,
            f"no access logs of {source.name} since {last}",
            "look whether the balancer's access logs are on, and at the bucket's policy",
            (Evidence(name="last line", value=last),),
        )
