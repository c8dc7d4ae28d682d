"""A real Kubernetes API server with RBAC, on this machine: started once for each pytest worker.

Nothing runs the workloads on it: no controllers, no scheduler; see `workloads`.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.servers.kubernetes.building import folder, missing

__all__ = ["ApiServer", "kubernetes_api", "running", "start"]

MISSING = "no kube-apiserver: python -m tests.servers.kubernetes"
PATIENCE_SECONDS = 60
AUDIT = """
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
"""


@dataclass(frozen=True)
class ApiServer:
    """A running server.

    Attributes:
        folder: its certificates, logs and data, and the kubeconfigs that it writes.
        port: on 127.0.0.1.
        tokens: of `admin`, who may do everything, of `reader`, who is in the group
            offcall-readers, and of `nobody`, who is in none.
    """

    folder: Path
    port: int
    tokens: dict[str, str]

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://127.0.0.1:{self.port}"

    def kubeconfig(self, name: str, user: dict[str, Any], **cluster: object) -> Path:
        """A new kubeconfig whose only context is `name`; None leaves out what it would have."""
        known = {
            "server": self.url,
            "certificate-authority": str(self.folder / "ca.crt"),
            **cluster,
        }
        known = {key: value for key, value in known.items() if value is not None}
        body = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "clusters": [{"name": name, "cluster": known}],
            "users": [{"name": name, "user": user}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        }
        path = self.folder / f"kubeconfig-{uuid.uuid4().hex}"
        path.write_text(yaml.safe_dump(body))
        return path

    def call(
        self, method: str, path: str, body: object = None, *, token: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """One request, the administrator's unless `token` is another's: status and answer."""
        context = ssl.create_default_context(cafile=self.folder / "ca.crt")
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=context, timeout=30
        )
        try:
            connection.request(
                method,
                path,
                None if body is None else json.dumps(body),
                {
                    "Authorization": f"Bearer {token or self.tokens['admin']}",
                    "Content-Type": "application/json",
                },
            )
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        try:
            return answer.status, dict(json.loads(text))
        except ValueError:
            return answer.status, {"text": text.decode(errors="replace")}

    def create(self, path: str, body: object) -> dict[str, Any]:
        """Create an object; what the server made of it."""
        status, answer = self.call("POST", path, body)
        assert status in {200, 201, 202}, answer
        return answer

    def namespace(self) -> str:
        """A new namespace."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.create("/api/v1/namespaces", {"metadata": {"name": name}})
        return name

    def apply(self, path: str, body: dict[str, Any]) -> None:
        """Create an object, or replace what has its name."""
        name = body["metadata"]["name"]
        status, old = self.call("GET", f"{path}/{name}")
        if status == 404:
            self.create(path, body)
            return
        version = old["metadata"]["resourceVersion"]
        new = {**body, "metadata": {**body["metadata"], "resourceVersion": version}}
        status, answer = self.call("PUT", f"{path}/{name}", new)
        assert status == 200, answer

    def calls(self, user: str) -> list[dict[str, Any]]:
        """What the audit log has of a user's requests."""
        lines = (self.folder / "audit.log").read_text().splitlines()
        entries = [json.loads(line) for line in lines]
        return [one for one in entries if one["user"]["username"] == user]

    def account(self, namespace: str, name: str) -> str:
        """A new service account; a token for it, signed by the server."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        self.create(path, {"metadata": {"name": name}})
        asked = {"spec": {"expirationSeconds": 3600}}
        made = self.create(f"{path}/{name}/token", asked)
        return str(made["status"]["token"])


def start(home: Path) -> Iterator[ApiServer]:
    """Run etcd and the API server with their data in `home` until the generator is closed."""
    if missing():
        pytest.skip(MISSING)
    # Here: it takes time to import, and every test run imports this module.
    from tests.servers.kubernetes.certificates import write_certificates

    write_certificates(home)
    tokens = {name: uuid.uuid4().hex for name in ("admin", "reader", "nobody")}
    groups = {"admin": "system:masters", "reader": "offcall-readers"}
    lines = [f'{token},{name},{name},"{groups.get(name, "")}"' for name, token in tokens.items()]
    (home / "tokens.csv").write_text("\n".join(lines) + "\n")
    (home / "audit.yaml").write_text(AUDIT)
    store, peers, port = _free_ports(3)
    etcd = [
        *(folder() / "etcd", "--data-dir", home / "etcd", "--unsafe-no-fsync"),
        *("--log-level", "error", "--listen-peer-urls", f"http://127.0.0.1:{peers}"),
        *("--listen-client-urls", f"http://127.0.0.1:{store}"),
        *("--advertise-client-urls", f"http://127.0.0.1:{store}"),
    ]
    server = [
        *(folder() / "kube-apiserver", "--etcd-servers", f"http://127.0.0.1:{store}"),
        *("--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1"),
        *("--secure-port", str(port), "--cert-dir", home, "--endpoint-reconciler-type", "none"),
        *("--tls-cert-file", home / "server.crt", "--tls-private-key-file", home / "server.key"),
        *("--token-auth-file", home / "tokens.csv", "--authorization-mode", "RBAC"),
        *("--service-account-issuer", "https://offcall.test"),
        *("--service-account-key-file", home / "accounts.pub"),
        *("--service-account-signing-key-file", home / "accounts.key"),
        *("--audit-policy-file", home / "audit.yaml", "--audit-log-path", home / "audit.log"),
        *("--service-cluster-ip-range", "10.96.0.0/16", "--profiling=false"),
        # Nobody makes the default account of a namespace, and pods would wait for it.
        *("--disable-admission-plugins", "ServiceAccount"),
    ]
    with running(home) as start_one:
        processes = [start_one(etcd), start_one(server)]
        api = ApiServer(home, port, tokens)
        _wait(api, processes)
        yield api


@contextlib.contextmanager
def running(home: Path) -> Iterator[Callable[[Sequence[str | Path]], subprocess.Popen[bytes]]]:
    """Starts programs, each with a log in `home`; they are gone when the block ends."""
    processes: list[subprocess.Popen[bytes]] = []

    def start_one(command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        with (home / f"{Path(command[0]).name}.log").open("wb") as log:
            processes.append(subprocess.Popen(command, cwd=home, stdout=log, stderr=log))
        return processes[-1]

    try:
        yield start_one
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait(30)


def _wait(api: ApiServer, processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            break
        try:
            if api.call("GET", "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
        else:
            time.sleep(0.05)
    logs = [f"== {one.name}\n{one.read_text()[-3000:]}" for one in api.folder.glob("*.log")]
    raise RuntimeError("the API server does not begin\n" + "\n".join(logs))


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="session")
def kubernetes_api() -> Iterator[ApiServer]:
    """The server of this pytest worker."""
    home = Path(tempfile.mkdtemp(prefix="offcall-k8s-"))
    try:
        yield from start(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
