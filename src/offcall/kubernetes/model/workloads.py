"""Workloads: whatever makes pods, with replicas, template, selector and strategy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from offcall.kubernetes.model.fields import integer, mapping, text
from offcall.kubernetes.model.pods import Container, PodTemplate, template_of
from offcall.kubernetes.model.quantities import int_or_percent
from offcall.kubernetes.model.selectors import Selector
from offcall.kubernetes.objects import Object
from offcall.kubernetes.paths import at, parse

__all__ = ["SCALABLE", "TEMPLATES", "RollingUpdate", "Workload", "is_owned", "workload_of"]

TEMPLATES = {
    ("apps", "Deployment"): "spec.template",
    ("apps", "StatefulSet"): "spec.template",
    ("apps", "DaemonSet"): "spec.template",
    ("apps", "ReplicaSet"): "spec.template",
    ("", "ReplicationController"): "spec.template",
    ("batch", "Job"): "spec.template",
    ("batch", "CronJob"): "spec.jobTemplate.spec.template",
    ("", "Pod"): "",
    ("argoproj.io", "Rollout"): "spec.template",
}
"""API group and kind of each workload, and where its pod template stands."""

SCALABLE = frozenset(
    {"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"}
)
"""Kinds with the `scale` subresource: an autoscaler and a budget ask these for their replicas."""

_OWNERS = frozenset({kind for _, kind in TEMPLATES} | {"Node"})


@dataclass(frozen=True, slots=True)
class RollingUpdate:
    """How many pods a rollout may add and take away, as numbers of pods.

    Attributes:
        max_surge: rounded up.
        max_unavailable: rounded down; 1 when both would be 0.
        floor: how many stay available.
        ceiling: how many there are at most.
    """

    max_surge: int
    max_unavailable: int
    floor: int
    ceiling: int


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, bare Pod or Argo Rollout.

    Attributes:
        path: "", since it is the object.
        key: "", since there is one on an object.
        replicas: with the API's default; 1 of a Pod, `parallelism` of a Job; None of a DaemonSet,
            which has as many as there are nodes.
        selector: of its pods; null for what needs none.
    """

    object: Object
    template: PodTemplate
    replicas: int | None
    selector: Selector
    path: str = ""
    key: str = ""

    @property
    def kind(self) -> str:
        """The kind of the object."""
        return self.object.kind

    @property
    def name(self) -> str:
        """The name of the object."""
        return self.object.name

    @property
    def namespace(self) -> str:
        """The namespace of the object."""
        return self.object.namespace

    @property
    def spec(self) -> dict[str, Any]:
        """The spec of the object."""
        return self.object.spec

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        return self.template.labels

    @property
    def containers(self) -> tuple[Container, ...]:
        """The regular containers."""
        return self.template.containers

    @property
    def scalable(self) -> bool:
        """Whether it has replicas that can be set: not a Job, a Pod or a DaemonSet."""
        return self.kind in SCALABLE

    @property
    def stays(self) -> bool:
        """Whether it is meant to run for ever: not a Job or a CronJob."""
        return self.kind not in ("Job", "CronJob")

    @property
    def replicas_are_written(self) -> bool:
        """Whether `spec.replicas` stands in the manifest."""
        return "replicas" in self.spec

    @property
    def strategy(self) -> str:
        """`RollingUpdate`, `Recreate`, `OnDelete`; of an Argo Rollout `Canary` or `BlueGreen`."""
        if self.kind == "Rollout":
            return "BlueGreen" if mapping(self.spec, "strategy", "blueGreen") else "Canary"
        field = "strategy" if self.kind == "Deployment" else "updateStrategy"
        return text(mapping(self.spec, field), "type", "RollingUpdate")

    @property
    def rolling_update_path(self) -> str:
        """The field with `maxSurge` and `maxUnavailable`."""
        if self.kind == "Rollout":
            return "spec.strategy.canary"
        return f"spec.{'strategy' if self.kind == 'Deployment' else 'updateStrategy'}.rollingUpdate"

    def rolling_update(self, replicas: int | None = None) -> RollingUpdate | None:
        """The strategy in pods; None when it is another one, or it cannot be said.

        Args:
            replicas: how many there are, where not `self.replicas`: the nodes of a DaemonSet.

        `ResolveFenceposts` of pkg/controller/deployment/util/deployment_util.go, `UnavailableCount`
        of pkg/controller/daemon/util, `getStatefulSetMaxUnavailable` of pkg/controller/statefulset.
        """
        total = self.replicas if replicas is None else replicas
        if total is None or self.strategy not in ("RollingUpdate", "Canary"):
            return None
        written = at(self.object.body, parse(self.rolling_update_path))
        body = written if isinstance(written, dict) else {}
        if self.kind in ("Deployment", "Rollout"):
            surge = int_or_percent(_or(body, "maxSurge", "25%"), total, up=True)
            away = int_or_percent(_or(body, "maxUnavailable", "25%"), total, up=False)
        elif self.kind == "DaemonSet":
            surge = int_or_percent(_or(body, "maxSurge", 0), total, up=True)
            away = int_or_percent(_or(body, "maxUnavailable", 1), total, up=True)
        elif self.kind == "StatefulSet":
            surge = 0
            away = int_or_percent(_or(body, "maxUnavailable", 1), total, up=False)
        else:
            return None
        if surge is None or away is None:
            return None
        if surge == 0 and away == 0:
            away = 1
        return RollingUpdate(surge, away, max(0, total - away), total + surge)


def workload_of(obj: Object) -> Workload | None:
    """The object as a workload; None when it is none."""
    path = TEMPLATES.get((obj.group, obj.kind))
    if path is None:
        return None
    body = at(obj.body, parse(path))
    template = template_of(obj, body if isinstance(body, dict) else {}, path)
    spec = obj.spec
    selector = spec.get("selector")
    return Workload(
        obj,
        template,
        _replicas(obj.kind, spec),
        Selector.of_labels(selector)
        if obj.kind == "ReplicationController"
        else Selector.of(selector),
    )


def is_owned(obj: Object) -> bool:
    """Whether another workload, or a node, made it and answers for it."""
    owners = obj.metadata.get("ownerReferences")
    return isinstance(owners, list) and any(
        isinstance(one, dict) and one.get("controller") is True and one.get("kind") in _OWNERS
        for one in owners
    )


def _replicas(kind: str, spec: dict[str, Any]) -> int | None:
    if kind == "DaemonSet":
        return None
    if kind == "Pod":
        return 1
    if kind == "CronJob":
        spec = mapping(spec, "jobTemplate", "spec")
    field = "parallelism" if kind in ("Job", "CronJob") else "replicas"
    return integer(spec, field, 1)


def _or(body: dict[str, Any], key: str, default: Any) -> Any:
    found = body.get(key)
    return default if found is None else found
