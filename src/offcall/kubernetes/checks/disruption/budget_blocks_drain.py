"""Budgets that allow no eviction at all."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.edits import Edit
from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import remove_field, set_field
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.policies import Budget

__all__ = ["budget_blocks_drain"]


@check(
    id="k8s-budget-blocks-drain",
    title="A disruption budget allows no eviction",
    severity=Severity.HIGH,
    rationale="While a budget allows no eviction, no node that runs one of its pods can be "
    "drained: an upgrade of the cluster waits, and fails or is forced; an autoscaler keeps the "
    "node.",
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
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 51%  # of 2, rounded up: 2
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
          selector: {matchLabels: {app: web}}
    """),
)
def budget_blocks_drain(index: Index) -> Iterator[Found]:
    """Budgets that allow nothing at the fewest replicas there are, all of them healthy."""
    for budget in index.budgets:
        workloads = [one for one in index.workloads_of(budget) if one.scalable]
        counts = [found for one in workloads if (found := index.replicas_of(one)) is not None]
        fewest, most = sum(low for low, _ in counts), sum(high for _, high in counts)
        if not fewest or budget.allowed(fewest) != 0:
            continue
        scaled = budget.allowed(most) != 0
        field = "spec.minAvailable" if budget.max_unavailable is None else "spec.maxUnavailable"
        written = budget.min_available if budget.max_unavailable is None else budget.max_unavailable
        yield Found(
            budget,
            field,
            f"{field[5:]} {written} of {fewest} replicas allows no eviction"
            + (" while the autoscaler is at its minimum" if scaled else ""),
            "allow one at a time: maxUnavailable: 1 in place of minAvailable"
            if fewest > 1
            else "run at least 2 replicas, and set maxUnavailable: 1 in place of minAvailable",
            edits=_edits(budget),
            evidence={
                "workloads": ", ".join(one.object.identity for one in workloads),
                "replicas": fewest if fewest == most else f"{fewest} to {most}",
                "must stay healthy": budget.desired_healthy(fewest),
            },
            severity=Severity.MEDIUM if scaled else None,
        )


def _edits(budget: Budget) -> Iterator[Edit]:
    if budget.min_available is not None:
        yield remove_field(budget, "spec.minAvailable")
    yield set_field(budget, "spec.maxUnavailable", 1)
