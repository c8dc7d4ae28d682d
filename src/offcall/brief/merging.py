"""One line for one thing to do, however many sources tell of it.

The end of an engine's support is known from the inventory and from a Health event; a cluster past
its support is also one that costs more each month. Somebody has to do one thing about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from offcall.core.checks import sort_key
from offcall.core.contributions import EVENT_TYPE, TAKEN
from offcall.core.findings import Evidence, Finding

__all__ = ["Merged", "event_type", "merge", "taken_by"]

Merged = tuple[Finding, tuple[Finding, ...]]
"""The finding to show, and all the findings that it stands for."""

SAME_TIME = timedelta(days=2)
"""Dates of one maintenance, as two sources round them."""


def event_type(finding: Finding) -> str | None:
    """The code of the Health event that a finding rests on, if it does."""
    return next((one.value for one in finding.evidence if one.name == EVENT_TYPE), None)


def taken_by(finding: Finding) -> str | None:
    """Who has taken it, in words; None when nobody has."""
    return next((one.value for one in finding.evidence if one.name == TAKEN), None)


def merge(findings: Iterable[Finding]) -> list[Merged]:
    """The findings, those that ask for the same thing joined; in the order of the first."""
    groups: dict[object, list[Finding]] = {}
    for one in findings:
        groups.setdefault(_subject(one), []).append(one)
    merged: list[Merged] = []
    for group in groups.values():
        merged += [_joined(part) for part in _same_time(group)]
    return merged


def _subject(one: Finding) -> object:
    """What a finding asks for; equal for findings that ask for the same."""
    code = event_type(one) or ""
    where = (one.resource.account, one.resource.id.casefold())
    if one.category == "support" or code.endswith("_PLANNED_LIFECYCLE_EVENT"):
        return ("support", *where)
    if one.rule == "lifecycle-pending-maintenance" or code.endswith("_MAINTENANCE_SCHEDULED"):
        return ("maintenance", *where)
    return one.fingerprint


def _same_time(group: list[Finding]) -> list[list[Finding]]:
    """Maintenance on two dates is two things to do; support is one, whatever the dates."""
    first = group[0]
    if len(group) == 1 or _subject(first)[0] != "maintenance":  # type: ignore[index]
        return [group]
    parts: list[list[Finding]] = []
    for one in sorted(group, key=_begins):
        if parts and _begins(one) - _begins(parts[-1][0]) <= SAME_TIME.total_seconds():
            parts[-1].append(one)
        else:
            parts.append([one])
    return parts


def _begins(one: Finding) -> float:
    at = one.starts or one.deadline
    return at.timestamp() if at else 0.0


def _joined(group: list[Finding]) -> Merged:
    """The most telling finding, with what the others add.

    What a room computed for this resource says more than the event's text, so it leads; between
    such, the worst and soonest.
    """
    if len(group) == 1:
        return group[0], (group[0],)
    lead = min(group, key=lambda one: (event_type(one) is not None, sort_key(one)))
    others = [one for one in group if one is not lead]
    facts = list(lead.evidence)
    for other in others:
        code = event_type(other)
        if code is not None:
            facts.append(Evidence(name="AWS Health", value=code, source=other.key or None))
            facts += [one for one in other.evidence if one.name in (EVENT_TYPE, TAKEN)]
        else:
            facts.append(Evidence(name="also", value=other.title))
    deadlines = [one.deadline for one in group if one.deadline]
    starts = [one.starts for one in group if one.starts]
    worst = max(group, key=lambda one: one.severity.rank)
    shown = lead.model_copy(
        update={
            "evidence": tuple(facts),
            "severity": worst.severity,
            "deadline": min(deadlines, default=None),
            "starts": lead.starts or min(starts, default=None),
            "owner": next((one.owner for one in group if one.owner), None),
            "runbook": next((one.runbook for one in group if one.runbook), None),
        }
    )
    return shown, (lead, *others)
