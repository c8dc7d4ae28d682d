"""Values of another type."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.mismatches import of_kind
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.schema.types import Kind

__all__ = ["wrong_type"]


@check(
    id="k8s-wrong-type",
    title="A value has the wrong type",
    severity=Severity.HIGH,
    rationale="The API server refuses the object.",
    source="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: three
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: "web:1"}]}
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
            spec: {containers: [{name: app, image: "web:1"}]}
    """),
)
def wrong_type(index: Index) -> Iterator[Found]:
    """A text where a number is due, a list where a mapping is, …"""
    return of_kind(index, Kind.WRONG_TYPE)
