"""Reading a real API server: what is there, what may not be read, and what can go wrong."""

from __future__ import annotations

import json
import socket
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from offcall.core.context import Silent
from offcall.core.errors import AccessDenied, SourceError, UserError
from offcall.kubernetes.reading import live
from offcall.kubernetes.reading.connecting import Answer, connect
from offcall.kubernetes.reading.live import NOT_KEPT, Cluster, NotRead, Resource, read_cluster
from offcall.kubernetes.reading.wanted import WANTED
from offcall.kubernetes.schema.validating import validate
from tests.servers.kubernetes import ApiServer
from tests.servers.kubernetes.certificates import write_certificates

ROLE = Path(__file__).parents[3] / "deploy/kubernetes/reader/role.yaml"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
PODS = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "a", "image": "a"}]},
}
SELECTOR = {"matchLabels": {"app": "web"}}


def read(api: ApiServer, token: str | None = None, **more: Any) -> Cluster:
    """As the owner of the token, the administrator by default."""
    user = {"token": token or api.tokens["admin"]}
    return read_cluster(kubeconfig=api.kubeconfig("test", user), progress=Silent(), **more)


def in_namespace(cluster: Cluster, namespace: str) -> dict[str, dict[str, Any]]:
    """ "Deployment/web" → the object."""
    return {
        f"{one['kind']}/{one['metadata']['name']}": one
        for one in cluster.objects
        if one["metadata"].get("namespace") == namespace
    }


@pytest.fixture(scope="module")
def filled(kubernetes_api: ApiServer) -> str:
    """A namespace with a workload and what belongs to it."""
    api, name = kubernetes_api, kubernetes_api.namespace()
    core, spec = f"/api/v1/namespaces/{name}", {"selector": SELECTOR, "template": PODS}
    copy = {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}}
    for path, body in {
        f"/apis/apps/v1/namespaces/{name}/deployments": {"spec": {"replicas": 3, **spec}},
        f"/apis/apps/v1/namespaces/{name}/statefulsets": {"spec": {"serviceName": "web", **spec}},
        f"{core}/services": {"spec": {"ports": [{"port": 80}], "selector": {"app": "web"}}},
        f"{core}/pods": {"spec": PODS["spec"]},
        f"{core}/configmaps": {"data": {"PASSWORD": "hunter2"}, "binaryData": {"key": "aGk="}},
        f"{core}/secrets": {"stringData": {"token": "hunter3"}},
        f"/apis/policy/v1/namespaces/{name}/poddisruptionbudgets": {
            "spec": {"minAvailable": "50%", "selector": SELECTOR}
        },
        f"/apis/autoscaling/v2/namespaces/{name}/horizontalpodautoscalers": {
            "spec": {
                "maxReplicas": 9,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            }
        },
    }.items():
        api.create(path, {"metadata": {"name": "web", **copy}, **body})
    return name


def test_what_is_read_is_what_is_there(kubernetes_api: ApiServer, filled: str) -> None:
    cluster = read(kubernetes_api)
    assert cluster.not_read == []
    assert (cluster.context, cluster.server) == ("test", kubernetes_api.url)
    assert cluster.version == kubernetes_api.call("GET", "/version")[1]["gitVersion"]
    found = in_namespace(cluster, filled)
    assert found.keys() == {
        *("Deployment/web", "StatefulSet/web", "Service/web", "Pod/web", "ConfigMap/web"),
        *("PodDisruptionBudget/web", "HorizontalPodAutoscaler/web"),
    }
    for path, kind in (
        ("/apis/apps/v1/namespaces/{}/deployments/web", "Deployment"),
        ("/api/v1/namespaces/{}/services/web", "Service"),
        (
            "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers/web",
            "HorizontalPodAutoscaler",
        ),
    ):
        _, there = kubernetes_api.call("GET", path.format(filled))
        del there["metadata"]["managedFields"], there["metadata"]["annotations"]
        assert found[f"{kind}/web"] == there


def test_values_of_configuration_and_secrets_are_not_kept(
    kubernetes_api: ApiServer, filled: str
) -> None:
    cluster = read(kubernetes_api)
    config = in_namespace(cluster, filled)["ConfigMap/web"]
    assert config["data"] == {"PASSWORD": NOT_KEPT}
    assert config["binaryData"] == {"key": NOT_KEPT}
    text = json.dumps(cluster.objects)
    assert "hunter" not in text
    assert "managedFields" not in text
    assert "last-applied-configuration" not in text
    assert "Secret" not in {one["kind"] for one in cluster.objects}


