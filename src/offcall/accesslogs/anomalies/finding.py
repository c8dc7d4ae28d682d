"""An incident as a finding."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.accesslogs.anomalies.model import Incident, Kind
from offcall.accesslogs.anomalies.wording import KINDS, headline, mostly, size_text, utc
from offcall.core.checks import Problem
from offcall.core.findings import Evidence, Fix, Resource, Severity

__all__ = ["problem", "severity_of"]

_USUAL: dict[Kind, Severity] = {
    "server-errors": Severity.HIGH,
    "fewer-requests": Severity.HIGH,
    "slow": Severity.MEDIUM,
    "client-errors": Severity.MEDIUM,
    "more-requests": Severity.MEDIUM,
}
_STEPS: dict[Kind, str] = {
    "server-errors": "see who makes the errors, and why: offcall logs errors",
    "fewer-requests": "look at what is in front of the balancer: DNS, certificates, WAF, clients; "
    "and whether logs are missing",
    "slow": "see whether one target is slow or all are: offcall logs targets",
    "client-errors": "see what is refused: offcall logs errors --least 400",
    "more-requests": "see who calls: offcall logs clients",
}


def severity_of(one: Incident) -> Severity:
    """Worse where half of the service is gone, or ten times as slow; less where it is over."""
    found = _USUAL[one.kind]
    grave = {
        "server-errors": one.observed >= 0.5,
        "fewer-requests": one.observed <= 0.1 * one.expected,
        "slow": one.observed >= 10 * one.expected,
    }.get(one.kind, False)
    rank = found.rank + (grave and one.route is None) - (not one.ongoing)
    return next(each for each in Severity if each.rank == rank)


def problem(resource: Resource, one: Incident) -> Problem:
    """The incident, about a balancer."""
    of = f" for {one.route}" if one.route else ""
    command = " ".join(
        [
            f"offcall logs {_COMMANDS[one.kind]}",
            f"--since {one.start:%Y-%m-%dT%H:%MZ}",
            f"--until {one.end:%Y-%m-%dT%H:%MZ}",
        ]
    )
    return Problem(
        resource,
        f"{resource.label}: {KINDS[one.kind]}{of} since {utc(one.start)}, {mostly(one)}",
        Fix(steps=(_STEPS[one.kind],), command=command),
        tuple(_evidence(one)),
        key=one.key,
        severity=severity_of(one),
        starts=one.start,
    )


_COMMANDS: dict[Kind, str] = {
    "server-errors": "errors",
    "client-errors": "errors --least 400",
    "slow": "targets",
    "more-requests": "clients",
    "fewer-requests": "timeline --every 1m",
}


def _evidence(one: Incident) -> Iterator[Evidence]:
    seen, usual = size_text(one)
    yield Evidence(name="what", value=headline(one))
    yield Evidence(name="seen", value=seen)
    yield Evidence(name="usual", value=usual)
    yield Evidence(name="until", value="the end of the logs" if one.ongoing else utc(one.end))
    for cause in one.causes[:5]:
        yield Evidence(
            name=f"{cause.dimension} {cause.value}",
            value=f"{cause.share:.0%} of the difference",
            unit=f"{cause.before:.0%} of the requests before",
        )
    if one.routes:
        yield Evidence(name="other routes", value=", ".join(one.routes[:5]))
