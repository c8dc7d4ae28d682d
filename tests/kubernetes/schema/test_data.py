"""The shipped files are what their sources say."""

from __future__ import annotations

import subprocess
import sys

from offcall.kubernetes.schema.lifecycle import ends
from offcall.kubernetes.schema.published import DATA, published
from scripts.k8sschemas.published import definitions, versions


def test_the_definitions_are_those_of_the_installed_source() -> None:
    """`make schemas` writes them anew after kubernetes-validate has a new version."""
    ours = published()
    first, last = versions()[0], versions()[-1]
    assert ours.versions == (first, last)
    for name, one in definitions().items():
        for minor in (first, last):
            fields = {prop: required for (prop, _, required), v in one.fields.items() if minor in v}
            object_ = ours.object(name, minor)
            assert set(object_.fields) == set(fields), (name, minor)
            assert set(object_.required) == {prop for prop, needed in fields.items() if needed}
        for prop in {prop for prop, _, _ in one.fields}:
            having = [v for (p, _, _), vs in one.fields.items() if p == prop for v in vs]
            assert ours.versions_of(name, prop) == (min(having), max(having))
        for kind, served in one.kinds.items():
            assert ours.served[kind] == (name, (served[0], served[-1]))


def test_the_ends_agree_with_what_is_served() -> None:
    """What the code of Kubernetes says is removed is not in its published API any more."""
    late = {
        f"{name}: served until 1.{published().served[name][1][1]}, removed with 1.{end.removed}"
        for name, end in ends().items()
        if name in published().served
        and end.removed is not None
        # Alpha APIs are off unless somebody turns them on, and go without notice.
        and "alpha" not in name
        and end.removed <= published().versions[1]
        and published().served[name][1][1] != end.removed - 1
    }
    assert late == set()


def test_known_ends() -> None:
    """From the deprecation guide."""
    known = {
        "extensions/v1beta1 Deployment": 16,
        "networking.k8s.io/v1beta1 Ingress": 22,
        "batch/v1beta1 CronJob": 25,
        "policy/v1beta1 PodDisruptionBudget": 25,
        "policy/v1beta1 PodSecurityPolicy": 25,
        "autoscaling/v2beta2 HorizontalPodAutoscaler": 26,
        "flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema": 26,
        "storage.k8s.io/v1beta1 CSIStorageCapacity": 27,
        "flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema": 29,
        "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema": 32,
    }
    assert {name: ends()[name].removed for name in known} == known


def test_the_data_ships_with_its_notice() -> None:
    assert {one.name for one in DATA.iterdir()} == {
        *("NOTICE", "custom.jsonl", "definitions.txt", "lifecycle.txt")
    }


def test_nothing_heavy_is_imported() -> None:
    """A manifest without a fault costs no search for near names, and no YAML."""
    code = (
        "import sys; from offcall.kubernetes.schema.validating import validate;"
        "validate({'apiVersion': 'v1', 'kind': 'Pod', 'spec': {'containers': []}}, '1.36');"
        "print(*({'rapidfuzz', 'yaml', 'ruamel', 'pydantic'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
