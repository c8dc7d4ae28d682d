"""One target of several that fails or is slow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from offcall.accesslogs.checks.examples import example, served
from offcall.accesslogs.snapshot import Traffic
from offcall.accesslogs.targets import judge
from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Resource, Severity
from offcall.core.render.figures import seconds_text, share

__all__ = ["bad_target"]


@check(
    id="logs-bad-target",
    title="One target does worse than the others of its group",
    severity=Severity.HIGH,
    category="open",
    rationale="When one of several targets fails or is slow and the others are not, it is that "
    "host or pod, not the application and not what they share. Its health check still passes, so "
    "the balancer goes on sending it requests.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "load-balancer-troubleshooting.html",
    fails=example(targets=(served("10.0.0.1:80", 5000, 600), served("10.0.0.2:80", 5000, 3))),
    passes=example(targets=(served("10.0.0.1:80", 5000, 3), served("10.0.0.2:80", 5000, 3))),
)
def bad_target(snapshot: Traffic, now: datetime) -> Iterator[Problem]:
    """Targets that fail more, or are slower, beyond chance; not those that only get more."""
    for source in snapshot.sources:
        for one in judge([(each.group, each.requests) for each in source.targets]):
            odd = [words for words in one.odd if not words.startswith("gets")]
            if not odd:
                continue
            group = one.requests
            yield Problem(
                _target(source.resource, str(group.key)),
                f"target {group.key} of {source.resource.label} "
                + " and ".join(words.partition(":")[0] for words in odd)
                + " than the others of its group",
                f"take {group.key} out of its group (deregister it, or delete the pod) and look "
                "at its log; the health check does not see what its clients see",
                (
                    *(Evidence(name="odd", value=words) for words in odd),
                    Evidence(name="requests", value=f"{group.requests:,}"),
                    Evidence(name="answers with 5xx", value=share(group.error_share)),
                    Evidence(name="p95", value=seconds_text(group.p95)),
                ),
            )


def _target(balancer: Resource, target: str) -> Resource:
    return Resource(
        kind="load balancer target",
        id=f"{balancer.id}/{target}",
        name=target,
        account=balancer.account,
        region=balancer.region,
        service=balancer.service,
    )
