"""StatefulSets of which some pods stay at the old release."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import remove_field
from offcall.kubernetes.model.fields import integer, mapping
from offcall.kubernetes.model.index import Index

__all__ = ["partition_left"]


@check(
    id="k8s-partition-left",
    title="A partition keeps pods at the old release",
    severity=Severity.MEDIUM,
    rationale="Pods with an ordinal below the partition are not updated, and are made again from "
    "the old release even when they are deleted. Left over from a staged rollout, it runs two "
    "releases side by side, and a fix that was applied does not arrive.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions",
    fails=manifest("""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: web}
        spec:
          replicas: 3
          serviceName: web
          updateStrategy: {rollingUpdate: {partition: 2}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
    """),
    passes=manifest("""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: web}
        spec:
          replicas: 3
          serviceName: web
          updateStrategy: {rollingUpdate: {partition: 0}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
    """),
)
def partition_left(index: Index) -> Iterator[Found]:
    """Partitions above the first ordinal."""
    for workload in index.workloads:
        if workload.kind != "StatefulSet" or workload.strategy != "RollingUpdate":
            continue
        rolling = mapping(workload.spec, "updateStrategy", "rollingUpdate")
        partition = integer(rolling, "partition", 0)
        first = integer(mapping(workload.spec, "ordinals"), "start", 0)
        count = index.replicas_of(workload)
        most = count[1] if count is not None else 0
        kept = min(most, partition - first)
        if kept <= 0:
            continue
        yield Found(
            workload,
            "spec.updateStrategy.rollingUpdate.partition",
            f"partition {partition} keeps all {most} pods at the old release"
            if kept == most
            else f"partition {partition} keeps {kept} of {most} pods at the old release",
            "take the partition out when the staged rollout is done",
            edits=[remove_field(workload, "spec.updateStrategy.rollingUpdate.partition")],
            evidence={"replicas": most, "first ordinal": first},
        )
