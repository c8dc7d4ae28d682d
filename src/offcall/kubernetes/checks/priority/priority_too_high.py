"""Priority classes that the API server refuses: above the limit, or with a name of its own."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.index import Index

__all__ = ["priority_too_high"]

_HIGHEST = 1_000_000_000
_BUILT_IN = {"system-cluster-critical", "system-node-critical"}


@check(
    id="k8s-priority-too-high",
    title="A priority class is above what a user may define",
    severity=Severity.HIGH,
    rationale="Values above 1000000000 and names that begin with system- are kept for the cluster's"
    " own classes. The API server refuses the class, and with it every pod that names it.",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass",
    fails=manifest("""
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: important}
        value: 2000000000
    """),
    passes=manifest("""
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: important}
        value: 1000000000
    """),
)
def priority_too_high(index: Index) -> Iterator[Found]:
    """Classes but the two that each cluster has."""
    for one in index.priority_classes:
        if one.name in _BUILT_IN:
            continue
        if one.value > _HIGHEST:
            yield Found(
                one,
                "value",
                f"value {one.value} is above 1000000000",
                "set a value of at most 1000000000; the order is all that counts",
                edits=[set_field(one, "value", _HIGHEST)],
                key="value",
            )
        if one.name.startswith("system-"):
            yield Found(
                one,
                "metadata.name",
                "names that begin with system- are the cluster's own",
                "give it another name, here and in the pods that use it",
                key="name",
            )
