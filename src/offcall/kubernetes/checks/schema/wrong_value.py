"""Values that are no choice."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.mismatches import of_kind
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.schema.types import Kind

__all__ = ["wrong_value"]


@check(
    id="k8s-wrong-value",
    title="A value is none of those that are allowed",
    severity=Severity.HIGH,
    rationale="The API server refuses the object.",
    source="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          strategy: {type: Rolling}
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
          strategy: {type: RollingUpdate}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: "web:1"}]}
    """),
)
def wrong_value(index: Index) -> Iterator[Found]:
    """Words that are none of the choices."""
    return of_kind(index, Kind.WRONG_VALUE)
