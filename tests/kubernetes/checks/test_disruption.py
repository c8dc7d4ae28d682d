"""What the examples of the disruption checks leave open."""

from __future__ import annotations

import pytest

from offcall.core.findings import Severity
from offcall.kubernetes.checking import KubernetesCheck, manifest
from offcall.kubernetes.checks.disruption.budget_allows_all import budget_allows_all
from offcall.kubernetes.checks.disruption.budget_keeps_unhealthy import budget_keeps_unhealthy
from offcall.kubernetes.checks.disruption.budget_of_several import budget_of_several
from offcall.kubernetes.checks.disruption.budget_on_job import budget_on_job
from offcall.kubernetes.checks.disruption.budget_overlap import budget_overlap
from offcall.kubernetes.checks.disruption.budget_selects_nothing import budget_selects_nothing
from offcall.kubernetes.checks.disruption.no_budget import no_budget
from offcall.kubernetes.checks.disruption.rollout_below_budget import rollout_below_budget
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
WEB = "{matchLabels: {app: web}}"
JOB = """
---
apiVersion: batch/v1
kind: Job
metadata: {name: load, namespace: shop}
spec: {template: {metadata: {labels: {app: %s}}, spec: {containers: []}}}
"""


def budget(spec: str, *, name: str = "web", selector: str = WEB) -> str:
    return f"""
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}, namespace: shop}}
spec: {{ {spec}, selector: {selector} }}
"""


def found_in(check: KubernetesCheck, text: str, version: str) -> int:
    example = manifest(text, version=version)
    return len(list(check(example.snapshot(), example.now)))


class TestNoBudget:
    def test_a_single_pod_is_better_off_without(self) -> None:
        assert not judge(no_budget, deployment(spec="replicas: 1"))
        assert not judge(no_budget, deployment(spec="replicas: 5") + HPA % 1)
        assert judge(no_budget, deployment(spec="") + HPA % 2)

    @pytest.mark.parametrize("kind", ["DaemonSet", "Job"])
    def test_what_a_drain_leaves_or_what_ends_needs_none(self, kind: str) -> None:
        text = deployment(spec="parallelism: 5").replace("kind: Deployment", f"kind: {kind}")
        assert not judge(no_budget, text)

    def test_the_budget_of_another_namespace_does_not_count(self) -> None:
        elsewhere = budget("maxUnavailable: 1").replace("shop", "other")
        assert judge(no_budget, deployment() + elsewhere)

    def test_it_writes_one_for_the_same_pods(self) -> None:
        (found,) = judge(no_budget, deployment())
        assert found.severity is Severity.LOW
        (edit,) = found.fix.edits
        assert edit.model_dump()["body"] == {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {
                "maxUnavailable": 1,
                "selector": {"matchLabels": {"app": "web"}},
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
            },
        }


class TestBudgetAllowsAll:
    @pytest.mark.parametrize(
        ("spec", "replicas", "all_may_go"),
        [
            ("minAvailable: 0", 3, True),
            ("minAvailable: 0%", 3, True),
            ("minAvailable: 1%", 3, False),  # rounded up: 1
            ("maxUnavailable: 3", 3, True),
            ("maxUnavailable: 100%", 3, True),
            ("maxUnavailable: 67%", 3, True),  # 2.01, rounded up
            ("maxUnavailable: 66%", 3, False),
            ("maxUnavailable: 1", 1, False),  # the only way to drain a single pod
            ("maxUnavailable: 9", 0, False),
        ],
    )
    def test_with_the_rounding_of_the_controller(
        self, spec: str, replicas: int, all_may_go: bool
    ) -> None:
        text = deployment(spec=f"replicas: {replicas}") + budget(spec)
        assert bool(judge(budget_allows_all, text)) is all_may_go

    def test_the_autoscalers_minimum_counts(self) -> None:
        text = deployment(spec="replicas: 5") + budget("maxUnavailable: 2")
        assert not judge(budget_allows_all, text + HPA % 3)
        assert judge(budget_allows_all, text + HPA % 2)


class TestBudgetSelectsNothing:
    OTHER = "{matchLabels: {app: kafka}}"

    def test_pods_of_an_operator_are_not_in_the_manifest(self) -> None:
        alone = budget("maxUnavailable: 1", selector=self.OTHER)
        assert not judge(budget_selects_nothing, alone)
        assert not judge(budget_selects_nothing, alone + JOB % "load")
        assert judge(budget_selects_nothing, deployment() + alone)

    def test_the_labels_of_the_workload_are_not_those_of_its_pods(self) -> None:
        text = deployment().replace(
            "{name: web, namespace: shop}", "{name: web, namespace: shop, labels: {team: a}}"
        )
        by_team = budget("maxUnavailable: 1", selector="{matchLabels: {team: a}}")
        assert judge(budget_selects_nothing, text + by_team)

    def test_no_selector_selects_nothing_and_an_empty_one_everything(self) -> None:
        (found,) = judge(budget_selects_nothing, budget("maxUnavailable: 1", selector="null"))
        assert found.title.startswith("there is no selector")
        everything = deployment() + budget("maxUnavailable: 1", selector="{}")
        assert not judge(budget_selects_nothing, everything)


