"""Manifests that set the replicas which an autoscaler sets too."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import remove_field
from offcall.kubernetes.model.index import Index

__all__ = ["replicas_and_autoscaler"]


@check(
    id="k8s-replicas-and-autoscaler",
    title="The manifest sets replicas that an autoscaler owns",
    severity=Severity.MEDIUM,
    rationale="Each apply of the manifest sets the replicas back to what it says, whatever the "
    "load is. At the peak of a day a release then takes away most of the pods, until the "
    "autoscaler has them made again.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#replicas",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 3
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 2
          maxReplicas: 9
    """),
    passes=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 2
          maxReplicas: 9
    """),
)
def replicas_and_autoscaler(index: Index) -> Iterator[Found]:
    """In files only: what runs always has replicas. 0 switches the autoscaler off, on purpose."""
    for workload in index.workloads:
        if not workload.replicas_are_written or not workload.replicas:
            continue
        if workload.object.file is None or "uid" in workload.object.metadata:
            continue
        scalers = [*index.hpas_of(workload), *index.scaled_objects_of(workload)]
        if not scalers:
            continue
        yield Found(
            workload,
            "spec.replicas",
            f"an apply sets {workload.replicas} replicas, against the autoscaler",
            "leave replicas out. The first apply without it may go down to 1: before, take it out "
            "of what was applied last (kubectl apply edit-last-applied)",
            edits=[remove_field(workload, "spec.replicas")],
            evidence={"autoscaler": ", ".join(one.object.identity for one in scalers)},
        )
