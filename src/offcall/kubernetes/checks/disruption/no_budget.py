"""Workloads of several pods that a drain may take away all at once."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.edits import Edit
from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import add_object
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.workloads import Workload

__all__ = ["no_budget"]

_STABLE = 21
"""policy/v1 is served from Kubernetes 1.21."""
_UNHEALTHY = 27
"""unhealthyPodEvictionPolicy is on by default from Kubernetes 1.27."""


@check(
    id="k8s-no-budget",
    title="No disruption budget protects several pods",
    severity=Severity.LOW,
    rationale="Several replicas help only while they do not all go at once. Without a budget a "
    "drain of two nodes, an upgrade or an autoscaler that tidies up may evict every one of them "
    "before the first is ready elsewhere.",
    source="https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets",
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
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          maxUnavailable: 1
          selector: {matchLabels: {app: web}}
    """),
)
def no_budget(index: Index) -> Iterator[Found]:
    """What always has at least two pods; a budget over a single one would stop each drain."""
    for workload in index.workloads:
        count = index.replicas_of(workload)
        if not workload.scalable or count is None or count[0] < 2 or index.budgets_of(workload):
            continue
        services = index.services_of(workload)
        yield Found(
            workload,
            "",
            "no budget keeps a drain from evicting all of its pods",
            "add a PodDisruptionBudget with maxUnavailable: 1",
            edits=_edits(index, workload),
            evidence={
                "fewest replicas": count[0],
                "services": ", ".join(one.name for one in services) or "none",
            },
            severity=Severity.MEDIUM if services else None,
        )


def _edits(index: Index, workload: Workload) -> Iterator[Edit]:
    if index.minor < _STABLE or not workload.selector.matches(workload.labels):
        return
    selector = workload.spec.get("selector")
    if workload.kind == "ReplicationController":
        selector = {"matchLabels": selector}
    spec = {"maxUnavailable": 1, "selector": selector}
    if index.minor >= _UNHEALTHY:
        spec["unhealthyPodEvictionPolicy"] = "AlwaysAllow"
    namespace = workload.object.metadata.get("namespace")
    yield add_object(
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": workload.name} | ({"namespace": namespace} if namespace else {}),
            "spec": spec,
        }
    )
