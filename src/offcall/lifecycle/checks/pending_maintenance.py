"""Pending maintenance that AWS applies by itself at a known time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from shlex import quote

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Fix, Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.regimes.commands import arn_of, in_region
from offcall.lifecycle.snapshot import Inventory, Pending, Running

__all__ = ["pending_maintenance"]


def _with(**dates: str) -> Running:
    return running("postgres", "17.9", pending=[{"action": "system-update", **dates}])


@check(
    id="lifecycle-pending-maintenance",
    title="AWS applies pending maintenance at a set time",
    severity=Severity.MEDIUM,
    category="change",
    rationale="Pending maintenance with a date is applied at that date, in the window or not, and "
    "usually restarts the resource.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html",
    fails=example(_with(forced_apply="2026-12-01T00:00:00Z")),
    passes=example(_with()),
)
def pending_maintenance(snapshot: Inventory, now: datetime) -> Iterator[Problem]:
    """Actions with any date; the earliest that AWS will keep is the deadline."""
    for item in snapshot.resources:
        for action in item.pending:
            planned = action.current_apply or action.auto_applied_after or action.forced_apply
            if planned is None:
                continue
            forced = action.forced_apply
            left = planned - now
            when = "in the next window"
            if left > timedelta():
                when = f"{_how(action)} {planned.date()}"
            if forced and forced != planned:
                when += f"; forced on {forced.date()}"
            yield Problem(
                item.resource,
                f"AWS applies '{action.action}' {when}",
                _fix(item, action),
                _dates(item, action),
                key=action.action,
                severity=_severity(left, forced is not None and forced - now < timedelta(days=30)),
                why=(f"{action.description}. " if action.description else "")
                + (
                    "The forced date does not wait for the maintenance window."
                    if forced
                    else "It is applied in the maintenance window after that date."
                ),
                starts=planned,
                deadline=min(filter(None, (planned, forced))),
            )


def _how(action: Pending) -> str:
    if action.current_apply:
        return "on"
    return "in the window after" if action.auto_applied_after else "on"


def _severity(left: timedelta, forced_soon: bool) -> Severity:
    if left <= timedelta(days=7) or forced_soon:
        return Severity.HIGH
    return Severity.MEDIUM if left <= timedelta(days=30) else Severity.LOW


def _dates(item: Running, action: Pending) -> Iterator[Evidence]:
    source = action.source or item.file
    for name, moment in (
        ("planned for", action.current_apply),
        ("in the window after", action.auto_applied_after),
        ("forced on", action.forced_apply),
    ):
        if moment is not None:
            value = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
            yield Evidence(name=name, value=value, source=source)
    if action.opt_in:
        yield Evidence(name="opt-in", value=action.opt_in, source=source)
    if item.maintenance_window:
        yield Evidence(name="maintenance window", value=item.maintenance_window, unit="UTC")


def _fix(item: Running, action: Pending) -> Fix:
    steps = ("tell the owner, check that clients reconnect, and apply it at a time of your choice",)
    service = item.resource.service
    if service not in ("rds", "docdb", "neptune"):
        return Fix(steps=steps)
    return Fix(
        steps=steps,
        command=f"aws {service} apply-pending-maintenance-action "
        f"--resource-identifier {arn_of(item)} --apply-action {quote(action.action)} "
        f"--opt-in-type next-maintenance{in_region(item)}",
    )
