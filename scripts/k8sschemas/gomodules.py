"""What Kubernetes' and its neighbours' own Go modules say and the published OpenAPI does not.

- which values a field may have: `Enum` in k8s.io/kubernetes' generated definitions, which the API
  server publishes and the file in the repository leaves out;
- since when an API version is deprecated, when it goes, and what replaces it: the
  prerelease-lifecycle functions;
- the CustomResourceDefinitions of projects that most clusters have.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["KUBERNETES", "custom_resources", "enums", "lifecycles"]

KUBERNETES = "1.37.2"
"""Of this version are the values of fields and the end of API versions."""

_CUSTOM = {
    "github.com/aws/karpenter-provider-aws@v1.15.1": [
        "pkg/apis/crds/karpenter.k8s.aws_ec2nodeclasses.yaml",
        "pkg/apis/crds/karpenter.sh_nodepools.yaml",
    ],
    "github.com/kedacore/keda/v2@v2.21.0": [
        "config/crd/bases/keda.sh_scaledobjects.yaml",
        "config/crd/bases/keda.sh_triggerauthentications.yaml",
    ],
    "k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1": ["deploy/vpa-v1-crd-gen.yaml"],
    "github.com/argoproj/argo-rollouts@v1.10.2": ["manifests/crds/rollout-crd.yaml"],
    "istio.io/api@v1.31.4": ["kubernetes/customresourcedefinitions.gen.yaml"],
}
_ISTIO = {"DestinationRule", "Gateway", "PeerAuthentication", "VirtualService"}


@cache
def _folder(module: str) -> Path:
    """The module's files. Nothing is built, so what Go version it asks for does not matter."""
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            ["go", "mod", "download", "-json", module],
            cwd=empty,
            capture_output=True,
            text=True,
            check=False,
        )
    said = json.loads(done.stdout or "{}")
    if "Dir" in said:
        return Path(said["Dir"])
    # Fetched all the same, when only the version of Go is too old.
    path, version = module.split("@")
    cached = subprocess.run(
        ["go", "env", "GOMODCACHE"], capture_output=True, text=True, check=True
    ).stdout.strip()
    folder = Path(cached, f"{path}@{version}")
    if not folder.is_dir():
        raise SystemExit(f"{module}: {said.get('Error') or done.stderr}")
    return folder


def enums() -> dict[tuple[str, str], list[str]]:
    """("core_v1_PodSpec", "restartPolicy") → the values that it may have."""
    module = _folder(f"k8s.io/kubernetes@v{KUBERNETES}")
    found: dict[tuple[str, str], list[str]] = {}
    definition = prop = ""
    for line in (module / "pkg/generated/openapi/zz_generated.openapi.go").open():
        if named := re.match(r"func schema_(?:k8sio_api|pkg_apis|kube_aggregator)_(\w+)\(", line):
            definition = named[1].removeprefix("pkg_apis_")
        elif line.startswith("func "):
            definition = ""
        # A field stands five tabs deep; what is deeper is a field's item.
        elif named := re.match(r'\t{5}"(\w+)": \{', line):
            prop = named[1]
        elif definition and (named := re.match(r"\t+Enum:\s+\[\]interface{}\{(.*)\},", line)):
            found[definition, prop] = re.findall(r'"([^"]*)"', named[1])
    return found


def lifecycles() -> Iterator[tuple[str, int | None, int | None, str | None]]:
    """("policy/v1beta1 PodDisruptionBudget", 21, 25, "policy/v1 PodDisruptionBudget"), …

    The minor versions that deprecate and remove it, and what replaces it.
    """
    minor = KUBERNETES.removeprefix("1.")
    for module in ("api", "apiextensions-apiserver", "kube-aggregator"):
        root = _folder(f"k8s.io/{module}@v0.{minor}")
        for file in sorted(root.rglob("zz_generated.prerelease-lifecycle.go")):
            registered = (file.parent / "register.go").read_text()
            group = re.search(r'GroupName = "([^"]*)"', registered)
            assert group is not None, file
            version = f"{group[1]}/{file.parent.name}"
            yield from _lifecycles_of(file.read_text(), version)


def _lifecycles_of(
    text: str, version: str
) -> Iterator[tuple[str, int | None, int | None, str | None]]:
    def minors(what: str) -> dict[str, int]:
        pattern = rf"\(in \*(\w+)\) APILifecycle{what}\(\).*\n\treturn 1, (\d+)"
        return {kind: int(number) for kind, number in re.findall(pattern, text)}

    replaced = {
        kind: f"{group}/{v} {other}"
        for kind, group, v, other in re.findall(
            r"\(in \*(\w+)\) APILifecycleReplacement\(\).*\n.*"
            r'Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"',
            text,
        )
    }
    deprecated, removed = minors("Deprecated"), minors("Removed")
    for kind in sorted({*deprecated, *removed}):
        if not kind.endswith("List"):
            name = f"{version} {kind}"
            yield name, deprecated.get(kind), removed.get(kind), replaced.get(kind)


def custom_resources() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """("karpenter.sh/v1 NodePool", "karpenter-provider-aws v1.15.1", its schema), …"""
    import yaml

    for module, files in _CUSTOM.items():
        path, _, version = module.partition("@")
        name = re.sub(r"/v\d+$", "", path)
        for file in files:
            text = (_folder(module) / file).read_text()
            for crd in yaml.load_all(text, Loader=yaml.CSafeLoader):
                spec = (crd or {}).get("spec", {})
                kind = spec.get("names", {}).get("kind")
                if kind is None or (path.startswith("istio.io") and kind not in _ISTIO):
                    continue
                for one in spec["versions"]:
                    if one["served"]:
                        key = f"{spec['group']}/{one['name']} {kind}"
                        yield key, f"{name} {version}", one["schema"]["openAPIV3Schema"]
