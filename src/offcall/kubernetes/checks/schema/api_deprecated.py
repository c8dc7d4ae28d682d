"""API versions that are going to be removed."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.mismatches import of_kind
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.schema.types import Kind

__all__ = ["api_deprecated"]


@check(
    id="k8s-api-deprecated",
    title="The API version is deprecated",
    severity=Severity.MEDIUM,
    rationale="It is still served, and a later version of Kubernetes removes it.",
    source="https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
    fails=manifest("""
        apiVersion: v1
        kind: Endpoints
        metadata: {name: web}
    """),
    passes=manifest("""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web}
        addressType: IPv4
        endpoints: []
    """),
)
def api_deprecated(index: Index) -> Iterator[Found]:
    """API versions that have an end."""
    return of_kind(index, Kind.DEPRECATED_API)
