"""Rollouts that are called failed while their pods may still start."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, Parameters, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.fields import integer
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.pods import Container
from offcall.kubernetes.model.workloads import Workload

__all__ = ["Deadline", "short_progress_deadline"]


class Deadline(Parameters):
    """How long a rollout may stand still."""

    least: int = Field(
        default=60,
        ge=1,
        description="The fewest seconds that are enough for a node to come and an image to load.",
    )


@check(
    id="k8s-short-progress-deadline",
    title="A rollout is called failed before a pod has had its time to start",
    severity=Severity.MEDIUM,
    rationale="A Deployment that makes no progress for progressDeadlineSeconds is marked failed, "
    "and so is the delivery that waits for it: kubectl rollout status ends with an error, some "
    "tools go back. Progress is a new pod that has become available, so the deadline must be "
    "longer than one pod may take.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds",
    parameters=Deadline,
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
                - name: app
                  image: web:1
                  startupProbe: {periodSeconds: 10, failureThreshold: 90, tcpSocket: {port: 80}}
    """),
    passes=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          progressDeadlineSeconds: 1200
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
                - name: app
                  image: web:1
                  startupProbe: {periodSeconds: 10, failureThreshold: 90, tcpSocket: {port: 80}}
    """),
)
def short_progress_deadline(index: Index, parameters: Deadline) -> Iterator[Found]:
    """Deadlines shorter than startup probe and minReadySeconds allow together."""
    for workload in index.workloads:
        if workload.kind != "Deployment":
            continue
        deadline = integer(workload.spec, "progressDeadlineSeconds", 600)
        ready = integer(workload.spec, "minReadySeconds", 0)
        start = _seconds_to_start(workload)
        needed = start + ready
        if deadline > needed and deadline >= parameters.least:
            continue
        if deadline <= ready:
            title = f"a deadline of {deadline} s is refused with minReadySeconds {ready}"
        elif deadline <= needed:
            title = f"a rollout fails after {deadline} s, and a pod may take {needed} s"
        else:
            title = f"a rollout fails after {deadline} s without progress"
        enough = max(parameters.least, needed + 60)
        yield Found(
            workload,
            "spec.progressDeadlineSeconds",
            title,
            f"give it {enough} s, or let the startup probe give up earlier"
            if start
            else f"give it {enough} s; the default is 600 s",
            edits=[set_field(workload, "spec.progressDeadlineSeconds", enough)],
            evidence={
                "deadline": f"{deadline} s",
                "startup probe": f"{start} s" if start else "none",
                "minReadySeconds": f"{ready} s",
            },
            severity=Severity.HIGH if deadline <= ready else None,
        )


def _seconds_to_start(workload: Workload) -> int:
    """How long startup probes bear a pod: sidecars start one after the other, the rest at once."""
    template = workload.template
    return sum(map(_seconds, template.sidecars)) + max(
        map(_seconds, template.containers), default=0
    )


def _seconds(container: Container) -> int:
    probe = container.startup
    return 0 if probe is None else probe.seconds_until_failure
