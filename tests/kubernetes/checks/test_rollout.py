"""What the examples of the rollout checks leave open."""

from __future__ import annotations

import pytest

from offcall.core.findings import Severity
from offcall.kubernetes.checking import manifest
from offcall.kubernetes.checks.rollout.cronjob_deadline import cronjob_deadline
from offcall.kubernetes.checks.rollout.cronjob_overlap import cronjob_overlap
from offcall.kubernetes.checks.rollout.no_min_ready_seconds import no_min_ready_seconds
from offcall.kubernetes.checks.rollout.partition_left import partition_left
from offcall.kubernetes.checks.rollout.recreate_served import recreate_served
from offcall.kubernetes.checks.rollout.replicas_and_autoscaler import replicas_and_autoscaler
from offcall.kubernetes.checks.rollout.rollout_never_ends import rollout_never_ends
from offcall.kubernetes.checks.rollout.short_progress_deadline import short_progress_deadline
from offcall.kubernetes.checks.rollout.takes_all_down import takes_all_down
from tests.kubernetes.build import deployment, judge

SERVICE = """
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
HPA = """
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 9
"""
VOLUME = "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"


def rolling(replicas: int, unavailable: str, surge: str) -> str:
    strategy = f"rollingUpdate: {{maxUnavailable: {unavailable}, maxSurge: {surge}}}"
    return deployment(spec=f"replicas: {replicas}, strategy: {{{strategy}}}")


def claim(modes: str) -> str:
    return f"""
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: data, namespace: shop}}
spec: {{accessModes: [{modes}]}}
"""


class TestTakesAllDown:
    @pytest.mark.parametrize(
        ("replicas", "unavailable", "surge", "all_down"),
        [
            (3, "3", "1", True),
            (3, "2", "1", False),
            (3, "99%", "1", False),  # 2.97, rounded down
            (2, "50%", "0", False),
            (1, "50%", "0", False),  # both 0, so 1: the only pod, with none beside it on purpose
            (1, "1", "1", True),
            (1, "25%", "25%", False),  # what is the default: one is added first
            (0, "1", "1", False),
        ],
    )
    def test_with_the_rounding_of_the_controller(
        self, replicas: int, unavailable: str, surge: str, all_down: bool
    ) -> None:
        found = judge(takes_all_down, rolling(replicas, unavailable, surge) + SERVICE)
        assert bool(found) is all_down

    def test_the_autoscalers_minimum_counts(self) -> None:
        assert not judge(takes_all_down, rolling(5, "2", "1") + SERVICE)
        (found,) = judge(takes_all_down, rolling(5, "2", "1") + SERVICE + HPA)
        assert found.title == "a rollout may take away all 2 pods"

    def test_is_less_where_nothing_calls_it(self) -> None:
        (found,) = judge(takes_all_down, rolling(3, "3", "1"))
        assert found.severity is Severity.MEDIUM
        assert not judge(takes_all_down, rolling(1, "1", "1"))

    def test_a_stateful_set_of_one_has_no_other_way(self) -> None:
        one = deployment(spec="replicas: 1").replace("kind: Deployment", "kind: StatefulSet")
        assert not judge(takes_all_down, one + SERVICE)

    @pytest.mark.parametrize(("version", "found"), [("1.34", 0), ("1.35", 1)])
    def test_a_stateful_set_takes_one_at_a_time_before_1_35(self, version: str, found: int) -> None:
        text = deployment(spec="updateStrategy: {rollingUpdate: {maxUnavailable: 3}}, replicas: 3")
        example = manifest(text.replace("kind: Deployment", "kind: StatefulSet"), version=version)
        assert len(list(takes_all_down(example.snapshot(), example.now))) == found


class TestRolloutNeverEnds:
    @pytest.mark.parametrize(
        ("unavailable", "surge", "stuck"),
        [("0", "0", True), ("0%", "0%", True), ("0", "1%", False), ("1%", "0", False)],
    )
    def test_only_what_is_written_as_0_is_refused(
        self, unavailable: str, surge: str, stuck: bool
    ) -> None:
        found = judge(rollout_never_ends, rolling(3, unavailable, surge))
        assert bool(found) is stuck

    def test_a_daemon_set_adds_none_by_default(self) -> None:
        text = deployment(spec="updateStrategy: {rollingUpdate: {maxUnavailable: 0}}")
        text = text.replace("kind: Deployment", "kind: DaemonSet")
        (found,) = judge(rollout_never_ends, text)
        assert found.fix.edits[0].model_dump()["path"][-1] == "maxSurge"

    def test_a_volume_for_one_pod_stops_the_second(self) -> None:
        pod = deployment(spec="replicas: 1", pod=VOLUME)
        (found,) = judge(rollout_never_ends, pod + claim("ReadWriteOncePod"))
        assert found.severity is Severity.HIGH
        (found,) = judge(rollout_never_ends, pod + claim("ReadWriteOnce"))
        assert (found.severity, found.key) == (Severity.MEDIUM, "data")
        assert not judge(rollout_never_ends, pod + claim("ReadWriteMany"))
        assert not judge(rollout_never_ends, pod)

    def test_unless_the_old_pod_goes_first(self) -> None:
        first = deployment(spec="strategy: {type: Recreate}", pod=VOLUME)
        assert not judge(rollout_never_ends, first + claim("ReadWriteOnce"))


class TestRecreateServed:
    RECREATE = "replicas: 1, strategy: {type: Recreate}"

    def test_what_nothing_calls_may_do_it(self) -> None:
        assert not judge(recreate_served, deployment(spec=self.RECREATE))

    @pytest.mark.parametrize("pod", [VOLUME, "hostNetwork: true"])
    def test_so_may_what_cannot_run_twice(self, pod: str) -> None:
        assert judge(recreate_served, deployment(spec=self.RECREATE) + SERVICE)
        assert not judge(recreate_served, deployment(spec=self.RECREATE, pod=pod) + SERVICE)

    def test_and_what_has_a_port_of_the_node(self) -> None:
        port = "{name: app, image: 'web:1', ports: [{containerPort: 80, hostPort: 80}]}"
        text = deployment(spec=self.RECREATE, containers=port) + SERVICE
        assert not judge(recreate_served, text)


class TestReplicasAndAutoscaler:
    def test_keda_owns_them_as_well(self) -> None:
        scaled = """
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {name: web}, triggers: []}
"""
        (found,) = judge(replicas_and_autoscaler, deployment() + scaled)
        assert found.evidence[0].value == "ScaledObject/shop/web"

    def test_0_switches_the_autoscaler_off(self) -> None:
        assert not judge(replicas_and_autoscaler, deployment(spec="replicas: 0") + HPA)

    def test_what_was_exported_from_a_cluster_always_has_some(self) -> None:
        text = (deployment() + HPA).replace(
            "{name: web, namespace", "{uid: a, name: web, namespace"
        )
        assert not judge(replicas_and_autoscaler, text)


class TestNoMinReadySeconds:
    @pytest.mark.parametrize("spec", ["replicas: 1", "strategy: {type: Recreate}, replicas: 3"])
    def test_where_there_is_no_next_pod_it_changes_nothing(self, spec: str) -> None:
        assert not judge(no_min_ready_seconds, deployment(spec=spec) + SERVICE)

    def test_nor_where_nothing_calls_it(self) -> None:
        assert not judge(no_min_ready_seconds, deployment())

    def test_an_autoscaler_adds_the_next_pod(self) -> None:
        assert judge(no_min_ready_seconds, deployment(spec="") + SERVICE + HPA)


class TestShortProgressDeadline:
    @pytest.mark.parametrize(
        ("spec", "severity"),
        [
            ("", None),  # 600 s
            ("progressDeadlineSeconds: 30", Severity.MEDIUM),
            ("progressDeadlineSeconds: 60", None),
            ("progressDeadlineSeconds: 60, minReadySeconds: 60", Severity.HIGH),
            ("minReadySeconds: 600", Severity.HIGH),
        ],
    )
    def test_against_what_the_api_server_accepts(
        self, spec: str, severity: Severity | None
    ) -> None:
        found = judge(short_progress_deadline, deployment(spec=spec))
        assert [one.severity for one in found] == ([severity] if severity else [])

    def test_sidecars_start_before_the_containers_do(self) -> None:
        probe = "startupProbe: {failureThreshold: 31, tcpSocket: {port: 80}}"
        app = f"{{name: app, image: 'web:1', {probe}}}"
        sidecar = f"initContainers: [{{name: mesh, image: 'm:1', restartPolicy: Always, {probe}}}]"
        assert not judge(short_progress_deadline, deployment(containers=f"{app}, {app}"))
        (found,) = judge(short_progress_deadline, deployment(containers=app, pod=sidecar))
        assert found.title == "a rollout fails after 600 s, and a pod may take 620 s"


class TestPartitionLeft:
    @pytest.mark.parametrize(
        ("spec", "title"),
        [
            ("partition: 1", "partition 1 keeps 1 of 3 pods at the old release"),
            ("partition: 3", "partition 3 keeps all 3 pods at the old release"),
            ("partition: 9", "partition 9 keeps all 3 pods at the old release"),
            ("maxUnavailable: 1", None),
        ],
    )
    def test_says_how_many_stay(self, spec: str, title: str | None) -> None:
        text = deployment(spec=f"replicas: 3, updateStrategy: {{rollingUpdate: {{{spec}}}}}")
        found = judge(partition_left, text.replace("kind: Deployment", "kind: StatefulSet"))
        assert [one.title for one in found] == ([title] if title else [])

    def test_ordinals_may_begin_above_it(self) -> None:
        spec = "ordinals: {start: 5}, updateStrategy: {rollingUpdate: {partition: 5}}"
        text = deployment(spec=spec).replace("kind: Deployment", "kind: StatefulSet")
        assert not judge(partition_left, text)


def cronjob(spec: str) -> str:
    return f"""
