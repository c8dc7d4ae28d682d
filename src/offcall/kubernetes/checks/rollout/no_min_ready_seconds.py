"""Rollouts that trust a pod the moment it is ready."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, Parameters, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.fields import integer
from offcall.kubernetes.model.index import Index

__all__ = ["ReadySeconds", "no_min_ready_seconds"]


class ReadySeconds(Parameters):
    """How long a new pod has to stay ready."""

    least: int = Field(default=1, ge=1, description="The fewest seconds that are enough.")
    fix: int = Field(default=10, ge=1, description="The seconds that a fix writes.")


@check(
    id="k8s-no-min-ready-seconds",
    title="A rollout goes on the moment a new pod is ready",
    severity=Severity.LOW,
    rationale="minReadySeconds is how long a new pod has to stay ready before the rollout takes "
    "the next old one away. At 0, a release that answers its first probe and crashes under its "
    "first requests replaces every pod before it is seen to fail.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#min-ready-seconds",
    parameters=ReadySeconds,
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
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
    """),
    passes=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 3
          minReadySeconds: 10
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
    """),
)
def no_min_ready_seconds(index: Index, parameters: ReadySeconds) -> Iterator[Found]:
    """Served workloads of several pods that are updated one after the other."""
    for workload in index.workloads:
        if workload.kind not in ("Deployment", "StatefulSet", "DaemonSet"):
            continue
        if workload.strategy != "RollingUpdate" or not index.services_of(workload):
            continue
        count = index.replicas_of(workload)
        seconds = integer(workload.spec, "minReadySeconds", 0)
        if (count is not None and count[1] < 2) or seconds >= parameters.least:
            continue
        enough = max(parameters.least, parameters.fix)
        yield Found(
            workload,
            "spec.minReadySeconds",
            f"a new pod counts as available after {seconds} s of being ready",
            f"set minReadySeconds: {enough}, or as long as a bad release takes to show",
            edits=[set_field(workload, "spec.minReadySeconds", enough)],
        )
