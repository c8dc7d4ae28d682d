"""Pods of a priority class that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.model.index import Index

__all__ = ["priority_class_missing"]

_BUILT_IN = {"system-cluster-critical", "system-node-critical"}


@check(
    id="k8s-priority-class-missing",
    title="The priority class of a pod does not exist",
    severity=Severity.HIGH,
    rationale="The API server refuses each pod whose priority class it does not have. Nothing is "
    "seen at the workload, whose pods of before run on, until one has to be made again.",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#pod-priority",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {priorityClassName: importnat, containers: [{name: app, image: web:1}]}
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: important}
        value: 1000
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
            spec: {priorityClassName: important, containers: [{name: app, image: web:1}]}
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: important}
        value: 1000
    """),
)
def priority_class_missing(index: Index) -> Iterator[Found]:
    """Names that are none of the classes read; where none were read, they are kept elsewhere."""
    known: dict[str, set[str]] = {}
    for one in index.priority_classes:
        known.setdefault(index.scope(one.object), set()).add(one.name)
    for workload in index.workloads:
        template = workload.template
        name = template.priority_class
        classes = known.get(index.scope(workload.object))
        if not name or not classes or name in _BUILT_IN or name in classes:
            continue
        yield Found(
            template,
            "spec.priorityClassName",
            f"there is no priority class {name}, so its pods are refused",
            "name one that exists, or add the class",
            evidence={"classes": ", ".join(sorted(classes))},
        )
