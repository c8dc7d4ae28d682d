"""API versions that are gone, not there yet, or unknown."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.mismatches import of_kind
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.schema.types import Kind

__all__ = ["api_not_served"]


@check(
    id="k8s-api-not-served",
    title="This version of Kubernetes does not serve the API",
    severity=Severity.HIGH,
    rationale="The API server refuses the object, and after an upgrade also those that were fine"
    " before it.",
    source="https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
    fails=manifest("""
        apiVersion: policy/v1beta1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 1
          selector: {matchLabels: {app: web}}
    """),
    passes=manifest("""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 1
          selector: {matchLabels: {app: web}}
    """),
)
def api_not_served(index: Index) -> Iterator[Found]:
    """API versions that were removed, that came later, or that nobody knows."""
    return of_kind(index, Kind.UNKNOWN_API, Kind.LATER_API, Kind.REMOVED_API)
