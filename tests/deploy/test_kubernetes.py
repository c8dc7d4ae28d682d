"""The Kubernetes manifests: valid by the schemas of Kubernetes, and as a linter would have them.

What `kubectl apply -k` would send is looked at where kubectl is; the base's files are always.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from offcall.core.estate import Estate
from scripts.docsgen.console import parse
from tests.deploy.running import captured
from tests.deploy.test_container import FILE as CONTAINERFILE

FOLDER = Path(__file__).parents[2] / "deploy/kubernetes"
VERSIONS = ["1.33", "1.35", "1.37"]
PROBES = ("startup", "liveness", "readiness")

Objects = list[dict[str, Any]]


def built(name: str) -> Objects:
    """What kustomize makes of a folder."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("this machine has no kubectl")
    done = captured(kubectl, "kustomize", FOLDER / name)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def plain() -> Objects:
    """The base's files as they are."""
    base = yaml.safe_load((FOLDER / "base/kustomization.yaml").read_text())
    return [
        one
        for name in base["resources"]
        for one in yaml.safe_load_all((FOLDER / "base" / name).read_text())
    ]


@pytest.fixture(params=["plain", "base", "postgres"])
def objects(request: pytest.FixtureRequest) -> Objects:
    return plain() if request.param == "plain" else built(request.param)


def one(objects: Objects, kind: str) -> dict[str, Any]:
    (found,) = [one for one in objects if one["kind"] == kind]
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_each_object_is_valid(objects: Objects, version: str) -> None:
    assert len(objects) >= 4
    for each in objects:
        kubernetes_validate.validate(each, version, strict=True)


def test_a_wrong_field_would_be_found() -> None:
    wrong = one(plain(), "Deployment")
    wrong["spec"]["template"]["spec"]["containers"][0]["readOnly"] = True
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_the_pod_has_no_rights(objects: Objects) -> None:
    pod = one(objects, "Deployment")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    user = f"USER {pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"
    assert user in CONTAINERFILE.read_text()


def test_it_is_bounded_and_probed(objects: Objects) -> None:
    (container,) = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"]
    for kind in ("requests", "limits"):
        assert container["resources"][kind].keys() == {"cpu", "memory", "ephemeral-storage"}
    started, alive, ready = (container[f"{kind}Probe"]["exec"]["command"][-1] for kind in PROBES)
    assert started == alive != ready
    # The container file's own check, so that there is one truth.
    assert alive in CONTAINERFILE.read_text().replace('\\"', '"')
    tag = container["image"].rpartition(":")[2]
    assert tag not in ("", "latest")


def test_what_it_names_is_there(objects: Objects) -> None:
    deployment = one(objects, "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert pod["serviceAccountName"] == one(objects, "ServiceAccount")["metadata"]["name"]
    selectors = [
        deployment["spec"]["selector"],
        one(objects, "NetworkPolicy")["spec"]["podSelector"],
    ]
    selectors += [each["spec"]["selector"] for each in objects if "Budget" in each["kind"]]
    for selector in selectors:
        assert selector["matchLabels"].items() <= labels.items()
    claims = [one["metadata"]["name"] for one in objects if one["kind"] == "PersistentVolumeClaim"]
    used = [
        volume["persistentVolumeClaim"]["claimName"]
        for volume in pod["volumes"]
        if "persistentVolumeClaim" in volume
    ]
    assert used == claims
    mounted = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}


def test_its_command_exists(objects: Objects) -> None:
    (container,) = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"]
    assert parse(" ".join(["offcall", *container["args"]])).command_path == "offcall worker"


def test_one_worker_on_a_volume_never_runs_twice() -> None:
    spec = one(plain(), "Deployment")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert not [one for one in plain() if one["kind"] == "PodDisruptionBudget"]


def test_several_workers_share_postgresql_and_let_nodes_drain() -> None:
    objects = built("postgres")
    spec = one(objects, "Deployment")["spec"]
    assert spec["replicas"] == 2
    assert spec["strategy"]["type"] == "RollingUpdate"
    assert "podAntiAffinity" in spec["template"]["spec"]["affinity"]
    (container,) = spec["template"]["spec"]["containers"]
    (history,) = [each for each in container["env"] if each["name"] == "OFFCALL_HISTORY"]
    assert history["valueFrom"] == {"secretKeyRef": {"name": "offcall-history", "key": "url"}}
    assert one(objects, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    (rule,) = one(objects, "NetworkPolicy")["spec"]["egress"]
    assert 5432 in [port["port"] for port in rule["ports"]]


def test_the_estate_can_be_used() -> None:
    estate = Estate.load(FOLDER / "base/offcall.yaml")
    estate.check()
