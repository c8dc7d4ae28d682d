"""What the examples of the priority checks leave open."""

from __future__ import annotations

import pytest

from offcall.kubernetes.checks.priority.priority_class_missing import priority_class_missing
from offcall.kubernetes.checks.priority.priority_too_high import priority_too_high
from offcall.kubernetes.checks.priority.system_priority import SystemNamespaces, system_priority
from offcall.kubernetes.checks.priority.two_global_defaults import two_global_defaults
from tests.kubernetes.build import deployment, judge


def priority(name: str, value: int, more: str = "") -> str:
    return f"""
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {{name: {name}}}
value: {value}
{more}
"""


class TestPriorityClassMissing:
    POD = deployment(pod="priorityClassName: important")

    def test_where_no_class_was_read_they_are_kept_elsewhere(self) -> None:
        assert not judge(priority_class_missing, self.POD)
        assert judge(priority_class_missing, self.POD + priority("other", 1))

    def test_each_cluster_has_the_classes_of_its_own(self) -> None:
        text = deployment(pod="priorityClassName: system-node-critical")
        assert not judge(priority_class_missing, text + priority("other", 1))

    def test_jobs_name_classes_too(self) -> None:
        text = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: load}
spec: {jobTemplate: {spec: {template: {spec: {priorityClassName: batch, containers: []}}}}}
"""
        (found,) = judge(priority_class_missing, text + priority("other", 1))
        assert found.resource.field == "spec.jobTemplate.spec.template.spec.priorityClassName"


class TestTwoGlobalDefaults:
    DEFAULT = "globalDefault: true"

    def test_the_smallest_value_is_in_force_and_stays(self) -> None:
        text = "".join(priority(f"p{n}", n, self.DEFAULT) for n in (30, 10, 20))
        found = judge(two_global_defaults, text)
        assert [one.resource.name for one in found] == ["p20", "p30"]
        edits = [edit.model_dump()["value"] for one in found for edit in one.fix.edits]
        assert edits == [False, False]

    def test_one_or_none_is_fine(self) -> None:
        none = priority("a", 1) + priority("b", 2, "globalDefault: false")
        assert not judge(two_global_defaults, none)
        assert not judge(two_global_defaults, none + priority("c", 3, self.DEFAULT))


class TestSystemPriority:
    POD = deployment(pod="priorityClassName: system-cluster-critical")

    @pytest.mark.parametrize("namespace", ["kube-system", "calico-system", "openshift-dns"])
    def test_parts_of_the_cluster_may_have_it(self, namespace: str) -> None:
        assert judge(system_priority, self.POD)
        assert not judge(system_priority, self.POD.replace("shop", namespace))

    def test_so_may_agents_on_each_node(self) -> None:
        assert not judge(system_priority, self.POD.replace("kind: Deployment", "kind: DaemonSet"))

    def test_where_they_live_can_be_set(self) -> None:
        example = system_priority.fails
        own = system_priority.configured(None, SystemNamespaces(namespaces=("default",)))
        assert not list(own(example.snapshot(), example.now))


class TestPriorityTooHigh:
    @pytest.mark.parametrize(
        ("name", "value", "keys"),
        [
            ("important", 1_000_000_000, []),
            ("important", 1_000_000_001, ["value"]),
            ("system-important", 5, ["name"]),
            ("system-important", 2_000_000_000, ["value", "name"]),
            ("system-node-critical", 2_000_001_000, []),
            ("unimportant", -5, []),
        ],
    )
    def test_limits_of_the_api_server(self, name: str, value: int, keys: list[str]) -> None:
        assert [one.key for one in judge(priority_too_high, priority(name, value))] == keys