def test_long_lists_come_in_pages(
    kubernetes_api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = kubernetes_api.namespace()
    for number in range(7):
        path = f"/api/v1/namespaces/{name}/configmaps"
        kubernetes_api.create(path, {"metadata": {"name": f"c{number}"}})
    monkeypatch.setattr(live, "PAGE", 2)
    found = in_namespace(read(kubernetes_api, namespaces=[name]), name)
    assert sorted(found) == [f"ConfigMap/c{number}" for number in range(7)]
    lists = [
        one for one in kubernetes_api.calls("admin") if f"{name}/configmaps?" in one["requestURI"]
    ]
    assert len(lists) == 4


def test_some_namespaces_only(kubernetes_api: ApiServer, filled: str) -> None:
    other = kubernetes_api.namespace()
    cluster = read(kubernetes_api, namespaces=[filled, other])
    assert {one["metadata"].get("namespace") for one in cluster.objects} <= {filled, None}
    assert "Namespace" in {one["kind"] for one in cluster.objects}


def test_custom_resources_are_read_where_they_are_installed(kubernetes_api: ApiServer) -> None:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    names = {"kind": "NodePool", "plural": "nodepools", "singular": "nodepool"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    spec = {"group": "karpenter.sh", "scope": "Cluster", "names": names, "versions": [version]}
    kubernetes_api.create(
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        {"metadata": {"name": "nodepools.karpenter.sh"}, "spec": spec},
    )
    pool = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "spot"}}
    path = "/apis/karpenter.sh/v1/nodepools"
    _until(lambda: kubernetes_api.call("POST", path, pool)[0] == 201)
    _until(lambda: "karpenter.sh" in json.dumps(kubernetes_api.call("GET", "/apis")[1]))
    found = read(kubernetes_api).objects
    assert [one["metadata"]["name"] for one in found if one["kind"] == "NodePool"] == ["spot"]
    assert "nodepools.karpenter.sh" in [
        one["metadata"]["name"] for one in found if one["kind"] == "CustomResourceDefinition"
    ]


# The ClusterRole


