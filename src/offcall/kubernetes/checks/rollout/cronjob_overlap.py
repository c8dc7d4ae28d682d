"""CronJobs whose next run starts beside the last one."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.fields import text
from offcall.kubernetes.model.index import Index

__all__ = ["cronjob_overlap"]


@check(
    id="k8s-cronjob-overlap",
    title="Runs of a CronJob may pile up",
    severity=Severity.LOW,
    rationale="Without a concurrencyPolicy a run starts although the one before has not ended. A "
    "run that hangs, or a database that is slow today, then gets one more at each turn, until they "
    "do the same work twice or take the memory of the cluster.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy",
    fails=manifest("""
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: backup}
        spec:
          schedule: '*/5 * * * *'
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
          schedule: '*/5 * * * *'
          concurrencyPolicy: Forbid
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: app, image: backup:1}]
    """),
)
def cronjob_overlap(index: Index) -> Iterator[Found]:
    """CronJobs that leave it open; Allow in writing is somebody's decision."""
    for workload in index.workloads:
        spec = workload.spec
        if workload.kind != "CronJob" or spec.get("suspend") is True:
            continue
        if text(spec, "concurrencyPolicy"):
            continue
        schedule = text(spec, "schedule")
        # Every minute, or every few: a run only has to be slow, not to hang.
        often = schedule.startswith("*")
        yield Found(
            workload,
            "spec.concurrencyPolicy",
            "a run starts although the last one may still be at work",
            "set concurrencyPolicy: Forbid, Replace, or Allow where runs do not meet",
            edits=[set_field(workload, "spec.concurrencyPolicy", "Forbid")],
            evidence={"schedule": schedule},
            severity=Severity.MEDIUM if often else None,
        )
