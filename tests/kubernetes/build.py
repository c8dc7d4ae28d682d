"""Clusters, indexes and findings out of short manifests."""

from __future__ import annotations

from offcall.core.findings import Finding
from offcall.kubernetes.checking import KubernetesCheck, manifest
from offcall.kubernetes.model.index import Index, index_of
from offcall.kubernetes.objects import Object
from offcall.kubernetes.snapshot import Cluster

__all__ = ["cluster", "deployment", "index", "judge", "objects"]


def cluster(text: str) -> Cluster:
    snapshot = manifest(text).snapshot()
    assert isinstance(snapshot, Cluster)
    return snapshot


def objects(text: str) -> tuple[Object, ...]:
    return cluster(text).objects


def index(text: str) -> Index:
    found = cluster(text)
    return index_of(found, found.taken_at)


def judge(check: KubernetesCheck, text: str) -> list[Finding]:
    """What a check finds in a manifest, with the parameters that it has by default."""
    example = manifest(text)
    return list(check(example.snapshot(), example.now))


def deployment(
    name: str = "web", *, spec: str = "replicas: 3", pod: str = "", containers: str = ""
) -> str:
    """A Deployment as one document; `spec`, `pod` and `containers` in flow style."""
    one = containers or "{name: app, image: 'web:1'}"
    return f"""
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: shop}}
spec: {{
  {spec}{"," if spec else ""}
  selector: {{matchLabels: {{app: {name}}}}},
  template: {{
    metadata: {{labels: {{app: {name}}}}},
    spec: {{ {pod}{"," if pod else ""} containers: [{one}] }}
  }}
}}
"""