def role(*, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The role of deploy/, perhaps without some resources, such as "pods" or "jobs.batch"."""
    body, _ = yaml.safe_load_all(ROLE.read_text())
    for rule in body["rules"]:
        (group,) = rule["apiGroups"]
        rule["resources"] = [one for one in rule["resources"] if _title(one, group) not in without]
    body["rules"] = [rule for rule in body["rules"] if rule["resources"]]
    return dict(body)


def _title(resource: str, group: str) -> str:
    return f"{resource}.{group}" if group else resource


@pytest.fixture
def reader(kubernetes_api: ApiServer) -> Iterator[ApiServer]:
    """The server with the role of deploy/, which the token `reader` has by its group."""
    _, binding = yaml.safe_load_all(ROLE.read_text())
    kubernetes_api.apply(f"{RBAC}/clusterroles", role())
    kubernetes_api.apply(f"{RBAC}/clusterrolebindings", binding)
    _until(lambda: _may_list(kubernetes_api, "pods"))
    yield kubernetes_api
    kubernetes_api.call("DELETE", f"{RBAC}/clusterrolebindings/offcall-reader")
    _until(lambda: not _may_list(kubernetes_api, "pods"))


def _may_list(api: ApiServer, resource: str, group: str = "") -> bool:
    body = {"spec": {"resourceAttributes": {"verb": "list", "resource": resource, "group": group}}}
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    _, answer = api.call("POST", path, body, token=api.tokens["reader"])
    return bool(answer["status"]["allowed"])


def _until(is_so: Any) -> None:
    """The server's caches follow within moments; each question is a request to it."""
    for _ in range(2000):
        if is_so():
            return
    raise AssertionError("the server did not get there")


def served(api: ApiServer) -> set[str]:
    """Those of the wanted resources that the server has."""
    with_admin = connect(kubeconfig=api.kubeconfig("a", {"token": api.tokens["admin"]}))
    return {one.title for one in live._resources(with_admin, [])}


def test_the_role_allows_exactly_what_is_wanted() -> None:
    rules = role()["rules"]
    assert {rule["apiGroups"][0]: tuple(rule["resources"]) for rule in rules} == WANTED
    assert {tuple(rule["verbs"]) for rule in rules} == {("list",)}
    assert not any("secrets" in rule["resources"] for rule in rules)
    for body in yaml.safe_load_all(ROLE.read_text()):
        assert validate(body, "1.36") == []


def test_with_the_role_everything_is_read_by_exactly_the_calls_that_it_allows(
    reader: ApiServer, filled: str
) -> None:
    before = len(reader.calls("reader"))
    cluster = read(reader, reader.tokens["reader"])
    assert cluster.not_read == []
    assert len(in_namespace(cluster, filled)) == 7
    calls = reader.calls("reader")[before:]
    assert {one["responseStatus"]["code"] for one in calls} == {200}
    listed = {
        _title(one["objectRef"]["resource"], one["objectRef"].get("apiGroup", ""))
        for one in calls
        if "objectRef" in one
    }
    assert listed == served(reader)
    assert {one["verb"] for one in calls if "objectRef" in one} == {"list"}
    others = {(one["verb"], one["requestURI"]) for one in calls if "objectRef" not in one}
    assert others == {("get", "/version"), ("get", "/api"), ("get", "/apis")}


@pytest.mark.parametrize("half", [0, 1])
def test_each_right_that_is_missing_is_noted_and_stops_nothing(
    reader: ApiServer, filled: str, half: int
) -> None:
    known = sorted(served(reader))
    without = frozenset(known[half::2])
    reader.apply(f"{RBAC}/clusterroles", role(without=without))
    for one in known:
        resource, _, group = one.partition(".")
        _until(lambda r=resource, g=group, w=one in without: _may_list(reader, r, g) is not w)
    cluster = read(reader, reader.tokens["reader"])
    assert {one.what for one in cluster.not_read} == without
    for one in cluster.not_read:
        resource = one.what.partition(".")[0]
        assert one.reason.startswith(
            f'forbidden: {one.what} is forbidden: User "reader" cannot list'
        )
        assert f'resource "{resource}"' in one.reason
    kinds = {one["kind"] for one in cluster.objects}
    assert ("Deployment" in kinds) is ("deployments.apps" not in without)
    assert ("Pod" in kinds) is ("pods" not in without)


def test_without_any_right_everything_is_noted(kubernetes_api: ApiServer) -> None:
    cluster = read(kubernetes_api, kubernetes_api.tokens["nobody"])
    assert cluster.objects == []
    assert {one.what for one in cluster.not_read} == served(kubernetes_api)
    assert cluster.version.startswith("v1.")


def test_a_namespace_of_ones_own_is_enough(kubernetes_api: ApiServer, filled: str) -> None:
    token = kubernetes_api.account(filled, "viewer")
    rule = {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["list"]}
    root = f"{RBAC}/namespaces/{filled}"
    kubernetes_api.create(f"{root}/roles", {"metadata": {"name": "v"}, "rules": [rule]})
    binding = {
        "metadata": {"name": "v"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "v"},
        "subjects": [{"kind": "ServiceAccount", "name": "viewer", "namespace": filled}],
    }
    kubernetes_api.create(f"{root}/rolebindings", binding)
    path = f"/apis/apps/v1/namespaces/{filled}/deployments"
    _until(lambda: kubernetes_api.call("GET", path, token=token)[0] == 200)
    cluster = read(kubernetes_api, token, namespaces=[filled])
    assert [one["kind"] for one in cluster.objects] == ["Deployment"]
    assert f"pods in {filled}" in {one.what for one in cluster.not_read}


# How one logs in


def test_a_program_gives_the_token(kubernetes_api: ApiServer, tmp_path: Path) -> None:
    """As `aws eks get-token` does it."""
    status = {"token": kubernetes_api.tokens["admin"]}
    version = "client.authentication.k8s.io/v1"
    said = {"apiVersion": version, "kind": "ExecCredential", "status": status}
    program = tmp_path / "token.py"
    program.write_text(f"print({json.dumps(json.dumps(said))})")
    user = {"exec": _exec(version, program)}
    kubeconfig = kubernetes_api.kubeconfig("eks", user)
    before = kubeconfig.read_bytes()
    assert read_cluster(kubeconfig=kubeconfig, progress=Silent()).not_read == []
    assert kubeconfig.read_bytes() == before


def _exec(version: str, program: Path) -> dict[str, Any]:
    return {
        "apiVersion": version,
        "command": sys.executable,
        "args": [str(program)],
        "interactiveMode": "Never",
    }


def test_a_program_that_fails_is_named_and_nobody_goes_on_without_it(
    kubernetes_api: ApiServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "token.py"
    program.write_text("raise SystemExit('the session has expired')")
    user = {"exec": _exec("client.authentication.k8s.io/v1", program)}
    with pytest.raises(SourceError, match=r"context 'eks'.*the session has expired"):
        connect(kubeconfig=kubernetes_api.kubeconfig("eks", user))
    assert capfd.readouterr() == ("", "")


def test_in_a_pod_its_account_is_used(
    kubernetes_api: ApiServer, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kubernetes.config import incluster_config

    token = tmp_path / "token"
    token.write_text(kubernetes_api.account(filled, "pod"))
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(token))
    certificate = str(kubernetes_api.folder / "ca.crt")
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", certificate)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(kubernetes_api.port))
    cluster = read_cluster(progress=Silent())
    assert cluster.context == "in-cluster"
    account = f'"system:serviceaccount:{filled}:pod"'
    assert all(account in one.reason for one in cluster.not_read)


def test_a_token_that_the_server_does_not_know(kubernetes_api: ApiServer) -> None:
    with pytest.raises(AccessDenied, match="does not accept the credentials of context 'test'"):
        read(kubernetes_api, "forged")


def test_a_certificate_that_is_not_trusted(kubernetes_api: ApiServer, tmp_path: Path) -> None:
    write_certificates(tmp_path)
    user = {"token": kubernetes_api.tokens["admin"]}
    other = {"certificate-authority": str(tmp_path / "ca.crt")}
    kubeconfig = kubernetes_api.kubeconfig("a", user, **other)
    with pytest.raises(SourceError, match=r"certificate of https://127\S+ is not one") as refused:
        read_cluster(kubeconfig=kubeconfig, progress=Silent())
    assert refused.value.hint is not None


def test_a_certificate_of_another_name(kubernetes_api: ApiServer) -> None:
    user = {"token": kubernetes_api.tokens["admin"]}
    kubeconfig = kubernetes_api.kubeconfig("a", user, **{"tls-server-name": "other.example"})
    with pytest.raises(SourceError, match=r"is not one.*'other\.example'"):
        read_cluster(kubeconfig=kubeconfig, progress=Silent())


def test_an_unchecked_certificate_is_said(kubernetes_api: ApiServer) -> None:
    said: list[str] = []

    class Noting(Silent):
        def note(self, text: str) -> None:
            said.append(text)

    user = {"token": kubernetes_api.tokens["nobody"]}
    unchecked = {"insecure-skip-tls-verify": True, "certificate-authority": None}
    kubeconfig = kubernetes_api.kubeconfig("a", user, **unchecked)
    read_cluster(kubeconfig=kubeconfig, progress=Noting())
    assert len(said) == 1
    assert "is not checked" in said[0]


def test_nobody_listens(kubernetes_api: ApiServer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server = f"https://127.0.0.1:{probe.getsockname()[1]}"
        kubeconfig = kubernetes_api.kubeconfig("a", {"token": "t"}, server=server)
        with pytest.raises(SourceError, match=rf"cannot reach {server}.*refused"):
            read_cluster(kubeconfig=kubeconfig, progress=Silent())


def test_an_answer_that_does_not_come(kubernetes_api: ApiServer) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        server = f"http://127.0.0.1:{silent.getsockname()[1]}"
        kubeconfig = kubernetes_api.kubeconfig("a", {"token": "t"}, server=server)
        with pytest.raises(SourceError, match="timed out"):
            read_cluster(kubeconfig=kubeconfig, timeout_seconds=0.05, progress=Silent())


def kubeconfig_of(folder: Path, text: str) -> Path:
    path = folder / f"config-{uuid.uuid4().hex}"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot use this kubeconfig"),
        ("a: [", "cannot use this kubeconfig"),
        ("kind: Config", "cannot use this kubeconfig"),
        ("[1]", "cannot use this kubeconfig"),
        (
            "{contexts: [{name: a, context: {cluster: b, user: c}}], clusters: [], users: [], "
            "current-context: a}",
            "cannot use this kubeconfig",
        ),
    ],
)
def test_a_kubeconfig_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    path = kubeconfig_of(tmp_path, text)
    with pytest.raises(UserError, match=said) as refused:
        connect(kubeconfig=path)
    assert refused.value.file == str(path)


def test_a_context_that_is_not_there(kubernetes_api: ApiServer) -> None:
    path = kubernetes_api.kubeconfig("production", {})
    with pytest.raises(UserError) as refused:
        connect("prodution", path)
    assert (refused.value.value, refused.value.hint) == ("prodution", "did you mean 'production'?")


def test_no_kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(UserError, match="there is no kubeconfig"):
        connect()


def test_several_files_are_one_kubeconfig(
    kubernetes_api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [kubernetes_api.kubeconfig(name, {"token": "t"}) for name in ("one", "two")]
    monkeypatch.setenv("KUBECONFIG", ":".join(str(one) for one in files))
    assert connect().context == "one"
    assert connect("two").context == "two"


# What servers may answer


def test_the_discovery_of_older_servers_finds_the_same(kubernetes_api: ApiServer) -> None:
    user = {"token": kubernetes_api.tokens["admin"]}
    api = connect(kubeconfig=kubernetes_api.kubeconfig("a", user))

    class Older:
        """The real server, asked as those before 1.26 can answer."""

        server = api.server

        def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str) -> Answer:
            return api.get(path, query, accept=live.JSON)

    older: Any = Older()
    not_read: list[NotRead] = []
    assert set(live._resources(older, not_read)) == set(live._resources(api, not_read))
    assert not_read == []


def test_an_api_whose_server_is_away_is_noted(kubernetes_api: ApiServer) -> None:
    """As the metrics server is, now and then."""
    path = "/apis/apiregistration.k8s.io/v1/apiservices"
    service = {"name": "metrics-server", "namespace": "kube-system"}
    spec = {"group": "metrics.k8s.io", "version": "v1beta1", "service": service}
    more = {"insecureSkipTLSVerify": True, "groupPriorityMinimum": 100, "versionPriority": 100}
    kubernetes_api.create(
        path, {"metadata": {"name": "v1beta1.metrics.k8s.io"}, "spec": {**spec, **more}}
    )
    try:
        wanted = NotRead("metrics.k8s.io", "the server behind this API does not answer")
        _until(lambda: wanted in read(kubernetes_api, kubernetes_api.tokens["nobody"]).not_read)
    finally:
        kubernetes_api.call("DELETE", f"{path}/v1beta1.metrics.k8s.io")


class Scripted:
    """A fake in place of `Api`: gives these answers, which a real server gives only in a while."""

    context, server = "fake", "https://fake"

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, str]] = []

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str) -> Answer:
        self.asked.append(dict(query or {}))
        return self.answers.pop(0)


