"""Pods that get traffic before they can answer it."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.edits import Edit
from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.pods import Container
from offcall.kubernetes.model.policies import Service
from offcall.kubernetes.model.workloads import Workload

__all__ = ["no_readiness_probe"]


@check(
    id="k8s-no-readiness-probe",
    title="A served container has no readiness probe",
    severity=Severity.HIGH,
    rationale="Without a readiness probe a container is ready as soon as it runs. So each new pod "
    "gets requests that it cannot answer yet, and a rollout goes on to the next pod as if this one "
    "worked: a release that never starts to serve takes all of them down.",
    source="https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: app, image: web:1, ports: [{containerPort: 8080}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{port: 80, targetPort: 8080}]
    """),
    passes=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
                - name: app
                  image: web:1
                  ports: [{containerPort: 8080}]
                  readinessProbe: {httpGet: {path: /ready, port: 8080}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{port: 80, targetPort: 8080}]
    """),
)
def no_readiness_probe(index: Index) -> Iterator[Found]:
    """Containers behind a Service that waits for readiness."""
    for workload in index.workloads:
        services = [
            one
            for one in index.services_of(workload)
            if not one.spec.get("publishNotReadyAddresses")
        ]
        if not services or not workload.stays:
            continue
        for container in _served(workload, services):
            if container.readiness is None:
                yield Found(
                    container,
                    "readinessProbe",
                    f"container {container.name} gets traffic and has no readiness probe",
                    "ask it whether it can serve: a path that needs what each request needs",
                    edits=_edits(container),
                    evidence={"services": ", ".join(one.name for one in services)},
                )


def _served(workload: Workload, services: list[Service]) -> Iterator[Container]:
    """The containers with a port that a Service sends to; the first, if none declares it."""
    targets = {
        port.get("targetPort") or port.get("port") for service in services for port in service.ports
    }
    found = [
        one
        for one in workload.containers
        if any(p.get("containerPort") in targets or p.get("name") in targets for p in one.ports)
    ]
    yield from found or workload.containers[:1]


def _edits(container: Container) -> Iterator[Edit]:
    port = next((one.get("name") or one.get("containerPort") for one in container.ports), None)
    if port is not None:
        yield set_field(container, "readinessProbe", {"tcpSocket": {"port": port}})
