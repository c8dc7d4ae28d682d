"""Pods that more than one budget protects, which then nothing can evict."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.model.index import Index

__all__ = ["budget_overlap"]


@check(
    id="k8s-budget-overlap",
    title="Two disruption budgets select the same pods",
    severity=Severity.HIGH,
    rationale="The Eviction API does not know what to do with a pod of two budgets: it answers "
    "each request with error 500, whatever the budgets allow. A node with such a pod cannot be "
    "drained.",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/#how-api-initiated-eviction-works",
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
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: all}
        spec:
          maxUnavailable: 1
          selector: {}
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
          selector: {matchLabels: {app: web}}
    """),
)
def budget_overlap(index: Index) -> Iterator[Found]:
    """Workloads with several budgets. A drain leaves pods of DaemonSets where they are."""
    for workload in index.workloads:
        budgets = index.budgets_of(workload)
        if len(budgets) < 2 or workload.kind == "DaemonSet":
            continue
        names = ", ".join(sorted(one.name for one in budgets))
        yield Found(
            workload,
            "spec.template.metadata.labels" if workload.template.path else "metadata.labels",
            f"the budgets {names} all select its pods, so none can be evicted",
            "keep one of them, or make their selectors tell the pods apart",
            evidence={"budgets": names},
        )
