"""A real cluster without machines: controllers and scheduler of Kubernetes, and nodes of KWOK.

Deployments make pods, the scheduler places them, evictions and drains work as they do anywhere;
only containers are pretended.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tests.servers.kubernetes import ApiServer, running
from tests.servers.kubernetes.building import STAGES, folder

__all__ = ["add_node", "start_workloads"]


@contextlib.contextmanager
def start_workloads(api: ApiServer) -> Iterator[None]:
    """Run what makes, places and starts pods on this server until the block ends."""
    kubeconfig = api.kubeconfig("admin", {"token": api.tokens["admin"]})
    alone = ["--leader-elect=false", "--secure-port=0"]
    commands = [
        [
            *(folder() / "kube-controller-manager", "--kubeconfig", kubeconfig, *alone),
            *("--service-account-private-key-file", api.folder / "accounts.key"),
            *("--root-ca-file", api.folder / "ca.crt"),
        ],
        [folder() / "kube-scheduler", "--kubeconfig", kubeconfig, *alone],
        [
            *(folder() / "kwok", "--kubeconfig", kubeconfig, "--manage-all-nodes"),
            *("--config", folder() / STAGES, "--node-lease-duration-seconds", "40"),
        ],
    ]
    with running(api.folder) as start:
        for command in commands:
            start(command)
        yield


def add_node(
    api: ApiServer, name: str, *, zone: str, cpu: str = "4", memory: str = "16Gi", pods: str = "110"
) -> None:
    """A node that is ready at once and runs whatever is placed on it."""
    size = {"cpu": cpu, "memory": memory, "pods": pods}
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone}
    api.create(
        "/api/v1/nodes",
        {
            "metadata": {"name": name, "labels": labels},
            "status": {"capacity": size, "allocatable": size},
        },
    )
