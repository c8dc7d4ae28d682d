"""An error budget that burns too fast, or is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from offcall.accesslogs.checks.examples import example, promise
from offcall.accesslogs.results.objectives import Burning
from offcall.accesslogs.snapshot import Traffic
from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Severity
from offcall.core.render.humane import duration_text

__all__ = ["objective_burning"]


@check(
    id="logs-objective-burning",
    title="The error budget of an objective burns too fast",
    severity=Severity.HIGH,
    category="open",
    rationale="At this rate what was promised is broken before its time is over. A long window "
    "says that it is no blip, a short one that it is still so.",
    source="https://sre.google/workbook/alerting-on-slos/",
    fails=example(objectives=(promise(20.0),)),
    passes=example(objectives=(promise(0.5),)),
)
def objective_burning(snapshot: Traffic, now: datetime) -> Iterator[Problem]:
    """Objectives with an alert: critical where somebody is to be paged."""
    for source in snapshot.sources:
        for one in source.objectives:
            alerts = [burn for burn in one.burning if burn.alert]
            if not alerts:
                continue
            worst = alerts[0]
            yield Problem(
                source.resource,
                f"{source.resource.label} burns the error budget of '{one.objective}' too fast",
                "offcall logs errors and offcall logs targets say what fails, and where",
                (
                    *map(_evidence, alerts),
                    Evidence(name="bad requests", value=f"{one.bad:,} of {one.requests:,}"),
                ),
                key=one.objective,
                severity=Severity.CRITICAL if worst.page else Severity.HIGH,
            )


def _evidence(burn: Burning) -> Evidence:
    window = duration_text(timedelta(seconds=burn.long_seconds))
    return Evidence(
        name=f"burn rate over {window}",
        value=f"{burn.long_rate:.1f}",
        unit=f"alert from {burn.limit:g}",
    )
