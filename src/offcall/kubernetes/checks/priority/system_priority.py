"""Applications with the priority of the cluster's own parts."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from pydantic import Field

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, Parameters, check, manifest
from offcall.kubernetes.model.index import Index

__all__ = ["SystemNamespaces", "system_priority"]

_SYSTEM = {"system-cluster-critical", "system-node-critical"}


class SystemNamespaces(Parameters):
    """Where the cluster's own parts live."""

    namespaces: tuple[str, ...] = Field(
        default=("kube-*", "*-system", "openshift-*"),
        description="Namespaces whose pods may have a system class; * stands for anything.",
    )


@check(
    id="k8s-system-priority",
    title="An application has the priority of the cluster's own parts",
    severity=Severity.MEDIUM,
    rationale="The system classes are for what a cluster cannot run without: DNS, network, storage."
    " A workload with one of them pushes every application off a node that is full, and the "
    "kubelet keeps it when memory runs out.",
    source="https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/",
    parameters=SystemNamespaces,
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              priorityClassName: system-cluster-critical
              containers: [{name: app, image: web:1}]
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
        value: 1000000
    """),
)
def system_priority(index: Index, parameters: SystemNamespaces) -> Iterator[Found]:
    """System classes elsewhere. A DaemonSet is most often a part of the node: network, logs."""
    for workload in index.workloads:
        template = workload.template
        if template.priority_class not in _SYSTEM or workload.kind == "DaemonSet":
            continue
        if any(fnmatchcase(workload.namespace, one) for one in parameters.namespaces):
            continue
        yield Found(
            template,
            "spec.priorityClassName",
            f"{template.priority_class} is for the parts of the cluster itself",
            "make a PriorityClass of at most 1000000000 for what matters most, and name that",
            evidence={"namespace": workload.namespace},
        )