apiVersion: batch/v1
kind: CronJob
metadata: {{name: backup, namespace: shop}}
spec: {{ {spec}, jobTemplate: {{spec: {{template: {{spec: {{containers: []}}}}}}}} }}
"""


class TestCronJobs:
    @pytest.mark.parametrize("policy", ["Allow", "Forbid", "Replace"])
    def test_whatever_is_written_is_a_decision(self, policy: str) -> None:
        text = cronjob(f"schedule: '* * * * *', concurrencyPolicy: {policy}")
        assert not judge(cronjob_overlap, text)

    def test_runs_that_are_far_apart_seldom_meet(self) -> None:
        (daily,) = judge(cronjob_overlap, cronjob("schedule: '0 3 * * *'"))
        (often,) = judge(cronjob_overlap, cronjob("schedule: '*/2 * * * *'"))
        assert (daily.severity, often.severity) == (Severity.LOW, Severity.MEDIUM)

    def test_what_is_suspended_does_not_run(self) -> None:
        text = cronjob("schedule: '* * * * *', suspend: true")
        assert not judge(cronjob_overlap, text)
        assert not judge(cronjob_deadline, text)

    @pytest.mark.parametrize(
        ("seconds", "severity"),
        [("9", Severity.HIGH), ("10", None), ("null", Severity.LOW)],
    )
    def test_the_controller_looks_every_10_seconds(
        self, seconds: str, severity: Severity | None
    ) -> None:
        text = cronjob(f"schedule: '0 3 * * *', startingDeadlineSeconds: {seconds}")
        found = judge(cronjob_deadline, text)
        assert [one.severity for one in found] == ([severity] if severity else [])
