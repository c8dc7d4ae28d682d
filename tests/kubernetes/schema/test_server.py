"""The schema and a real API server say the same of manifests; the server only tries them.

https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
"""

from __future__ import annotations

from typing import Any

import pytest

from offcall.kubernetes.schema.types import Kind
from offcall.kubernetes.schema.validating import Schemas, minor_of
from tests.kubernetes.schema.test_validating import SPREAD, deployment, pod
from tests.servers.kubernetes import ApiServer

PLACES = {
    "ConfigMap": "/api/v1/namespaces/default/configmaps",
    "CronJob": "/apis/batch/v1/namespaces/default/cronjobs",
    "Deployment": "/apis/apps/v1/namespaces/default/deployments",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers",
    "Pod": "/api/v1/namespaces/default/pods",
    "PodDisruptionBudget": "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
    "Secret": "/api/v1/namespaces/default/secrets",
    "Service": "/api/v1/namespaces/default/services",
    "StatefulSet": "/apis/apps/v1/namespaces/default/statefulsets",
    "DaemonSet": "/apis/apps/v1/namespaces/default/daemonsets",
    "ReplicaSet": "/apis/apps/v1/namespaces/default/replicasets",
    "Job": "/apis/batch/v1/namespaces/default/jobs",
}


def verdicts(api: ApiServer, body: dict[str, Any]) -> tuple[list[str], int, str]:
    """Ours, and the server's status and words."""
    schemas = Schemas(minor_of(api.call("GET", "/version")[1]["gitVersion"]))
    ours = [f"{one.place}: {one.message}" for one in schemas.validate(body)]
    body = {**body, "metadata": {"name": "a", **body.get("metadata", {})}}
    path = f"{PLACES[body['kind']]}?dryRun=All&fieldValidation=Strict"
    status, answer = api.call("POST", path, body)
    return ours, status, str(answer.get("message", answer))


def budget(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": spec}


def service(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 80}], **spec}}


def container(**fields: Any) -> dict[str, Any]:
    return pod(containers=[{"name": "a", "image": "a", **fields}])


def good_pod(**spec: Any) -> dict[str, Any]:
    return pod(containers=[{"name": "a", "image": "a"}], **spec)


GOOD = [
    deployment(),
    good_pod(),
    good_pod(restartPolicy=None, nodeSelector=None, activeDeadlineSeconds=30),
    good_pod(restartPolicy="", dnsPolicy=""),
    good_pod(topologySpreadConstraints=[{**SPREAD, "labelSelector": {"matchLabels": {"a": "b"}}}]),
    container(resources={"limits": {"cpu": 1, "memory": "1e9"}, "requests": {"cpu": "0.5"}}),
    container(readinessProbe={"httpGet": {"port": "http"}}, imagePullPolicy=""),
    container(lifecycle={"preStop": {"sleep": {"seconds": 5}}}),
    budget(minAvailable="50%", unhealthyPodEvictionPolicy="AlwaysAllow"),
    budget(maxUnavailable=1),
    service(trafficDistribution="PreferClose"),
    {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}, "binaryData": {"c": "aGk="}},
    {"apiVersion": "v1", "kind": "Secret", "data": {"a": "aGVs\nbG8="}, "stringData": {"b": "c"}},
]
BAD = [
    good_pod(topologySpreadConstraints=[{**SPREAD, "whenUnsatisfied": "DoNotSchedule"}]),
    good_pod(topologySpreadConstraints=[{"maxSkew": 1, "topologyKey": "z"}]),
    good_pod(topologySpreadConstraints=[{**SPREAD, "whenUnsatisfiable": "Schedule"}]),
    good_pod(affinity={"podAffinity": {"requiredDuringSchedulingRequiredDuringExecution": []}}),
    good_pod(terminationGracePeriodSeconds="30"),
    good_pod(nodeSelector={"a": True}),
    good_pod(activeDeadlineSeconds=1.5),
    good_pod(priority=2**31),
    good_pod(restartPolicy="Sometimes"),
    good_pod(dnsPolicy="cluster"),
    container(terminationGracePeriodSeconds=30),
    container(readynessProbe={}),
    container(imagePullPolicy="Allways"),
    container(env=[{"name": "PORT", "value": 8080}]),
    container(resources={"limits": {"memory": "512MB"}}),
    container(resources={"limits": {"memory": "1 Gi"}}),
    container(ports={"containerPort": 80}),
    container(ports=[{"containerPort": 80, "protocol": "http"}]),
    container(readinessProbe={"httpGet": {"port": 80, "scheme": "https"}}),
    pod(containers={"name": "a"}),
    pod(containers=None),
    budget(alwaysAllowUnhealthyPodEviction=True),
    budget(unhealthyPodEvictionPolicy="Always"),
    budget(minAvailable=[1]),
    service(trafficDistribution=True),
    service(externalTrafficPolicy="local"),
    service(type="Loadbalancer"),
    {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": 1}},
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"label": {"a": "b"}}},
    {"apiVersion": "v1", "kind": "Secret", "data": {"a": "hunter2!"}},
]


@pytest.mark.parametrize("body", GOOD, ids=str)
def test_what_fits_is_taken(kubernetes_api: ApiServer, body: dict[str, Any]) -> None:
    ours, status, said = verdicts(kubernetes_api, body)
    assert (ours, status) == ([], 201), said


@pytest.mark.parametrize("body", BAD, ids=str)
def test_what_does_not_fit_is_refused(kubernetes_api: ApiServer, body: dict[str, Any]) -> None:
    ours, status, said = verdicts(kubernetes_api, body)
    assert len(ours) == 1, ours
    assert status in {400, 422}, said


@pytest.mark.parametrize(
    "kind",
    [
        *("CronJob", "DaemonSet", "Deployment", "HorizontalPodAutoscaler", "Job", "Pod"),
        *("ReplicaSet", "StatefulSet"),
    ],
)
def test_these_need_their_spec(kubernetes_api: ApiServer, kind: str) -> None:
    """The published schema does not say so, and ours does."""
    version = "/".join(PLACES[kind].split("/")[2:4]).replace("v1/namespaces", "v1")
    body = {"apiVersion": version, "kind": kind}
    schemas = Schemas(minor_of(kubernetes_api.call("GET", "/version")[1]["gitVersion"]))
    assert [(one.kind, one.place) for one in schemas.validate(body)] == [
        (Kind.MISSING_FIELD, "spec")
    ]
    _, status, said = verdicts(kubernetes_api, body)
    assert status == 422
    assert "Required value" in said
