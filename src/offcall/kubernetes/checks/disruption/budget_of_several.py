"""Budgets that count the pods of several workloads together."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.model.index import Index

__all__ = ["budget_of_several"]


@check(
    id="k8s-budget-of-several",
    title="A disruption budget counts several workloads together",
    severity=Severity.MEDIUM,
    rationale="The budget asks only how many of all its pods are healthy, not of which workload. "
    "What it allows may be every pod of the smaller one, while it holds for the sum; and one "
    "workload that is not healthy stops the drain of the others.",
    source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
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
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: worker}
        spec:
          replicas: 2
          selector: {matchLabels: {app: worker}}
          template:
            metadata: {labels: {app: worker}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 50%
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
          minAvailable: 50%
          selector: {matchLabels: {app: web}}
    """),
)
def budget_of_several(index: Index) -> Iterator[Found]:
    """Only where all pods of a workload that has several may go, and no Service is shared.

    A stable and a canary release behind one Service are one application, and one budget is right.
    """
    for budget in index.budgets:
        workloads = [one for one in index.workloads_of(budget) if one.scalable]
        counts = {
            f"{one.kind} {one.name}": found[0]
            for one in workloads
            if (found := index.replicas_of(one)) is not None and found[0]
        }
        if len(counts) < 2:
            continue
        allowed = budget.allowed(sum(counts.values())) or 0
        lost = [name for name, fewest in counts.items() if 1 < fewest <= allowed]
        shared = [{id(service) for service in index.services_of(one)} for one in workloads]
        if not lost or set.intersection(*shared):
            continue
        yield Found(
            budget,
            "spec.selector",
            f"it allows {allowed} evictions, which may be all pods of {', '.join(lost)}",
            "give each workload a budget of its own",
            evidence={f"replicas of {name}": fewest for name, fewest in counts.items()},
        )
