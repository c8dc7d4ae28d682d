"""Rollouts that take away every pod before a new one serves."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.edits import Edit
from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.workloads import RollingUpdate, Workload

__all__ = ["takes_all_down"]

_STATEFUL_SINCE = 35
"""Before 1.35 maxUnavailable of a StatefulSet is alpha, and dropped: it is one pod at a time."""


@check(
    id="k8s-takes-all-down",
    title="A rollout may take down every pod at once",
    severity=Severity.HIGH,
    rationale="maxUnavailable says how many pods a rollout may take away before new ones are "
    "available. Where that is all of them, each release is an outage until the first new pod is "
    "ready, and one that never gets ready is an outage until somebody goes back.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 3
          strategy: {rollingUpdate: {maxUnavailable: 100%, maxSurge: 1}}
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
          strategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 1}}
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
def takes_all_down(index: Index) -> Iterator[Found]:
    """Rolling updates that leave none at the fewest replicas there are."""
    for workload in index.workloads:
        count = index.replicas_of(workload)
        if not workload.scalable or count is None or count[0] < 1:
            continue
        if workload.kind == "StatefulSet" and index.minor < _STATEFUL_SINCE:
            continue
        fewest = count[0]
        update = workload.rolling_update(fewest)
        if update is None or update.floor > 0 or _is_meant(index, workload, fewest, update):
            continue
        yield Found(
            workload,
            f"{workload.rolling_update_path}.maxUnavailable",
            f"a rollout may take away all {fewest} pods"
            if fewest > 1
            else "a rollout takes the only pod away before the new one is ready",
            "let it take one away at a time" if fewest > 1 else "set maxUnavailable to 0",
            edits=_edits(workload, fewest),
            evidence={
                "replicas": fewest,
                "may be unavailable": update.max_unavailable,
                "may be added": update.max_surge,
            },
            severity=None if index.services_of(workload) else Severity.MEDIUM,
        )


def _is_meant(index: Index, workload: Workload, fewest: int, update: RollingUpdate) -> bool:
    """A single pod that nothing calls, or that may have no second one beside it (its volume)."""
    return fewest == 1 and (update.max_surge == 0 or not index.services_of(workload))


def _edits(workload: Workload, fewest: int) -> Iterator[Edit]:
    yield set_field(
        workload, f"{workload.rolling_update_path}.maxUnavailable", 1 if fewest > 1 else 0
    )
