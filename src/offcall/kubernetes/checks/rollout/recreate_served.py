"""Served Deployments that end every old pod before the first new one starts."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.workloads import Workload

__all__ = ["recreate_served"]


@check(
    id="k8s-recreate-served",
    title="Each release of a served Deployment is an outage",
    severity=Severity.MEDIUM,
    rationale="With the strategy Recreate all old pods end before a new one is made. Its Service "
    "has no endpoint until then, and none at all if the new release does not start.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 3
          strategy: {type: Recreate}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
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
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
    """),
)
def recreate_served(index: Index) -> Iterator[Found]:
    """Recreate behind a Service, unless two pods cannot run side by side."""
    for workload in index.workloads:
        if workload.kind != "Deployment" or workload.strategy != "Recreate":
            continue
        services = index.services_of(workload)
        count = index.replicas_of(workload)
        if not services or not count or not count[1] or _must(workload):
            continue
        yield Found(
            workload,
            "spec.strategy.type",
            "strategy Recreate ends all pods before a new one starts",
            "use RollingUpdate, if two releases may run side by side for a while",
            edits=[set_field(workload, "spec.strategy", {"type": "RollingUpdate"})],
            evidence={"services": ", ".join(one.name for one in services)},
        )


def _must(workload: Workload) -> bool:
    """Whether a second pod could not start: a volume claim or a port of the node is in use."""
    template = workload.template
    return (
        template.spec.get("hostNetwork") is True
        or any("persistentVolumeClaim" in one for one in template.volumes)
        or any(port.get("hostPort") for one in template.running for port in one.ports)
    )
