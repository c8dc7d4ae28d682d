"""The cluster of the tests behaves as one: pods are made, placed, started, and kept by budgets."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.servers.kubernetes import ApiServer, start
from tests.servers.kubernetes.workloads import add_node, start_workloads

LABELS = {"app": "web"}
SPREAD = {
    "maxSkew": 1,
    "topologyKey": "topology.kubernetes.io/zone",
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {"matchLabels": LABELS},
}


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """Three zones with a node each."""
    servers = start(tmp_path_factory.mktemp("cluster"))
    api = next(servers)
    try:
        with start_workloads(api):
            for zone in "abc":
                add_node(api, f"node-{zone}", zone=zone)
            yield api
    finally:
        servers.close()  # type: ignore[attr-defined]


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _pods(api: ApiServer, namespace: str) -> list[dict[str, Any]]:
    return list(api.call("GET", f"/api/v1/namespaces/{namespace}/pods")[1]["items"])


def test_workloads_run_and_a_budget_stops_an_eviction(cluster: ApiServer) -> None:
    name = cluster.namespace()
    spec = {"topologySpreadConstraints": [SPREAD], "containers": [{"name": "a", "image": "a"}]}
    template = {"metadata": {"labels": LABELS}, "spec": spec}
    apps, policy = f"/apis/apps/v1/namespaces/{name}", f"/apis/policy/v1/namespaces/{name}"
    selector = {"matchLabels": LABELS}
    cluster.create(
        f"{apps}/deployments",
        {
            "metadata": {"name": "web"},
            "spec": {"replicas": 6, "selector": selector, "template": template},
        },
    )
    cluster.create(
        f"{policy}/poddisruptionbudgets",
        {"metadata": {"name": "web"}, "spec": {"minAvailable": 6, "selector": selector}},
    )
    budget = f"{policy}/poddisruptionbudgets/web"
    _until(lambda: cluster.call("GET", budget)[1]["status"].get("currentHealthy") == 6)
    pods = _pods(cluster, name)
    assert Counter(one["spec"]["nodeName"] for one in pods) == dict.fromkeys(
        ("node-a", "node-b", "node-c"), 2
    )
    victim = pods[0]["metadata"]["name"]
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": victim}}
    path = f"/api/v1/namespaces/{name}/pods/{victim}/eviction"
    assert cluster.call("POST", path, eviction)[0] == 429
    status, old = cluster.call("GET", budget)
    assert status == 200
    old["spec"]["minAvailable"] = 5
    assert cluster.call("PUT", budget, old)[0] == 200
    _until(lambda: cluster.call("GET", budget)[1]["status"]["disruptionsAllowed"] == 1)
    assert cluster.call("POST", path, eviction)[0] == 201
    _until(lambda: victim not in {one["metadata"]["name"] for one in _pods(cluster, name)})
    _until(lambda: cluster.call("GET", budget)[1]["status"]["currentHealthy"] == 6)
