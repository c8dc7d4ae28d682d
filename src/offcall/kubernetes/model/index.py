"""The whole cluster, with what belongs to what: made once a run, and every question is a look-up.

Objects belong together within a namespace, and where the input holds several clusters (see
`scopes`) within one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from offcall.kubernetes.model.located import Targeting
from offcall.kubernetes.model.policies import (
    Budget,
    HorizontalAutoscaler,
    Ingress,
    PriorityClass,
    ScaledObject,
    Service,
    VerticalAutoscaler,
)
from offcall.kubernetes.model.scopes import scopes_of
from offcall.kubernetes.model.selectors import Selector
from offcall.kubernetes.model.workloads import Workload, is_owned, workload_of
from offcall.kubernetes.objects import Object
from offcall.kubernetes.snapshot import Cluster
from offcall.kubernetes.versions import minor_of

__all__ = ["Index", "index_of"]

Place = tuple[str, str]


T = TypeVar("T", bound=Targeting)


class Index:
    """What checks look at.

    Attributes:
        cluster: the snapshot.
        now: the time to judge at.
        minor: Kubernetes' minor version: 34 for 1.34.
    """

    def __init__(self, cluster: Cluster, now: datetime) -> None:
        self.cluster = cluster
        self.now = now
        self.minor = minor_of(cluster.version)
        self._scope = scopes_of(cluster.objects)
        self._kinds: dict[tuple[str, str], list[Object]] = defaultdict(list)
        for one in cluster.objects:
            self._kinds[one.group, one.kind].append(one)

    def objects(self, kind: str, group: str | None = None) -> list[Object]:
        """All objects of a kind; of one API group, or of any."""
        if group is not None:
            return self._kinds.get((group, kind), [])
        return [one for (_, its), members in self._kinds.items() if its == kind for one in members]

    def place(self, obj: Object) -> Place:
        """Its scope and namespace: what may refer to each other has the same."""
        return (self._scope(obj), obj.namespace)

    def scope(self, obj: Object) -> str:
        """The file or folder that tells it from others of its name; mostly ""."""
        return self._scope(obj)

    # Everything there is of a sort.

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """All workloads but those that another one made."""
        found = (workload_of(one) for one in self.cluster.objects if not is_owned(one))
        return tuple(one for one in found if one is not None)

    @cached_property
    def budgets(self) -> tuple[Budget, ...]:
        """All PodDisruptionBudgets."""
        return tuple(map(Budget, self.objects("PodDisruptionBudget", "policy")))

    @cached_property
    def hpas(self) -> tuple[HorizontalAutoscaler, ...]:
        """All HorizontalPodAutoscalers."""
        return tuple(map(HorizontalAutoscaler, self.objects("HorizontalPodAutoscaler")))

    @cached_property
    def vpas(self) -> tuple[VerticalAutoscaler, ...]:
        """All VerticalPodAutoscalers."""
        return tuple(map(VerticalAutoscaler, self.objects("VerticalPodAutoscaler")))

    @cached_property
    def scaled_objects(self) -> tuple[ScaledObject, ...]:
        """All ScaledObjects of KEDA."""
        return tuple(map(ScaledObject, self.objects("ScaledObject", "keda.sh")))

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """All Services."""
        return tuple(map(Service, self.objects("Service", "")))

    @cached_property
    def ingresses(self) -> tuple[Ingress, ...]:
        """All Ingresses."""
        return tuple(map(Ingress, self.objects("Ingress")))

    @cached_property
    def priority_classes(self) -> tuple[PriorityClass, ...]:
        """All PriorityClasses."""
        return tuple(map(PriorityClass, self.objects("PriorityClass", "scheduling.k8s.io")))

    @cached_property
    def nodes(self) -> list[Object]:
        """All Nodes, of a live cluster."""
        return self.objects("Node", "")

    @cached_property
    def pods(self) -> list[Object]:
        """All Pods, those of workloads too."""
        return self.objects("Pod", "")

    # What belongs to a workload.

    def budgets_of(self, workload: Workload) -> list[Budget]:
        """The budgets that protect its pods."""
        return self._budgets_by_workload.get(id(workload), [])

    def services_of(self, workload: Workload) -> list[Service]:
        """The Services that send to its pods."""
        return self._services_by_workload.get(id(workload), [])

    def ingresses_of(self, workload: Workload) -> list[Ingress]:
        """The Ingresses that send to one of its Services."""
        return [
            ingress
            for service in self.services_of(workload)
            for ingress in self._ingresses_by_service.get(
                (self.place(service.object), service.name), ()
            )
        ]

    def hpas_of(self, workload: Workload) -> list[HorizontalAutoscaler]:
        """The HorizontalPodAutoscalers that set its replicas."""
        return self._hpas_by_target.get(self._target(workload), [])

    def vpas_of(self, workload: Workload) -> list[VerticalAutoscaler]:
        """The VerticalPodAutoscalers that set its requests."""
        return self._vpas_by_target.get(self._target(workload), [])

    def scaled_objects_of(self, workload: Workload) -> list[ScaledObject]:
        """The ScaledObjects that set its replicas."""
        return self._scaled_by_target.get(self._target(workload), [])

    def replicas_of(self, workload: Workload) -> tuple[int, int] | None:
        """The fewest and the most replicas it has, by its autoscalers or itself; None if unknown.

        What a ScaledObject may scale to nothing is judged while it runs: with at least one.
        """
        if (hpas := self.hpas_of(workload)) or (scaled := self.scaled_objects_of(workload)):
            bounds = [(one.min_replicas, one.max_replicas) for one in hpas] or [
                (max(1, one.min_replicas), one.max_replicas) for one in scaled
            ]
            return min(low for low, _ in bounds), max(high for _, high in bounds)
        return None if workload.replicas is None else (workload.replicas, workload.replicas)

    # And the other way round.

    def workloads_of(self, view: Budget | Service) -> list[Workload]:
        """The workloads whose pods a budget protects or a Service sends to."""
        return self._selected.get(id(view), [])

    def target_of(self, view: Targeting) -> Workload | None:
        """The workload that an autoscaler scales; None when it is not there."""
        target = view.target
        return self._by_name.get((self.place(view.object), target.kind, target.name))

    def matching(self, obj: Object, selector: Selector) -> list[Workload]:
        """The workloads beside `obj`, in its namespace, whose pods a selector selects."""
        place = self.place(obj)
        if selector.labels:
            candidates: Iterable[Workload] = self._by_label.get((place, selector.labels[0]), ())
        elif selector.is_null:
            return []
        else:
            candidates = self._by_place.get(place, ())
        return [one for one in candidates if selector.matches(one.labels)]

    def named(self, kind: str, name: str, beside: Object) -> Object | None:
        """An object by kind and name, in the namespace of `beside`; or one in no namespace."""
        scope, namespace = self.place(beside)
        for place in ((scope, namespace), (scope, "")):
            if (found := self._objects_by_name.get((place, kind, name))) is not None:
                return found
        return None

    def namespace(self, obj: Object) -> Object | None:
        """The Namespace object of an object, if it is among those that were read."""
        place = (self._scope(obj), "")
        return self._objects_by_name.get((place, "Namespace", obj.namespace))

    def in_namespace(self, kind: str, obj: Object) -> list[Object]:
        """The objects of a kind in the namespace of `obj`: LimitRanges, ResourceQuotas."""
        return self._objects_by_place.get((self.place(obj), kind), [])

    # The look-up tables.

    def _target(self, workload: Workload) -> tuple[Place, str, str]:
        return (self.place(workload.object), workload.kind, workload.name)

    @cached_property
    def _by_name(self) -> dict[tuple[Place, str, str], Workload]:
        return {self._target(one): one for one in self.workloads}

    @cached_property
    def _by_place(self) -> dict[Place, list[Workload]]:
        found: dict[Place, list[Workload]] = defaultdict(list)
        for one in self.workloads:
            found[self.place(one.object)].append(one)
        return found

    @cached_property
    def _by_label(self) -> dict[tuple[Place, tuple[str, str]], list[Workload]]:
        found: dict[tuple[Place, tuple[str, str]], list[Workload]] = defaultdict(list)
        for one in self.workloads:
            place = self.place(one.object)
            for key, value in one.labels.items():
                found[place, (str(key), str(value))].append(one)
        return found

    @cached_property
    def _selected(self) -> dict[int, list[Workload]]:
        views: tuple[Budget | Service, ...] = (*self.budgets, *self.services)
        return {id(one): self.matching(one.object, one.selector) for one in views}

    @cached_property
    def _budgets_by_workload(self) -> dict[int, list[Budget]]:
        found: dict[int, list[Budget]] = defaultdict(list)
        for one in self.budgets:
            for workload in self.workloads_of(one):
                found[id(workload)].append(one)
        return found

    @cached_property
    def _services_by_workload(self) -> dict[int, list[Service]]:
        found: dict[int, list[Service]] = defaultdict(list)
        for one in self.services:
            for workload in self.workloads_of(one):
                found[id(workload)].append(one)
        return found

    @cached_property
    def _ingresses_by_service(self) -> dict[tuple[Place, str], list[Ingress]]:
        found: dict[tuple[Place, str], list[Ingress]] = defaultdict(list)
        for one in self.ingresses:
            for name in dict.fromkeys(one.services()):
                found[self.place(one.object), name].append(one)
        return found

    @cached_property
    def _hpas_by_target(self) -> dict[tuple[Place, str, str], list[HorizontalAutoscaler]]:
        return self._by_target(self.hpas)

    @cached_property
    def _vpas_by_target(self) -> dict[tuple[Place, str, str], list[VerticalAutoscaler]]:
        return self._by_target(self.vpas)

    @cached_property
    def _scaled_by_target(self) -> dict[tuple[Place, str, str], list[ScaledObject]]:
        return self._by_target(self.scaled_objects)

    def _by_target(self, views: Iterable[T]) -> dict[tuple[Place, str, str], list[T]]:
        found: dict[tuple[Place, str, str], list[T]] = defaultdict(list)
        for one in views:
            target = one.target
            found[self.place(one.object), target.kind, target.name].append(one)
        return found

    @cached_property
    def _objects_by_name(self) -> dict[tuple[Place, str, str], Object]:
        return {(self.place(one), one.kind, one.name): one for one in self.cluster.objects}

    @cached_property
    def _objects_by_place(self) -> dict[tuple[Place, str], list[Object]]:
        found: dict[tuple[Place, str], list[Object]] = defaultdict(list)
        for one in self.cluster.objects:
            found[self.place(one), one.kind].append(one)
        return found


def index_of(cluster: Cluster, now: datetime) -> Index:
    """What all checks of a run judge: see `Check.judges`."""
    return Index(cluster, now)
