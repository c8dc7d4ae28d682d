"""Budgets over pods of Jobs, which have no scale to count from."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.policies import Budget

__all__ = ["budget_on_job"]


@check(
    id="k8s-budget-on-job",
    title="A disruption budget selects pods of a Job",
    severity=Severity.HIGH,
    rationale="With maxUnavailable or a percentage a budget counts from the scale of what controls "
    "its pods, and a Job has none. While there is one of its pods the count fails, and the budget "
    "allows no eviction: of the other pods that it selects neither.",
    source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors",
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
        apiVersion: batch/v1
        kind: Job
        metadata: {name: load}
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {restartPolicy: Never, containers: [{name: app, image: load:1}]}
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
          replicas: 3
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: load}
        spec:
          template:
            metadata: {labels: {app: web-load}}
            spec: {restartPolicy: Never, containers: [{name: app, image: load:1}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          maxUnavailable: 1
          selector: {matchLabels: {app: web}}
    """),
)
def budget_on_job(index: Index) -> Iterator[Found]:
    """A whole number of minAvailable is counted from pods, and works beside a Job."""
    for budget in index.budgets:
        workloads = index.workloads_of(budget)
        jobs = [one for one in workloads if not one.stays]
        counted = _counts_pods(budget)
        if not jobs or (counted and len(jobs) < len(workloads)):
            continue
        yield Found(
            budget,
            "spec.selector",
            "a budget over a Job alone keeps its node until the Job ends"
            if counted
            else "the budget allows no eviction while a Job that it selects has a pod",
            "make the selector tell the pods of the Job apart; to let a Job end before its node is "
            "drained, say so to the autoscaler (karpenter.sh/do-not-disrupt, safe-to-evict: false)",
            evidence={
                "jobs": ", ".join(one.object.identity for one in jobs),
                "others": ", ".join(one.object.identity for one in workloads if one.stays)
                or "none",
            },
            severity=Severity.LOW if counted else None,
        )


def _counts_pods(budget: Budget) -> bool:
    return budget.max_unavailable is None and isinstance(budget.min_available, int)
