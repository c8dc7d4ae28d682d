"""Containers that ask for nothing, and get what is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import Field

from offcall.core.edits import Edit
from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, Parameters, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.fields import listing, mapping
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.pods import Container
from offcall.kubernetes.model.workloads import Workload

__all__ = ["Requests", "no_requests"]


class Requests(Parameters):
    """What has to be requested, and what a fix begins with."""

    resources: tuple[Literal["cpu", "memory"], ...] = Field(
        default=("cpu", "memory"), description="The resources that need a request."
    )
    cpu: str = Field(default="100m", description="The CPU request that a fix writes.")
    memory: str = Field(default="128Mi", description="The memory request that a fix writes.")


@check(
    id="k8s-no-requests",
    title="A container requests no CPU or memory",
    severity=Severity.MEDIUM,
    rationale="The scheduler counts what is requested, so pods that request nothing all fit on a "
    "node that is full. When memory runs out there, the kubelet first evicts what uses more than "
    "it requested, which without a request is any use.",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/",
    parameters=Requests,
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
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
                  resources:
                    requests: {cpu: 100m}
                    limits: {memory: 128Mi}  # is the request too
    """),
)
def no_requests(index: Index, parameters: Requests) -> Iterator[Found]:
    """Containers and sidecars without a request, unless a LimitRange or the pod gives one."""
    for workload in index.workloads:
        given = _given(index, workload)
        best_effort: bool | None = None
        for container in workload.template.running:
            missing = [
                one
                for one in parameters.resources
                if not container.request(one) and one not in given
            ]
            if not missing:
                continue
            if best_effort is None:
                best_effort = not given and workload.template.qos == "BestEffort"
            yield Found(
                container,
                "resources.requests",
                f"{container.role} {container.name} requests no {' and no '.join(missing)}",
                "request what it uses on a busy day; measure it, since a guess is only a start",
                edits=_edits(container, missing, parameters),
                evidence={"QoS class": workload.template.qos},
                severity=Severity.HIGH if best_effort else None,
            )


def _given(index: Index, workload: Workload) -> set[str]:
    """The resources for which a request comes from elsewhere."""
    found = set(mapping(workload.template.spec, "resources", "requests"))
    found.update(mapping(workload.template.spec, "resources", "limits"))
    for one in index.in_namespace("LimitRange", workload.object):
        for limit in listing(one.spec, "limits"):
            if limit.get("type") == "Container":
                found.update(mapping(limit, "defaultRequest"), mapping(limit, "default"))
    return found


def _edits(container: Container, missing: Iterable[str], parameters: Requests) -> Iterator[Edit]:
    for resource in missing:
        yield set_field(container, f"resources.requests.{resource}", getattr(parameters, resource))
