"""What the examples of the first checks leave open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from offcall.core.findings import Severity
from offcall.kubernetes.checks.disruption.budget_blocks_drain import budget_blocks_drain
from offcall.kubernetes.checks.health.no_readiness_probe import no_readiness_probe
from offcall.kubernetes.checks.resources.no_requests import Requests, no_requests
from offcall.kubernetes.checks.rollout.single_replica import Replicas, single_replica
from tests.kubernetes.build import deployment, judge

HPA = """
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: %d
  maxReplicas: 9
"""
SERVICE = """
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]%s}
"""


def budget(spec: str) -> str:
    return f"""
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: web, namespace: shop}}
spec: {{ {spec}, selector: {{matchLabels: {{app: web}}}} }}
"""


class TestBudgetBlocksDrain:
    @pytest.mark.parametrize(
        ("spec", "replicas", "blocks"),
        [
            ("minAvailable: 3", 3, True),
            ("minAvailable: 2", 3, False),
            ("minAvailable: 9", 3, True),
            ("minAvailable: 100%", 3, True),
            ("minAvailable: 67%", 3, True),  # 2.01, rounded up
            ("minAvailable: 66%", 3, False),
            ("maxUnavailable: 0", 3, True),
            ("maxUnavailable: 0%", 3, True),
            ("maxUnavailable: 1%", 3, False),  # rounded up as well
            ("minAvailable: 1", 0, False),  # nothing runs that could block
        ],
    )
    def test_with_the_rounding_of_the_controller(
        self, spec: str, replicas: int, blocks: bool
    ) -> None:
        found = judge(budget_blocks_drain, deployment(spec=f"replicas: {replicas}") + budget(spec))
        assert bool(found) is blocks

    def test_the_autoscalers_minimum_counts_and_not_the_manifests_replicas(self) -> None:
        text = deployment(spec="replicas: 5") + budget("minAvailable: 2")
        assert not judge(budget_blocks_drain, text + HPA % 3)
        (found,) = judge(budget_blocks_drain, text + HPA % 2)
        assert found.severity is Severity.MEDIUM
        assert "at its minimum" in found.title

    def test_a_budget_of_two_workloads_counts_both(self) -> None:
        two = deployment("web", spec="replicas: 1") + deployment("web2", spec="replicas: 1")
        both = budget("minAvailable: 1").replace(
            "matchLabels: {app: web}",
            "matchExpressions: [{key: app, operator: In, values: [web, web2]}]",
        )
        assert not judge(budget_blocks_drain, two + both)

    def test_it_points_at_the_field_and_mends_it(self) -> None:
        (found,) = judge(budget_blocks_drain, deployment() + budget("minAvailable: 3"))
        assert found.resource.id == "PodDisruptionBudget/shop/web"
        assert found.resource.field == "spec.minAvailable"
        assert [one.model_dump() for one in found.fix.edits] == [
            {"op": "remove", "path": ("spec", "minAvailable")},
            {"op": "set", "path": ("spec", "maxUnavailable"), "value": 1},
        ]


class TestSingleReplica:
    def test_is_worse_when_something_calls_it(self) -> None:
        text = deployment(spec="replicas: 1")
        assert [one.severity for one in judge(single_replica, text)] == [Severity.LOW]
        served = judge(single_replica, text + SERVICE % "")
        assert [one.severity for one in served] == [Severity.HIGH]

    def test_what_is_switched_off_is_fine(self) -> None:
        assert not judge(single_replica, deployment(spec="replicas: 0"))

    def test_points_at_the_autoscaler_that_decides(self) -> None:
        (found,) = judge(single_replica, deployment(spec="replicas: 5") + HPA % 1)
        assert found.resource.id == "HorizontalPodAutoscaler/shop/web"
        assert found.resource.field == "spec.minReplicas"
        assert not judge(single_replica, deployment(spec="replicas: 1") + HPA % 2)

    def test_how_many_are_enough_can_be_set(self) -> None:
        strict = single_replica.configured(None, Replicas(least=4))
        example = single_replica.passes
        (found,) = strict(example.snapshot(), example.now)
        assert found.title == "only 2 replicas"

    def test_the_severity_can_be_set(self) -> None:
        calm = single_replica.configured(Severity.INFO, None)
        example = single_replica.fails
        assert [one.severity for one in calm(example.snapshot(), example.now)] == [Severity.INFO]

    def test_its_problem_stays_the_same_wherever_the_file_moves(self) -> None:
        example = single_replica.fails
        (found,) = single_replica(example.snapshot(), example.now)
        snapshot = example.snapshot()
        moved = snapshot.model_copy(
            update={"objects": tuple(replace(one, file="b.yaml") for one in snapshot.objects)}  # type: ignore[attr-defined]  # a Cluster
        )
        (again,) = single_replica(moved, example.now)
        assert found.fingerprint == again.fingerprint


class TestNoRequests:
    def test_each_container_is_named_and_tells_its_problem_apart(self) -> None:
        text = deployment(containers="{name: a, image: 'a:1'}, {name: b, image: 'b:1'}")
        found = judge(no_requests, text)
        assert [one.key for one in found] == ["a", "b"]
        assert len({one.fingerprint for one in found}) == 2
        assert all(one.severity is Severity.HIGH for one in found)

    def test_what_a_pod_asks_for_otherwise_is_no_best_effort(self) -> None:
        some = "{name: a, image: 'a:1', resources: {requests: {cpu: 1}}}"
        (found,) = judge(no_requests, deployment(containers=some))
        assert (found.severity, found.title) == (
            Severity.MEDIUM,
            "container a requests no memory",
        )

    @pytest.mark.parametrize("field", ["defaultRequest", "default"])
    def test_a_limit_range_gives_requests(self, field: str) -> None:
        limits = f"""
