from __future__ import annotations

import pytest

from offcall.kubernetes.model.workloads import Workload
from tests.kubernetes.build import deployment, index

KINDS = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: a}
spec: {template: {spec: {containers: [{name: c}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: b}
spec: {jobTemplate: {spec: {parallelism: 4, template: {spec: {containers: [{name: c}]}}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: c, labels: {app: c}}
spec:
  initContainers: [{name: first}, {name: mesh, restartPolicy: Always}]
  containers: [{name: c}]
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: d}
spec: {replicas: 5, strategy: {canary: {maxSurge: 1}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: e, ownerReferences: [{kind: Deployment, name: x, controller: true}]}
spec: {}
---
apiVersion: v1
kind: Pod
metadata: {name: f, ownerReferences: [{kind: Kafka, name: x, controller: true}]}
spec: {containers: [{name: c}]}
"""


def one(text: str) -> Workload:
    (found,) = index(text).workloads
    return found


def test_every_kind_has_replicas_and_a_template() -> None:
    found = {workload.name: workload for workload in index(KINDS).workloads}
    assert {name: workload.replicas for name, workload in found.items()} == {
        "a": None,
        "b": 4,
        "c": 1,
        "d": 5,
        "f": 1,
    }
    assert found["b"].containers[0].path == "spec.jobTemplate.spec.template.spec.containers[0]"
    pod = found["c"].template
    assert pod.labels == {"app": "c"}
    assert pod.containers[0].path == "spec.containers[0]"
    assert [container.name for container in pod.running] == ["c", "mesh"]
    assert [container.name for container in pod.init_containers] == ["first"]
    assert pod.sidecars[0].path == "spec.initContainers[1]"


@pytest.mark.parametrize(
    ("replicas", "strategy", "expected"),
    [
        # surge rounds up, unavailable down, 25% each by default
        (10, "", (3, 2, 8, 13)),
        (1, "", (1, 0, 1, 2)),
        (3, "", (1, 0, 3, 4)),
        (5, "maxSurge: 1, maxUnavailable: 2", (1, 2, 3, 6)),
        # both nothing: one is taken away
        (3, "maxSurge: 0, maxUnavailable: 25%", (0, 1, 2, 3)),
        (2, "maxSurge: 0%, maxUnavailable: 0%", (0, 1, 1, 2)),
        (4, "maxSurge: 100%, maxUnavailable: 0", (4, 0, 4, 8)),
        (4, "maxSurge: 0, maxUnavailable: 100%", (0, 4, 0, 4)),
    ],
)
def test_a_rolling_update_in_pods(
    replicas: int, strategy: str, expected: tuple[int, int, int, int]
) -> None:
    spec = f"replicas: {replicas}"
    if strategy:
        spec += f", strategy: {{rollingUpdate: {{ {strategy} }}}}"
    update = one(deployment(spec=spec)).rolling_update()
    assert update is not None
    assert (update.max_surge, update.max_unavailable, update.floor, update.ceiling) == expected


def test_what_is_no_rolling_update_has_none() -> None:
    assert one(deployment(spec="strategy: {type: Recreate}")).rolling_update() is None
    assert one(deployment(spec="strategy: {rollingUpdate: {maxSurge: x}}")).rolling_update() is None
    found = {workload.name: workload for workload in index(KINDS).workloads}
    assert found["a"].rolling_update() is None
    daemons = found["a"].rolling_update(10)
    assert daemons is not None
    assert (daemons.max_surge, daemons.max_unavailable) == (0, 1)
    canary = found["d"].rolling_update()
    assert canary is not None
    assert (canary.max_surge, canary.max_unavailable) == (1, 1)
    assert found["b"].rolling_update() is None


@pytest.mark.parametrize(
    ("resources", "init", "pod", "qos"),
    [
        ("", "", "", "BestEffort"),
        ("requests: {cpu: 0}", "", "", "BestEffort"),
        ("requests: {cpu: 1}", "", "", "Burstable"),
        ("limits: {cpu: 1, memory: 1Gi}", "", "", "Guaranteed"),
        ("limits: {cpu: 1, memory: 1Gi}, requests: {memory: 1024Mi}", "", "", "Guaranteed"),
        ("limits: {cpu: 1, memory: 1Gi}, requests: {memory: 1Mi}", "", "", "Burstable"),
        ("limits: {cpu: 1}", "", "", "Burstable"),
        ("limits: {cpu: 1, memory: 1Gi}", "initContainers: [{name: i}]", "", "Burstable"),
        ("", "", "resources: {limits: {cpu: 1, memory: 1Gi}}", "Guaranteed"),
    ],
)
def test_the_qos_class(resources: str, init: str, pod: str, qos: str) -> None:
    container = f"{{name: c, resources: {{ {resources} }}}}"
    text = deployment(pod=", ".join(filter(None, (init, pod))), containers=container)
    assert one(text).template.qos == qos


def test_a_limit_alone_is_the_request_too() -> None:
    (container,) = one(
        deployment(containers="{name: c, resources: {limits: {cpu: 500m}}}")
    ).containers
    assert container.request("cpu") == container.limit("cpu")
    assert container.request("memory") is None


def test_probes_have_the_defaults_of_the_api() -> None:
    text = deployment(
        containers="{name: c, startupProbe: {tcpSocket: {port: 1}, failureThreshold: 30}, "
        "livenessProbe: {httpGet: {path: /}, initialDelaySeconds: 5, periodSeconds: 0}}"
    )
    (container,) = one(text).containers
    startup, liveness = container.startup, container.liveness
    assert startup is not None
    assert liveness is not None
    assert startup.seconds_until_failure == 300
    assert (liveness.period, liveness.seconds_until_failure) == (10, 35)
    assert (liveness.action, liveness.asks) == ("httpGet", {"path": "/"})
    assert container.readiness is None
    assert startup.path == "spec.template.spec.containers[0].startupProbe"


NONSENSE = [
    "spec: 3",
    "spec: {replicas: many, template: [], selector: x}",
    "spec: {template: {metadata: 1, spec: {containers: {a: 1}, initContainers: [1, null]}}}",
    "spec: {template: {spec: {containers: [{resources: 1, env: 2, ports: {}, name: 3}]}}}",
]


@pytest.mark.parametrize("spec", NONSENSE)
def test_what_does_not_fit_is_as_if_it_were_not_there(spec: str) -> None:
    workload = one(f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\n{spec}\n")
    assert workload.replicas == 1
    assert workload.template.qos == "BestEffort"
    assert workload.template.labels == {}
    assert workload.rolling_update() is not None
