"""Builds the programs of a Kubernetes cluster out of their Go modules, once for each version.

python -m tests.servers.kubernetes

It takes minutes, and then nothing until go.mod changes. Without Go of the version that go.mod names
it does nothing and says so, and the tests that need a server are skipped.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

__all__ = ["PROGRAMS", "STAGES", "folder", "main", "missing"]

HERE = Path(__file__).parent
PROGRAMS = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    "kwok": "sigs.k8s.io/kwok/cmd/kwok",
}
STAGES = "stages.yaml"


def folder() -> Path:
    """Where the programs of these versions are, or will be."""
    modules = (HERE / "go.mod").read_bytes() + (HERE / "go.sum").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "offcall-tests" / f"kubernetes-{hashlib.sha256(modules).hexdigest()[:12]}"


def missing() -> list[str]:
    """The programs that are not built."""
    return [name for name in PROGRAMS if not (folder() / name).is_file()]


def version() -> str:
    """ "1.36.3": which Kubernetes it is."""
    named = re.search(r"k8s\.io/kubernetes v(\S+)", (HERE / "go.mod").read_text())
    assert named is not None
    return named[1]


def has_go() -> bool:
    """Whether there is a Go that can build them."""
    if shutil.which("go") is None:
        return False
    # What does not fetch another Go by itself says here that it is too old.
    done = subprocess.run(["go", "list", "-m"], cwd=HERE, capture_output=True, check=False)
    return done.returncode == 0


def build(name: str, package: str) -> None:
    """One program, at the lowest priority: others work on this machine."""
    major, minor, _ = version().split(".")
    stamp = "k8s.io/component-base/version"
    flags = f"-s -w -X {stamp}.gitVersion=v{version()} "
    flags += f"-X {stamp}.gitMajor={major} -X {stamp}.gitMinor={minor}"
    folder().mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole, for somebody else may look.
    unfinished = folder() / f"{name}.{os.getpid()}"
    subprocess.run(
        [
            "nice",
            "-n",
            "19",
            "go",
            "build",
            "-trimpath",
            "-ldflags",
            flags,
            "-o",
            unfinished,
            package,
        ],
        cwd=HERE,
        env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false -mod=readonly"},
        check=True,
    )
    if name == "kwok":
        _write_stages()
    unfinished.rename(folder() / name)


def _write_stages() -> None:
    """What KWOK's nodes and pods do, which it reads from a file: its own usual set, as one."""
    asked = ["go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"]
    module = subprocess.run(asked, cwd=HERE, capture_output=True, text=True, check=True)
    root = Path(module.stdout.strip(), "kustomize/stage")
    texts = [
        file.read_text()
        for name in ("node/fast", "node/heartbeat-with-lease", "pod/fast")
        for file in sorted((root / name).glob("*.yaml"))
        if file.name != "kustomization.yaml"
    ]
    (folder() / STAGES).write_text("---\n".join(texts))


def main() -> None:
    """Build what is missing."""
    names = missing()
    if names and not has_go():
        needed = (HERE / "go.mod").read_text().split("\ngo ")[1].split()[0]
        print(f"no Go {needed} here: tests on a real Kubernetes API server are skipped")
        return
    for name in names:
        print(f"building {name} (minutes, once for this version)", flush=True)
        build(name, PROGRAMS[name])
