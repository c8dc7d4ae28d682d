"""CronJobs that start a missed run at any time, or none at all."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, Parameters, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.index import Index

__all__ = ["StartingDeadline", "cronjob_deadline"]

_EVERY = 10
"""Seconds between two looks of the controller; a shorter deadline is missed between them."""


class StartingDeadline(Parameters):
    """How late a run may start."""

    fix: int = Field(default=600, ge=_EVERY, description="The seconds that a fix writes.")


@check(
    id="k8s-cronjob-deadline",
    title="A CronJob does not say how late a run may start",
    severity=Severity.LOW,
    rationale="Without startingDeadlineSeconds a run that was missed, since the control plane was "
    "away or the last run took too long, starts whenever it can: the backup of the night at noon. "
    "Below 10 s the controller, which looks every 10 s, may not start it at all.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline",
    parameters=StartingDeadline,
    fails=manifest("""
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: backup}
        spec:
          schedule: '0 3 * * *'
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: app, image: backup:1}]
    """),
    passes=manifest("""
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: backup}
        spec:
          schedule: '0 3 * * *'
          startingDeadlineSeconds: 600
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: app, image: backup:1}]
    """),
)
def cronjob_deadline(index: Index, parameters: StartingDeadline) -> Iterator[Found]:
    """CronJobs without a deadline, or with one that the controller cannot keep."""
    for workload in index.workloads:
        if workload.kind != "CronJob" or workload.spec.get("suspend") is True:
            continue
        deadline = workload.spec.get("startingDeadlineSeconds")
        short = isinstance(deadline, int) and deadline < _EVERY
        if deadline is not None and not short:
            continue
        yield Found(
            workload,
            "spec.startingDeadlineSeconds",
            f"a deadline of {deadline} s may keep it from ever starting"
            if short
            else "a run that was missed starts however late it is",
            f"set startingDeadlineSeconds: {parameters.fix}, or as late as it is still of use",
            edits=[set_field(workload, "spec.startingDeadlineSeconds", parameters.fix)],
            severity=Severity.HIGH if short else None,
        )
