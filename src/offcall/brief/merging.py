"""One line for one thing to do, however many sources tell of it.

The end of an engine's support is known from the inventory and from a Health event; a cluster past
its support is also one that costs more each month. Somebody has to do one thing about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from offcall.core.checks import sort_key
from offcall.core.contributions import EVENT_TYPE, TAKEN
from offcall.core.findings import Evidence, Finding

__all__ = ["Merged", "event_type", "merge", "taken_by"]

Merged = tuple[Finding, tuple[Finding, ...]]
"""The finding to show, and all the findings that it stands for."""

UPGRADE, CERTIFICATE, MAINTENANCE = "upgrade", "certificate", "maintenance"
TASKS = {
    "lifecycle-standard-support-ending": UPGRADE,
    "lifecycle-extended-support-paid": UPGRADE,
    "lifecycle-support-over": UPGRADE,
    "lifecycle-forced-upgrade": UPGRADE,
    "lifecycle-minor-version-ended": UPGRADE,
    "lifecycle-lambda-runtime": UPGRADE,
    "lifecycle-certificate-expiring": CERTIFICATE,
    "lifecycle-pending-maintenance": MAINTENANCE,
}
"""What the findings of a rule ask for, where other sources may ask for the same."""

TASKS_OF_CODES = (
    ("_PLANNED_LIFECYCLE_EVENT", UPGRADE),
    ("CERTIFICATE_ROTATION", CERTIFICATE),
    ("MAINTENANCE_SCHEDULED", MAINTENANCE),
)
"""The same for Health events: a part of the event type code."""

SAME_TIME = timedelta(days=2)
"""Dates of one maintenance, as two sources round them."""


def event_type(finding: Finding) -> str | None:
    """The code of the Health event that a finding rests on, if it does."""
    return _said(finding, EVENT_TYPE)


def taken_by(finding: Finding) -> str | None:
    """Who has taken it, in words; None when nobody has."""
    return _said(finding, TAKEN)


def _said(finding: Finding, name: str) -> str | None:
    # A plain loop: this is asked several times of every finding.
    for one in finding.evidence:
        if one.name == name:
            return one.value
    return None


def merge(findings: Iterable[Finding], now: datetime) -> list[Merged]:
    """The findings, those that ask for the same thing joined; in the order of the first."""
    groups: dict[tuple[str | None, ...], list[Finding]] = {}
    for one in findings:
        groups.setdefault(_subject(one), []).append(one)
    merged: list[Merged] = []
    for group in groups.values():
        merged += [_joined(part, now) for part in _same(group)]
    return merged


def _subject(one: Finding) -> tuple[str | None, ...]:
    """What a finding asks for, of which resource; equal for findings that ask for the same."""
    code = event_type(one)
    task = TASKS.get(one.rule)
    if code is not None:
        task = next((task for part, task in TASKS_OF_CODES if part in code), None)
    if task is None:
        return (one.fingerprint,)
    return (task, one.resource.account, one.resource.id.casefold())


def _same(group: list[Finding]) -> list[list[Finding]]:
    """The group in parts that are one thing to do each.

    Two events alone are two things: it is what a room computed that they are two accounts of.
    Maintenance on two dates is two things as well; an upgrade is one, whatever the dates.
    """
    if all(event_type(one) is not None for one in group):
        return [[one] for one in group]
    if _subject(group[0])[0] != MAINTENANCE:
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


def _joined(group: list[Finding], now: datetime) -> Merged:
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
    # The date that an event gives may be when support ended, long ago: the nearest to come is when
    # to act. But what AWS may do any day by now is not put off by what it will cost in years.
    overdue = lead.deadline is not None and lead.deadline < now
    telling = [one for one in group if event_type(one) is not None] if overdue else group
    ahead = [one.deadline for one in telling if one.deadline and one.deadline >= now]
    starts = [one.starts for one in group if one.starts]
    worst = max(group, key=lambda one: one.severity.rank)
    shown = lead.model_copy(
        update={
            "evidence": tuple(facts),
            "severity": worst.severity,
            "deadline": min(ahead, default=lead.deadline),
            "starts": lead.starts or min(starts, default=None),
            "owner": next((one.owner for one in group if one.owner), None),
            "runbook": next((one.runbook for one in group if one.runbook), None),
        }
    )
    return shown, (lead, *others)
