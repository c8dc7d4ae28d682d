"""Server errors of one kind that are more than a few."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.accesslogs.causes import SOURCE
from offcall.accesslogs.checks.examples import error, example
from offcall.accesslogs.snapshot import Traffic
from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity
from offcall.core.render.figures import share

__all__ = ["server_errors"]

FEW = 20
SMALL = 0.001
GREAT = 0.01


@check(
    id="logs-server-errors",
    title="Requests fail on the server's side",
    severity=Severity.MEDIUM,
    category="open",
    rationale="The client got a 5xx. Who made it decides who has to look: the application, or the "
    "balancer, which could not reach it or did not like its answer.",
    source=SOURCE,
    fails=example(errors=(error(150),)),
    passes=example(errors=(error(5),)),
)
def server_errors(snapshot: Traffic, now: datetime) -> Iterator[Problem]:
    """Kinds of errors with 20 requests or more that are 0.1 % of all; from 1 % on, high."""
    for source in snapshot.sources:
        for one in source.errors:
            part = one.requests / source.requests
            if one.requests < FEW or part < SMALL:
                continue
            yield Problem(
                source.resource,
                f"requests to {source.resource.label} fail with {one.status}, made by the "
                f"{one.made_by}: {one.why}",
                f"look at {one.look}",
                (
                    Evidence(name="requests", value=f"{one.requests:,} of {source.requests:,}"),
                    Evidence(name="share", value=share(part)),
                    Evidence(name="first", value=f"{one.first:%Y-%m-%dT%H:%MZ}"),
                    Evidence(name="last", value=f"{one.last:%Y-%m-%dT%H:%MZ}"),
                ),
                key=f"{one.status} {one.target_status} {one.reason} {one.made_by}",
                severity=Severity.HIGH if part >= GREAT else Severity.MEDIUM,
                starts=one.first,
            )
