"""Rollouts that take away more than a budget keeps, which does not stop them."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.fields import mapping
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.workloads import Workload

__all__ = ["rollout_below_budget"]


@check(
    id="k8s-rollout-below-budget",
    title="A rollout takes away more pods than the disruption budget keeps",
    severity=Severity.LOW,
    rationale="A budget is asked before an eviction, never by a rollout: only maxUnavailable of the"
    " strategy limits that. So the budget does not keep the pods that it says, and while a "
    "rollout is below it no node can be drained.",
    source="https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 5
          strategy: {rollingUpdate: {maxUnavailable: 2, maxSurge: 1}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 4
          selector: {matchLabels: {app: web}}
    """),
    passes=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 5
          strategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 1}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 4
          selector: {matchLabels: {app: web}}
    """),
)
def rollout_below_budget(index: Index) -> Iterator[Found]:
    """Strategies in writing, whose floor is below that of a budget for this workload alone.

    The default of 25% is nobody's belief, and a budget that allows nothing is another finding.
    """
    for workload in index.workloads:
        count = index.replicas_of(workload)
        if workload.kind != "Deployment" or count is None or not _is_written(workload):
            continue
        fewest = count[0]
        update = workload.rolling_update(fewest)
        for budget in index.budgets_of(workload):
            allowed = budget.allowed(fewest)
            if update is None or not allowed or len(index.workloads_of(budget)) > 1:
                continue
            if update.max_unavailable <= allowed:
                continue
            yield Found(
                workload,
                f"{workload.rolling_update_path}.maxUnavailable",
                f"a rollout may leave {update.floor} of {fewest} pods, and the budget "
                f"{budget.name} is to keep {budget.desired_healthy(fewest)}",
                f"set maxUnavailable: {allowed}, if the application needs what the budget says",
                edits=[
                    set_field(workload, f"{workload.rolling_update_path}.maxUnavailable", allowed)
                ],
                evidence={"budget": budget.object.identity, "replicas": fewest},
                key=budget.name,
            )


def _is_written(workload: Workload) -> bool:
    return mapping(workload.spec, "strategy", "rollingUpdate").get("maxUnavailable") is not None
