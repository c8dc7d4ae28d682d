"""Budgets that keep pods which do not work."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.index import Index

__all__ = ["budget_keeps_unhealthy"]

_SINCE = 27
"""The field is on by default from Kubernetes 1.27."""


@check(
    id="k8s-budget-keeps-unhealthy",
    title="A disruption budget keeps pods that are not ready",
    severity=Severity.LOW,
    rationale="By default a running pod that is not ready may be evicted only while enough others "
    "are healthy. So a workload that crashes in a loop, which serves nobody, stops the drain of "
    "each of its nodes: an upgrade waits for somebody to mend an application.",
    source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          maxUnavailable: 1
          selector: {matchLabels: {app: web}}
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
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          maxUnavailable: 1
          unhealthyPodEvictionPolicy: AlwaysAllow
          selector: {matchLabels: {app: web}}
    """),
)
def budget_keeps_unhealthy(index: Index) -> Iterator[Found]:
    """Budgets that leave it open; IfHealthyBudget in writing is somebody's decision."""
    if index.minor < _SINCE:
        return
    for budget in index.budgets:
        if budget.spec.get("unhealthyPodEvictionPolicy") is not None:
            continue
        yield Found(
            budget,
            "spec.unhealthyPodEvictionPolicy",
            "pods that are not ready may stop a drain",
            "set unhealthyPodEvictionPolicy: AlwaysAllow; or IfHealthyBudget in writing, where a "
            "pod that is not ready yet has data that no other has",
            edits=[set_field(budget, "spec.unhealthyPodEvictionPolicy", "AlwaysAllow")],
        )
