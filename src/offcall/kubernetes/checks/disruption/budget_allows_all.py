"""Budgets that let every pod be evicted at once."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.edits import Edit
from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import remove_field, set_field
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.policies import Budget

__all__ = ["budget_allows_all"]


@check(
    id="k8s-budget-allows-all",
    title="A disruption budget allows every pod to be evicted",
    severity=Severity.MEDIUM,
    rationale="A budget that asks for no healthy pod protects nothing, and looks as if it did. A "
    "percentage of maxUnavailable rounds up, so with few replicas it may be all of them.",
    source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages",
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
          maxUnavailable: 51%  # of 2, rounded up: 2
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
          maxUnavailable: 50%
          selector: {matchLabels: {app: web}}
    """),
)
def budget_allows_all(index: Index) -> Iterator[Found]:
    """Budgets that keep none of at least two pods; of one pod, that is the only way to drain."""
    for budget in index.budgets:
        workloads = index.workloads_of(budget)
        if not workloads or not all(one.scalable for one in workloads):
            continue
        counts = [found for one in workloads if (found := index.replicas_of(one)) is not None]
        fewest, most = sum(low for low, _ in counts), sum(high for _, high in counts)
        if fewest < 2 or budget.desired_healthy(fewest) != 0:
            continue
        field = "minAvailable" if budget.max_unavailable is None else "maxUnavailable"
        written = budget.min_available if budget.max_unavailable is None else budget.max_unavailable
        yield Found(
            budget,
            f"spec.{field}",
            f"{field} {written} allows all {fewest} pods to be evicted at once",
            "allow one at a time: maxUnavailable: 1",
            edits=_edits(budget),
            evidence={
                "workloads": ", ".join(one.object.identity for one in workloads),
                "replicas": fewest if fewest == most else f"{fewest} to {most}",
            },
        )


def _edits(budget: Budget) -> Iterator[Edit]:
    if budget.min_available is not None:
        yield remove_field(budget, "spec.minAvailable")
    yield set_field(budget, "spec.maxUnavailable", 1)
