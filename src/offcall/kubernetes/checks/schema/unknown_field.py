"""Fields that the version does not have."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.mismatches import of_kind
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.schema.types import Kind

__all__ = ["unknown_field"]


@check(
    id="k8s-unknown-field",
    title="A field that the API does not have",
    severity=Severity.HIGH,
    rationale="The API server leaves an unknown field out, with a warning that few read, or refuses"
    " the object: what was meant by it does not happen.",
    source="https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
    fails=manifest("""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          maxUnavailable: 1
          alwaysAllowUnhealthyPodEviction: true
          selector: {matchLabels: {app: web}}
    """),
    passes=manifest("""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          maxUnavailable: 1
          unhealthyPodEvictionPolicy: AlwaysAllow
          selector: {matchLabels: {app: web}}
    """),
)
def unknown_field(index: Index) -> Iterator[Found]:
    """Fields that nobody knows, that came later, or that are gone."""
    return of_kind(index, Kind.UNKNOWN_FIELD, Kind.LATER_FIELD, Kind.REMOVED_FIELD)