def page(*names: str, token: str | None = None) -> Answer:
    items = [{"metadata": {"name": name}} for name in names]
    return Answer(200, {"items": items, "metadata": {"continue": token}}, "OK")


LIST = Resource("apps", "v1", "deployments", "Deployment", namespaced=True)


def test_a_list_that_expires_between_two_pages_is_read_once_more() -> None:
    expired = Answer(410, {"message": "too old"}, "too old")
    fake = Scripted(page("a", token="t"), expired, page("a", "b"))
    api: Any = fake
    got = live._listed(api, LIST, None)
    assert isinstance(got, list)
    assert [one["metadata"]["name"] for one in got] == ["a", "b"]
    assert fake.asked == [{"limit": "500"}, {"limit": "500", "continue": "t"}, {}]


def test_an_answer_without_items_is_an_empty_list() -> None:
    api: Any = Scripted(Answer(200, {"items": None}, "OK"))
    assert live._listed(api, LIST, None) == []


def test_a_failure_in_the_middle_is_noted() -> None:
    api: Any = Scripted(page("a", token="t"), Answer(500, {}, "etcd has no leader"))
    assert live._listed(api, LIST, "shop") == NotRead(
        "deployments.apps in shop", "answer 500: etcd has no leader"
    )


def test_what_is_no_api_server_is_said() -> None:
    api: Any = Scripted(Answer(404, None, "Not Found"))
    with pytest.raises(SourceError, match="https://fake/version answers 404: Not Found"):
        live._asked(api, "/version", live.JSON)
