"""Checks: small pure functions from a snapshot to problems, with their whole identity on top.

    @check(
        id="lifecycle-support-over",
        title="The version gets no support at all any more",
        severity=Severity.HIGH,
        category="support",
        rationale="No security fixes come.",
        source="https://endoflife.date/",
        fails=Example(lambda: a snapshot that gives a problem, NOW),
        passes=Example(lambda: a snapshot that gives none, NOW),
    )
    def support_over(snapshot: Inventory, now: datetime) -> Iterator[Problem]:
        for item in snapshot.resources:
            if item.is_over(now):
                yield Problem(item.resource, f"{item.name} is over", "upgrade it")

A check stands in a file of its own that is called as it is: `lifecycle/checks/support_over.py`;
`checks_of(room)` finds it. The reference page, the tests of both examples and what all findings of
a check have in common come from the declaration alone.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from offcall.core.bugs import describe_bug
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity
from offcall.core.rooms import rooms_with
from offcall.core.snapshots import Snapshot

__all__ = [
    "BROKEN",
    "Check",
    "Example",
    "Problem",
    "check",
    "checks_by_room",
    "checks_of",
    "run_checks",
    "sort_key",
]

BROKEN = "offcall-check-failed"
"""The rule of the finding that says that a check is broken."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check has found in one place. What is None is as the check declares it.

    Attributes:
        fix: one step in words, or a `Fix` where there is more.
        key: tells apart several problems of one check on one resource; see `Finding`.
        why: the rationale of the check, where there is nothing closer to say.
        source: the page (URL) that this very claim rests on.
    """

    resource: Resource
    title: str
    fix: Fix | str
    evidence: Iterable[Evidence] = ()
    key: str = ""
    severity: Severity | None = None
    why: str | None = None
    source: str | None = None
    starts: datetime | None = None
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A snapshot, and the time at which to judge it."""

    snapshot: Callable[[], Snapshot]
    now: datetime


def _whole(snapshot: Snapshot, now: datetime) -> Snapshot:  # noqa: ARG001 - a given shape
    return snapshot


@dataclass(frozen=True, slots=True)
class Check:
    """A declared check: called, it gives findings.

    Attributes:
        severity: the usual one; a problem may have another.
        category: in which part of the brief its findings stand: see `core.contributions`.
        rationale: why anybody should care.
        source: the page (URL) that it rests on.
        judges: what it judges, made from the snapshot and the time: an index, a forecast. It is
            made once for all checks of a run that name the same one.
    """

    id: str
    title: str
    severity: Severity
    category: str
    rationale: str
    source: str
    fails: Example
    passes: Example
    function: Callable[[Any, datetime], Iterable[Problem]]
    judges: Callable[[Any, datetime], Any] = _whole
    tags: tuple[str, ...] = ()

    def __call__(self, snapshot: Snapshot, now: datetime) -> Iterator[Finding]:
        """What it finds in `snapshot` at `now`."""
        return self.of(self.judges(snapshot, now), now)

    def of(self, facts: Any, now: datetime) -> Iterator[Finding]:
        """What it finds in what `judges` made."""
        return map(self.finding, self.function(facts, now))

    def finding(self, problem: Problem) -> Finding:
        """The problem with all that the declaration says."""
        fix = problem.fix
        return Finding(
            rule=self.id,
            severity=problem.severity or self.severity,
            title=problem.title,
            resource=problem.resource,
            key=problem.key,
            evidence=tuple(problem.evidence),
            why=self.rationale if problem.why is None else problem.why,
            source=problem.source or self.source,
            fix=Fix(steps=(fix,)) if isinstance(fix, str) else fix,
            starts=problem.starts,
            deadline=problem.deadline,
            category=self.category,
        )


def check(
    *,
    id: str,
    title: str,
    severity: Severity,
    category: str,
    rationale: str,
    source: str,
    fails: Example,
    passes: Example,
    judges: Callable[[Any, datetime], Any] = _whole,
    tags: tuple[str, ...] = (),
) -> Callable[[Callable[[Any, datetime], Iterable[Problem]]], Check]:
    """Declare the function below as a check."""

    def declare(function: Callable[[Any, datetime], Iterable[Problem]]) -> Check:
        return Check(
            id=id,
            title=title,
            severity=severity,
            category=category,
            rationale=rationale,
            source=source,
            fails=fails,
            passes=passes,
            function=function,
            judges=judges,
            tags=tags,
        )

    return declare


def checks_by_room() -> dict[str, list[Check]]:
    """The checks of every room that has some, both in the order of their names."""
    found = {room: checks_of(room) for room in rooms_with("checks")}
    return {room: checks for room, checks in found.items() if checks}


def checks_of(room: str) -> list[Check]:
    """All checks below the room's `checks`, by id; none if the room has no such folder.

    Raises:
        TypeError: two checks have the same id.
    """
    home = rooms_with("checks").get(room)
    if home is None:
        return []
    package = importlib.import_module(f"{home}.checks")
    found: dict[str, Check] = {}
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        for value in vars(importlib.import_module(module.name)).values():
            # A module may have another's check by import: that is the same one.
            if isinstance(value, Check) and found.setdefault(value.id, value) is not value:
                raise TypeError(f"two checks are called {value.id!r}, one of them in {module.name}")
    return [found[name] for name in sorted(found)]


def run_checks(
    checks: Iterable[Check],
    snapshot: Snapshot,
    now: datetime,
    *,
    made: dict[Callable[[Any, datetime], Any], Any] | None = None,
) -> list[Finding]:
    """Every finding of `checks` on `snapshot`, worst and soonest first.

    `made` is what `judges` made already, where the caller needs it too.

    A check that fails with a bug is a finding of the rule `BROKEN`; the others are run.
    """
    findings: list[Finding] = []
    made = {} if made is None else made
    for one in checks:
        try:
            if one.judges not in made:
                made[one.judges] = one.judges(snapshot, now)
            findings += one.of(made[one.judges], now)
        except Exception as error:  # noqa: BLE001 - a bug in one check must not hide the others
            findings.append(_broken(one, error))
    return sorted(findings, key=sort_key)


def _broken(one: Check, error: Exception) -> Finding:
    return Finding(
        rule=BROKEN,
        severity=Severity.HIGH,
        title=f"The check {one.id} could not be made",
        resource=Resource(kind="offcall check", id=one.id),
        why=f"What it would have found is not known: {describe_bug(error)}",
        fix=Fix(steps=("report it, with the file that is named",)),
        category="setup",
    )


def sort_key(finding: Finding) -> tuple[int, float, str, str]:
    """Worst first, then the nearest deadline, then by name, so that output is stable."""
    when = finding.deadline.timestamp() if finding.deadline else float("inf")
    return (-finding.severity.rank, when, finding.resource.id, finding.rule)
