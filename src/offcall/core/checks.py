"""Checks: small pure functions from a snapshot to findings, with their whole identity on top.

    @check(
        id="lifecycle-past-standard-support",
        title="The version is past its standard support",
        severity=Severity.HIGH,
        rationale="...", source="https://...",
        fails=lambda: snapshot that gives a finding, passes=lambda: snapshot that gives none,
    )
    def past_standard_support(snapshot: Inventory, now: datetime) -> Iterator[Finding]:
        ...

A room's checks live in `offcall/<room>/checks/`, one module a subject; `checks_of(room)` finds
them. The reference page and a test of both examples come from the declaration alone.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from offcall.core.bugs import describe_bug
from offcall.core.findings import Finding, Fix, Resource, Severity
from offcall.core.snapshots import Snapshot

__all__ = ["BROKEN", "Check", "Example", "check", "checks_of", "run_checks"]

BROKEN = "offcall-check-failed"
"""The rule of the finding that says that a check is broken."""


@dataclass(frozen=True, slots=True)
class Example:
    """A snapshot, and the time at which to judge it."""

    snapshot: Callable[[], Snapshot]
    now: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """A declared check. `severity` is its usual one; a finding may carry another."""

    id: str
    title: str
    severity: Severity
    rationale: str
    source: str
    fails: Example
    passes: Example
    function: Callable[[Any, datetime], Iterator[Finding]]
    tags: tuple[str, ...] = ()

    def __call__(self, snapshot: Snapshot, now: datetime) -> Iterator[Finding]:
        return self.function(snapshot, now)


def check(
    *,
    id: str,
    title: str,
    severity: Severity,
    rationale: str,
    source: str,
    fails: Example,
    passes: Example,
    tags: tuple[str, ...] = (),
) -> Callable[[Callable[[Any, datetime], Iterator[Finding]]], Check]:
    """Declare the function below as a check."""

    def declare(function: Callable[[Any, datetime], Iterator[Finding]]) -> Check:
        return Check(id, title, severity, rationale, source, fails, passes, function, tags)

    return declare


def checks_of(room: str) -> list[Check]:
    """All checks below `offcall.<room>.checks`, by id; none if the room has no such folder.

    Raises:
        TypeError: two checks have the same id.
    """
    try:
        package = importlib.import_module(f"offcall.{room}.checks")
    except ModuleNotFoundError as error:
        if error.name == f"offcall.{room}.checks":
            return []
        raise
    found: dict[str, Check] = {}
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        for value in vars(importlib.import_module(module.name)).values():
            # A module may have another's check by import: that is the same one.
            if isinstance(value, Check) and found.setdefault(value.id, value) is not value:
                raise TypeError(f"two checks are called {value.id!r}, one of them in {module.name}")
    return [found[name] for name in sorted(found)]


def run_checks(checks: Iterable[Check], snapshot: Snapshot, now: datetime) -> list[Finding]:
    """Every finding of `checks` on `snapshot`, worst and soonest first.

    A check that fails with a bug is a finding of the rule `BROKEN`; the others are run.
    """
    findings: list[Finding] = []
    for one in checks:
        try:
            findings += one(snapshot, now)
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
