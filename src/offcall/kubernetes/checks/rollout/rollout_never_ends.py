"""Rollouts that cannot move: no pod may go, and none can be added."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.core.findings import Severity
from offcall.kubernetes.checking import Found, check, manifest
from offcall.kubernetes.edits import set_field
from offcall.kubernetes.model.fields import mapping, text
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.workloads import Workload

__all__ = ["rollout_never_ends"]

_ZERO = (0, "0", "0%")
_ONE_NODE = {"ReadWriteOnce", "ReadWriteOncePod"}


@check(
    id="k8s-rollout-never-ends",
    title="A rollout can never make progress",
    severity=Severity.HIGH,
    rationale="A rolling update adds a pod or takes one away. Where no pod may be unavailable and "
    "none can be added, it waits for ever with the old release running: the next one, with the fix "
    "that somebody needs tonight, waits too.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment",
    fails=manifest("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 0}}
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
          replicas: 2
          strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: web:1}]}
    """),
)
def rollout_never_ends(index: Index) -> Iterator[Found]:
    """Both limits 0, which the API server refuses; or a volume that a second pod cannot have."""
    for workload in index.workloads:
        if workload.strategy != "RollingUpdate" or workload.kind not in ("Deployment", "DaemonSet"):
            continue
        written = mapping(
            workload.spec,
            "strategy" if workload.kind == "Deployment" else "updateStrategy",
            "rollingUpdate",
        )
        surge = written.get("maxSurge", 0 if workload.kind == "DaemonSet" else "25%")
        if written.get("maxUnavailable") in _ZERO and surge in _ZERO:
            yield Found(
                workload,
                f"{workload.rolling_update_path}.maxUnavailable",
                "maxUnavailable and maxSurge are both 0, which the API server refuses",
                "let it add one pod: maxSurge: 1",
                edits=[set_field(workload, f"{workload.rolling_update_path}.maxSurge", 1)],
            )
        elif workload.kind == "Deployment":
            yield from _pinned(index, workload)


def _pinned(index: Index, workload: Workload) -> Iterator[Found]:
    """Deployments whose new pod needs the volume that the old one does not give up."""
    count = index.replicas_of(workload)
    if count is None or not count[0]:
        return
    update = workload.rolling_update(count[0])
    if update is None or update.floor < count[0]:
        return
    for volume in workload.template.volumes:
        name = text(mapping(volume, "persistentVolumeClaim"), "claimName")
        claim = index.named("PersistentVolumeClaim", name, workload.object) if name else None
        modes = claim.spec.get("accessModes") if claim is not None else None
        if not isinstance(modes, list) or not modes or not _ONE_NODE.issuperset(map(str, modes)):
            continue
        alone = "ReadWriteOncePod" in modes and len(modes) == 1
        yield Found(
            workload,
            "spec.strategy",
            f"a new pod waits for volume claim {name}, which the old one keeps"
            + ("" if alone else " unless both are on one node"),
            "end the old pod first: strategy Recreate; or a StatefulSet with a claim for each pod",
            edits=[set_field(workload, "spec.strategy", {"type": "Recreate"})],
            evidence={"claim": name, "access modes": ", ".join(map(str, modes))},
            key=name,
            severity=None if alone else Severity.MEDIUM,
            source="https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
        )
