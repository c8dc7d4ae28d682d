"""The resilience score of a workload: 100, less what its findings weigh.

Each check counts once for a workload, by its worst finding there: ten containers without requests
are one thing to learn. Nothing goes below 0. What is suppressed does not count.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.findings import Finding, Severity

__all__ = ["POINTS", "Subtraction", "score_of"]

POINTS = {
    Severity.CRITICAL: 40,
    Severity.HIGH: 20,
    Severity.MEDIUM: 10,
    Severity.LOW: 3,
    Severity.INFO: 0,
}


class Subtraction(BaseModel):
    """What was taken off for one check."""

    model_config = ConfigDict(frozen=True)

    check: str
    severity: Severity
    points: int = Field(description="Of 100.")
    findings: int = Field(description="How many places it was found in.")


def score_of(findings: Iterable[Finding]) -> tuple[int, tuple[Subtraction, ...]]:
    """The score from 0 to 100, and what was subtracted for what, the most first."""
    by_check: dict[str, list[Finding]] = {}
    for one in findings:
        by_check.setdefault(one.rule, []).append(one)
    taken = []
    for check, some in by_check.items():
        worst = max((one.severity for one in some), key=lambda severity: severity.rank)
        if points := POINTS[worst]:
            taken.append(
                Subtraction(check=check, severity=worst, points=points, findings=len(some))
            )
    taken.sort(key=lambda one: (-one.points, one.check))
    return max(0, 100 - sum(one.points for one in taken)), tuple(taken)
