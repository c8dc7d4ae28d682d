"""Budgets that protect no pod."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.selectors import Selector

__all__ = ["budget_selects_nothing"]

_EVERYTHING = Selector()


@check(
    id="k8s-budget-selects-nothing",
    title="A disruption budget selects no pod",
    severity=Severity.HIGH,
    rationale="A budget protects the pods of its namespace whose labels fit its selector. One that "
    "fits none is accepted, and the workload that it was written for is drained as if there were "
    "no budget.",
    source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget",
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
          selector: {matchLabels: {app: wbe}}
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
def budget_selects_nothing(index: Index) -> Iterator[Found]:
    """Budgets beside workloads none of which they select.

    Where nothing else was read from the namespace, an operator or another repository has the pods.
    """
    for budget in index.budgets:
        if index.workloads_of(budget):
            continue
        beside = [one for one in index.matching(budget.object, _EVERYTHING) if one.stays]
        if not beside and not budget.selector.is_null:
            continue
        yield Found(
            budget,
            "spec.selector",
            "there is no selector, which selects no pod"
            if budget.selector.is_null
            else "the selector fits no workload of its namespace",
            "select by the labels of the pod template, which need not be those of the workload",
            evidence={
                "workloads beside it": ", ".join(one.object.identity for one in beside[:5])
                or "none"
            },
        )
