"""Pod templates, containers and probes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from offcall.kubernetes.model.fields import integer, listing, mapping, text
from offcall.kubernetes.model.quantities import quantity
from offcall.kubernetes.objects import Object
from offcall.kubernetes.paths import join

__all__ = ["Container", "PodTemplate", "Probe", "QosClass", "Role", "probe_of", "template_of"]

Body = dict[str, Any]
Role = Literal["container", "init", "sidecar"]
QosClass = Literal["Guaranteed", "Burstable", "BestEffort"]


@dataclass(frozen=True, slots=True)
class Probe:
    """A readiness, liveness or startup probe, with the API's defaults; times in seconds.

    https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
    """

    object: Object
    path: str
    key: str
    body: Body

    @property
    def initial_delay(self) -> int:
        """`initialDelaySeconds`."""
        return integer(self.body, "initialDelaySeconds", 0)

    @property
    def period(self) -> int:
        """`periodSeconds`; 0 is the default too."""
        return integer(self.body, "periodSeconds", 10) or 10

    @property
    def timeout(self) -> int:
        """`timeoutSeconds`."""
        return integer(self.body, "timeoutSeconds", 1) or 1

    @property
    def failure_threshold(self) -> int:
        """`failureThreshold`."""
        return integer(self.body, "failureThreshold", 3) or 3

    @property
    def success_threshold(self) -> int:
        """`successThreshold`."""
        return integer(self.body, "successThreshold", 1) or 1

    @property
    def seconds_until_failure(self) -> int:
        """How long what never answers is borne from its start."""
        return self.initial_delay + self.period * self.failure_threshold

    @property
    def action(self) -> str:
        """`httpGet`, `tcpSocket`, `grpc`, `exec`, or "" when there is none."""
        return next(
            (one for one in ("httpGet", "tcpSocket", "grpc", "exec") if one in self.body), ""
        )

    @property
    def asks(self) -> Any:
        """What it asks, whatever it is: equal for probes that ask the same."""
        return self.body.get(self.action)


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod template.

    Attributes:
        path: its field in the object: "spec.template.spec.containers[0]".
        key: its name, which tells findings on one object apart.
        role: a sidecar is an init container with `restartPolicy: Always`.
    """

    object: Object
    path: str
    key: str
    role: Role
    body: Body

    @property
    def name(self) -> str:
        """Its name."""
        return self.key

    @property
    def image(self) -> str:
        """The image as written; "" when there is none."""
        return text(self.body, "image")

    @property
    def limits(self) -> dict[str, Any]:
        """`resources.limits` as written."""
        return mapping(self.body, "resources", "limits")

    @property
    def requests(self) -> dict[str, Any]:
        """`resources.requests`; a limit alone is the request too, as the API server has it."""
        requests = mapping(self.body, "resources", "requests")
        limits = self.limits
        return {**limits, **requests} if limits else requests

    def request(self, resource: str) -> Decimal | None:
        """A request in cores or bytes; None when there is none. 0 is none for the kubelet."""
        return quantity(self.requests.get(resource))

    def limit(self, resource: str) -> Decimal | None:
        """A limit in cores or bytes; None when there is none."""
        return quantity(self.limits.get(resource))

    @property
    def readiness(self) -> Probe | None:
        """The readiness probe."""
        return probe_of(self, "readinessProbe")

    @property
    def liveness(self) -> Probe | None:
        """The liveness probe."""
        return probe_of(self, "livenessProbe")

    @property
    def startup(self) -> Probe | None:
        """The startup probe."""
        return probe_of(self, "startupProbe")

    @property
    def pre_stop(self) -> Body:
        """`lifecycle.preStop`; empty when there is none."""
        return mapping(self.body, "lifecycle", "preStop")

    @property
    def ports(self) -> list[Body]:
        """The declared ports."""
        return listing(self.body, "ports")

    @property
    def env(self) -> list[Body]:
        """Environment variables."""
        return listing(self.body, "env")

    @property
    def volume_mounts(self) -> list[Body]:
        """Volume mounts."""
        return listing(self.body, "volumeMounts")


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """What pods are made from; of a Pod it is the pod itself.

    Attributes:
        path: "spec.template"; "" of a Pod.
        containers: the regular ones.
        init_containers: those that end before the others start.
        sidecars: init containers that stay.
    """

    object: Object
    path: str
    key: str
    body: Body
    containers: tuple[Container, ...]
    init_containers: tuple[Container, ...]
    sidecars: tuple[Container, ...]

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        return mapping(self.body, "metadata", "labels")

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations of its pods."""
        return mapping(self.body, "metadata", "annotations")

    @property
    def spec(self) -> Body:
        """The pod spec."""
        return mapping(self.body, "spec")

    @property
    def spec_path(self) -> str:
        """The field of the pod spec: "spec.template.spec"."""
        return join(self.path, "spec")

    @property
    def running(self) -> tuple[Container, ...]:
        """What runs while the pod serves: containers and sidecars."""
        return self.containers + self.sidecars

    @property
    def all_containers(self) -> tuple[Container, ...]:
        """Every container, init containers too."""
        return self.containers + self.sidecars + self.init_containers

    @property
    def grace_seconds(self) -> int:
        """`terminationGracePeriodSeconds`."""
        return integer(self.spec, "terminationGracePeriodSeconds", 30)

    @property
    def priority_class(self) -> str:
        """`priorityClassName`; "" when there is none."""
        return text(self.spec, "priorityClassName")

    @property
    def topology_spread(self) -> list[Body]:
        """`topologySpreadConstraints`."""
        return listing(self.spec, "topologySpreadConstraints")

    def affinity(self, kind: Literal["nodeAffinity", "podAffinity", "podAntiAffinity"]) -> Body:
        """One part of `affinity`; empty when there is none."""
        return mapping(self.spec, "affinity", kind)

    @property
    def volumes(self) -> list[Body]:
        """The volumes."""
        return listing(self.spec, "volumes")

    @property
    def qos(self) -> QosClass:
        """The QoS class: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/."""
        # Resources of the whole pod (1.34) decide before those of containers.
        whole = mapping(self.spec, "resources")
        bodies = (
            [whole] if whole else [mapping(one.body, "resources") for one in self.all_containers]
        )
        guaranteed, any_set = bool(bodies), False
        for body in bodies:
            limits = mapping(body, "limits")
            requests = {**limits, **mapping(body, "requests")}
            for resource in ("cpu", "memory"):
                request, limit = quantity(requests.get(resource)), quantity(limits.get(resource))
                any_set = any_set or bool(request) or bool(limit)
                guaranteed = guaranteed and bool(limit) and request == limit
        if not any_set:
            return "BestEffort"
        return "Guaranteed" if guaranteed else "Burstable"


def template_of(obj: Object, body: Body, path: str) -> PodTemplate:
    """The pod template that stands at `path` of an object."""
    spec = mapping(body, "spec")
    base = join(path, "spec")
    inits = list(_containers(obj, spec, base, "initContainers"))
    return PodTemplate(
        obj,
        path,
        "",
        body,
        tuple(_containers(obj, spec, base, "containers")),
        tuple(one for one in inits if one.role == "init"),
        tuple(one for one in inits if one.role == "sidecar"),
    )


def probe_of(container: Container, field: str) -> Probe | None:
    """One probe of a container, or None."""
    body = container.body.get(field)
    if not isinstance(body, dict):
        return None
    return Probe(container.object, join(container.path, field), container.key, body)


def _containers(obj: Object, spec: Body, base: str, field: str) -> Iterator[Container]:
    for number, body in enumerate(listing(spec, field)):
        role: Role = "container"
        if field == "initContainers":
            role = "sidecar" if body.get("restartPolicy") == "Always" else "init"
        yield Container(obj, f"{base}.{field}[{number}]", text(body, "name"), role, body)
