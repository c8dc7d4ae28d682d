"""What stands beside workloads: budgets, autoscalers, services, ingresses, priorities, limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from offcall.kubernetes.model.fields import integer, listing, mapping, text
from offcall.kubernetes.model.quantities import int_or_percent
from offcall.kubernetes.model.selectors import Selector
from offcall.kubernetes.objects import Object

__all__ = [
    "Budget",
    "HorizontalAutoscaler",
    "Ingress",
    "PriorityClass",
    "ScaledObject",
    "Service",
    "TargetRef",
    "VerticalAutoscaler",
    "View",
]


@dataclass(frozen=True, slots=True)
class View:
    """An object by the field names of its kind. `path` and `key` are empty: it is the whole."""

    object: Object
    path: str = ""
    key: str = ""

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


@dataclass(frozen=True, slots=True)
class TargetRef:
    """What an autoscaler scales."""

    kind: str
    name: str

    @classmethod
    def of(cls, body: dict[str, Any], kind: str = "") -> TargetRef:
        """A `scaleTargetRef` or `targetRef`."""
        return cls(text(body, "kind", kind), text(body, "name"))


class Budget(View):
    """A PodDisruptionBudget; only evictions ask it, never a rollout.

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """

    __slots__ = ()

    @property
    def selector(self) -> Selector:
        """Which pods of its namespace it protects; in policy/v1beta1 an empty one selects none."""
        found = Selector.of(self.spec.get("selector"))
        old = self.object.api_version == "policy/v1beta1"
        return Selector(is_null=True) if old and found.is_empty else found

    @property
    def min_available(self) -> int | str | None:
        """`minAvailable` as written."""
        return _count(self.spec.get("minAvailable"))

    @property
    def max_unavailable(self) -> int | str | None:
        """`maxUnavailable` as written."""
        return _count(self.spec.get("maxUnavailable"))

    @property
    def unhealthy_pods(self) -> str:
        """`unhealthyPodEvictionPolicy`."""
        return text(self.spec, "unhealthyPodEvictionPolicy", "IfHealthyBudget")

    def desired_healthy(self, expected: int) -> int | None:
        """How many of `expected` pods must stay healthy; None when the budget says neither.

        Both percentages round up: `getExpectedPodCount` of pkg/controller/disruption/disruption.go.
        """
        if self.max_unavailable is not None:
            away = int_or_percent(self.max_unavailable, expected, up=True)
            return None if away is None else max(0, expected - away)
        return int_or_percent(self.min_available, expected, up=True)

    def allowed(self, expected: int) -> int | None:
        """How many evictions it allows while all `expected` pods are healthy."""
        desired = self.desired_healthy(expected)
        return None if desired is None else max(0, expected - desired)


class HorizontalAutoscaler(View):
    """A HorizontalPodAutoscaler, of autoscaling/v1 or v2."""

    __slots__ = ()

    @property
    def target(self) -> TargetRef:
        """`scaleTargetRef`."""
        return TargetRef.of(mapping(self.spec, "scaleTargetRef"))

    @property
    def min_replicas(self) -> int:
        """`minReplicas`."""
        return integer(self.spec, "minReplicas", 1)

    @property
    def max_replicas(self) -> int:
        """`maxReplicas`, which must be there; 0 when it is not."""
        return integer(self.spec, "maxReplicas", 0)

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """`metrics` as in v2, also of a v1 autoscaler; 80% of CPU when there are none."""
        found = listing(self.spec, "metrics")
        if found:
            return found
        percent = integer(self.spec, "targetCPUUtilizationPercentage", 80)
        target = {"type": "Utilization", "averageUtilization": percent}
        return [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]

    def utilizations(self) -> Iterator[tuple[str, str | None]]:
        """The resources of which a share of the request is the measure, and the container meant.

        None is all containers of the pod, which then all need that request.
        """
        for metric in self.metrics:
            for field in ("resource", "containerResource"):
                body = mapping(metric, field)
                if mapping(body, "target").get("type") == "Utilization":
                    yield text(body, "name"), text(body, "container") or None

    @property
    def behavior(self) -> dict[str, Any]:
        """`behavior`; empty when there is none."""
        return mapping(self.spec, "behavior")


class VerticalAutoscaler(View):
    """A VerticalPodAutoscaler of autoscaling.k8s.io."""

    __slots__ = ()

    @property
    def target(self) -> TargetRef:
        """`targetRef`."""
        return TargetRef.of(mapping(self.spec, "targetRef"))

    @property
    def update_mode(self) -> str:
        """`updatePolicy.updateMode`."""
        return text(mapping(self.spec, "updatePolicy"), "updateMode", "Auto")

    @property
    def controlled(self) -> frozenset[str]:
        """The resources that it sets in any container."""
        policies = listing(mapping(self.spec, "resourcePolicy"), "containerPolicies")
        both = frozenset({"cpu", "memory"})
        if not policies:
            return both
        found: set[str] = set()
        for one in policies:
            if one.get("mode") != "Off":
                found.update(one.get("controlledResources") or both)
        return frozenset(found)


class ScaledObject(View):
    """A ScaledObject of KEDA."""

    __slots__ = ()

    @property
    def target(self) -> TargetRef:
        """`scaleTargetRef`; a Deployment unless it says otherwise."""
        return TargetRef.of(mapping(self.spec, "scaleTargetRef"), "Deployment")

    @property
    def min_replicas(self) -> int:
        """`minReplicaCount`."""
        return integer(self.spec, "minReplicaCount", 0)

    @property
    def max_replicas(self) -> int:
        """`maxReplicaCount`."""
        return integer(self.spec, "maxReplicaCount", 100)


class Service(View):
    """A Service."""

    __slots__ = ()

    @property
    def selector(self) -> Selector:
        """Which pods of its namespace it sends to; null when it has none."""
        return Selector.of_labels(self.spec.get("selector"))

    @property
    def type(self) -> str:
        """`ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`."""
        return text(self.spec, "type", "ClusterIP")

    @property
    def ports(self) -> list[dict[str, Any]]:
        """The ports."""
        return listing(self.spec, "ports")


class Ingress(View):
    """An Ingress."""

    __slots__ = ()

    @property
    def ingress_class(self) -> str:
        """`ingressClassName`, or the annotation that was there before it."""
        old = self.object.annotations.get("kubernetes.io/ingress.class")
        return text(self.spec, "ingressClassName") or str(old or "")

    def services(self) -> Iterator[str]:
        """The names of the Services that it sends to."""
        backends = [mapping(self.spec, "defaultBackend")]
        for rule in listing(self.spec, "rules"):
            backends += [mapping(one, "backend") for one in listing(mapping(rule, "http"), "paths")]
        for backend in backends:
            if name := text(mapping(backend, "service"), "name"):
                yield name


class PriorityClass(View):
    """A PriorityClass."""

    __slots__ = ()

    @property
    def value(self) -> int:
        """The priority."""
        return integer(self.object.body, "value", 0)

    @property
    def is_default(self) -> bool:
        """Whether pods that name none get this one."""
        return self.object.body.get("globalDefault") is True

    @property
    def preempts(self) -> bool:
        """Whether its pods may push others out."""
        return self.object.body.get("preemptionPolicy") != "Never"


def _count(value: Any) -> int | str | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None
