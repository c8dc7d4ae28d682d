"""Lambda runtimes that are deprecated or will be, and the block of updates that follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from offcall.core.checks import Problem, check
from offcall.core.findings import Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.judging import HORIZON, at, by_days, proof, way_out
from offcall.lifecycle.regimes import Outlooks, outlooks
from offcall.lifecycle.regimes.model import Act

__all__ = ["lambda_runtime"]


@check(
    id="lifecycle-lambda-runtime",
    title="The Lambda runtime is deprecated or about to be",
    severity=Severity.MEDIUM,
    category="support",
    rationale="Functions keep running after the deprecation, which is why nobody notices until "
    "updates are blocked and a hotfix or a rollback cannot be deployed.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/runtime-support-policy.html",
    judges=outlooks,
    fails=example(running("lambda", "python3.9")),
    passes=example(running("lambda", "python3.14")),
)
def lambda_runtime(found: Outlooks, now: datetime) -> Iterator[Problem]:
    """Runtimes past or within 180 days of their deprecation; the next block is the deadline."""
    today = now.astimezone(UTC).date()
    for item, outlook in found:
        if item.engine != "lambda" or outlook.dates is None:
            continue
        gone = outlook.dates.standard_end
        if gone is None or (gone.on is not None and (gone.on - today).days > HORIZON):
            continue
        ahead = [s for s in outlook.steps if s.on is not None and s.on >= today]
        blocked = any(
            s.act is Act.BLOCK_UPDATE and (s.on is None or s.on < today) for s in outlook.steps
        )
        deprecated = gone.on is None or gone.on < today
        state = "is deprecated" if deprecated else f"is deprecated on {gone.on}"
        if blocked:
            severity, rest = Severity.HIGH, "updates are blocked"
        elif ahead and ahead[0].on is not None:
            # An update block is what hurts; a deprecation half a year away is only a note.
            stop = next((s for s in ahead if s.act is Act.BLOCK_UPDATE), ahead[0])
            severity = by_days(((stop.on or today) - today).days)
            if deprecated and severity is Severity.LOW:
                # It runs unpatched already, however far the block is.
                severity = Severity.MEDIUM
            rest = f"{_words(ahead[0].act)} on {ahead[0].on}"
        else:
            severity, rest = Severity.MEDIUM, "no date is set for the block of updates"
        yield Problem(
            item.resource,
            f"runtime {item.version} {state}: {rest}",
            way_out(outlook),
            proof(outlook),
            key=item.version,
            severity=severity,
            why="Functions keep running, without security patches; once updates are blocked, code "
            "and configuration cannot be changed, not even to fix or roll back.",
            deadline=at(ahead[0].on) if ahead and ahead[0].on else None,
        )


def _words(act: Act) -> str:
    return {
        Act.DEPRECATE: "no more patches",
        Act.BLOCK_CREATE: "no new functions about",
        Act.BLOCK_UPDATE: "no more updates",
    }.get(act, act.value)
