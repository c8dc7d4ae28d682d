"""Workloads of which one pod is all there is."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, Parameters, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.index import Index

__all__ = ["Replicas", "single_replica"]


class Replicas(Parameters):
    """How many replicas there should be."""

    least: int = Field(default=2, ge=2, description="The fewest replicas that are enough.")


@check(
    id="k8s-single-replica",
    title="One pod is all there is",
    severity=Severity.LOW,
    rationale="Whatever ends the only pod, a drain, a lost node, an eviction, ends what it does "
    "until another one is ready; of a lost node that is more than five minutes.",
    source="https://kubernetes.io/docs/concepts/workloads/pods/disruptions/",
    parameters=Replicas,
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}  # and no replicas, which is 1
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
    """),
    passes=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
    """),
)
def single_replica(index: Index, parameters: Replicas) -> Iterator[Found]:
    """What can be scaled and is not; what has no replicas is switched off, and fine."""
    for workload in index.workloads:
        count = index.replicas_of(workload)
        if not workload.scalable or count is None or not 0 < count[0] < parameters.least:
            continue
        services = [one.name for one in index.services_of(workload)]
        hpas = index.hpas_of(workload)
        at, field = (hpas[0], "spec.minReplicas") if hpas else (workload, "spec.replicas")
        few = "1 replica" if count[0] == 1 else f"{count[0]} replicas"
        yield Found(
            at,
            field,
            f"the autoscaler goes down to {few}" if hpas else f"only {few}",
            f"set {field.removeprefix('spec.')} to {parameters.least}",
            edits=[set_field(at, field, parameters.least)],
            evidence={"replicas": count[0], "services": ", ".join(services) or "none"},
            severity=Severity.HIGH if services else None,
        )
