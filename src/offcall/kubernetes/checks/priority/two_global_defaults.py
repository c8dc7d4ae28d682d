"""More than one priority class for pods that name none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.policies import PriorityClass

__all__ = ["two_global_defaults"]


@check(
    id="k8s-two-global-defaults",
    title="Two priority classes are the default of the cluster",
    severity=Severity.MEDIUM,
    rationale="Only one class can be the global default: the API server refuses a second one. Where"
    " there are two all the same, pods that name no class get the smaller value, which may not be"
    " the one that was meant.",
    source="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/priority-class-v1/",
    fails=manifest("""
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: normal}
        value: 100
        globalDefault: true
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: important}
        value: 1000
        globalDefault: true
    """),
    passes=manifest("""
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: normal}
        value: 100
        globalDefault: true
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: important}
        value: 1000
    """),
)
def two_global_defaults(index: Index) -> Iterator[Found]:
    """All defaults but the one that is in force: that of the smallest value."""
    defaults: dict[str, list[PriorityClass]] = defaultdict(list)
    for one in index.priority_classes:
        if one.is_default:
            defaults[index.scope(one.object)].append(one)
    for classes in defaults.values():
        first, *others = sorted(classes, key=lambda one: (one.value, one.name))
        for one in others:
            yield Found(
                one,
                "globalDefault",
                f"class {first.name} with a smaller or equal value is the default as well",
                "keep globalDefault: true at one of them",
                edits=[set_field(one, "globalDefault", False)],
                evidence={one.name: one.value, first.name: first.value},
            )
