"""Fields that have to be there."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.mismatches import of_kind
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.schema.types import Kind

__all__ = ["missing_field"]


@check(
    id="k8s-missing-field",
    title="A required field is missing",
    severity=Severity.HIGH,
    rationale="The API server refuses the object.",
    source="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: "web:1"}]}
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
            spec: {containers: [{name: app, image: "web:1"}]}
    """),
)
def missing_field(index: Index) -> Iterator[Found]:
    """Fields without which an object is refused."""
    return of_kind(index, Kind.MISSING_FIELD)