class TestBudgetOverlap:
    def test_names_the_budgets_in_any_order(self) -> None:
        one, two = budget("maxUnavailable: 1"), budget("minAvailable: 1", name="b", selector="{}")
        (found,) = judge(budget_overlap, deployment() + two + one)
        (again,) = judge(budget_overlap, deployment() + one + two)
        assert found.title == again.title
        assert "b, web" in found.title

    def test_a_drain_does_not_evict_daemons(self) -> None:
        text = deployment().replace("kind: Deployment", "kind: DaemonSet")
        both = budget("maxUnavailable: 1") + budget("maxUnavailable: 1", name="b")
        assert not judge(budget_overlap, text + both)

    def test_neighbours_have_their_own(self) -> None:
        other = budget("maxUnavailable: 1", name="b", selector="{matchLabels: {app: b}}")
        text = deployment() + deployment("b") + budget("maxUnavailable: 1") + other
        assert not judge(budget_overlap, text)


class TestBudgetKeepsUnhealthy:
    def test_in_writing_it_is_a_decision(self) -> None:
        text = budget("maxUnavailable: 1, unhealthyPodEvictionPolicy: IfHealthyBudget")
        assert not judge(budget_keeps_unhealthy, text)

    def test_only_where_the_field_is_served(self) -> None:
        assert found_in(budget_keeps_unhealthy, budget("maxUnavailable: 1"), "1.27") == 1
        assert found_in(budget_keeps_unhealthy, budget("maxUnavailable: 1"), "1.26") == 0


class TestBudgetOnJob:
    @pytest.mark.parametrize(
        ("spec", "severities"),
        [
            ("maxUnavailable: 1", [Severity.HIGH]),
            ("minAvailable: 50%", [Severity.HIGH]),
            ("minAvailable: 1", []),  # counts pods and asks no scale
        ],
    )
    def test_beside_a_deployment(self, spec: str, severities: list[Severity]) -> None:
        text = deployment() + JOB % "web" + budget(spec)
        assert [one.severity for one in judge(budget_on_job, text)] == severities

    def test_alone_it_keeps_the_node_at_most(self) -> None:
        found = judge(budget_on_job, JOB % "web" + budget("minAvailable: 1"))
        assert [one.severity for one in found] == [Severity.LOW]

    def test_an_empty_selector_takes_the_jobs_in(self) -> None:
        text = deployment() + JOB % "load"
        assert judge(budget_on_job, text + budget("maxUnavailable: 1", selector="{}"))
        assert not judge(budget_on_job, text + budget("maxUnavailable: 1"))


class TestBudgetOfSeveral:
    BOTH = "{matchExpressions: [{key: app, operator: In, values: [web, api]}]}"

    @pytest.mark.parametrize(
        ("spec", "title"),
        [
            ("maxUnavailable: 1", None),
            ("maxUnavailable: 2", "it allows 2 evictions, which may be all pods of Deployment api"),
            ("minAvailable: 100%", None),
        ],
    )
    def test_only_where_one_may_lose_all_its_pods(self, spec: str, title: str | None) -> None:
        text = deployment(spec="replicas: 5") + deployment("api", spec="replicas: 2")
        found = judge(budget_of_several, text + budget(spec, selector=self.BOTH))
        assert [one.title for one in found] == ([title] if title else [])

    def test_stable_and_canary_behind_one_service_are_one_application(self) -> None:
        canary = deployment("canary", spec="replicas: 2").replace("app: canary", "app: web")
        text = deployment(spec="replicas: 9") + canary + budget("maxUnavailable: 3")
        service = """
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
        assert judge(budget_of_several, text)
        assert not judge(budget_of_several, text + service)


class TestRolloutBelowBudget:
    def rolling(self, replicas: int, unavailable: str) -> str:
        strategy = f"strategy: {{rollingUpdate: {{maxUnavailable: {unavailable}}}}}"
        return deployment(spec=f"replicas: {replicas}, {strategy}")

    @pytest.mark.parametrize(
        ("replicas", "unavailable", "spec", "title"),
        [
            (5, "2", "minAvailable: 4", "a rollout may leave 3 of 5 pods, and the budget web is"),
            (5, "39%", "minAvailable: 4", None),  # 1.95, rounded down
            (5, "40%", "maxUnavailable: 21%", None),  # 1.05, rounded up: 2
            (5, "60%", "maxUnavailable: 21%", "a rollout may leave 2 of 5 pods"),
            (5, "2", "minAvailable: 5", None),  # blocks every drain, which is another check
        ],
    )
    def test_with_both_roundings(
        self, replicas: int, unavailable: str, spec: str, title: str | None
    ) -> None:
        found = judge(rollout_below_budget, self.rolling(replicas, unavailable) + budget(spec))
        assert len(found) == (title is not None)
        assert all(one.title.startswith(title or "") for one in found)

    def test_nobody_wrote_the_default(self) -> None:
        text = deployment(spec="replicas: 12") + budget("maxUnavailable: 1")
        assert not judge(rollout_below_budget, text)

    def test_its_edit_is_enough(self) -> None:
        (found,) = judge(rollout_below_budget, self.rolling(9, "50%") + budget("minAvailable: 7"))
        assert found.fix.edits[0].model_dump()["value"] == 2
        assert not judge(rollout_below_budget, self.rolling(9, "2") + budget("minAvailable: 7"))