---
apiVersion: v1
kind: LimitRange
metadata: {{name: defaults, namespace: shop}}
spec: {{limits: [{{type: Container, {field}: {{cpu: 100m, memory: 64Mi}}}}]}}
"""
        assert not judge(no_requests, deployment() + limits)
        elsewhere = limits.replace("shop", "other")
        assert judge(no_requests, deployment() + elsewhere)

    def test_so_do_resources_of_the_pod(self) -> None:
        pod = "resources: {requests: {cpu: 1, memory: 1Gi}}"
        assert not judge(no_requests, deployment(pod=pod))

    def test_what_needs_a_request_can_be_set(self) -> None:
        only_memory = no_requests.configured(None, Requests(resources=("memory",)))
        example = no_requests.fails
        (found,) = only_memory(example.snapshot(), example.now)
        assert found.title == "container app requests no memory"
        (edit,) = found.fix.edits
        assert edit.model_dump()["value"] == "128Mi"


class TestNoReadinessProbe:
    PORTS = "ports: [{name: http, containerPort: 8080}]"

    def test_only_the_container_behind_the_port_needs_one(self) -> None:
        two = f"{{name: helper, image: 'a:1'}}, {{name: app, image: 'b:1', {self.PORTS}}}"
        (found,) = judge(no_readiness_probe, deployment(containers=two) + SERVICE % "")
        assert found.key == "app"
        assert found.resource.field == "spec.template.spec.containers[1].readinessProbe"
        assert found.fix.edits[0].model_dump()["value"] == {"tcpSocket": {"port": "http"}}

    def test_what_nothing_calls_needs_none(self) -> None:
        assert not judge(no_readiness_probe, deployment(containers=""))

    def test_a_service_that_does_not_wait_for_it_does_not_count(self) -> None:
        text = deployment() + SERVICE % ", publishNotReadyAddresses: true"
        assert not judge(no_readiness_probe, text)

    def test_the_service_of_another_namespace_does_not_count(self) -> None:
        assert not judge(no_readiness_probe, deployment() + (SERVICE % "").replace("shop", "x"))
