"""EKS node groups that fall behind their cluster."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from shlex import quote

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Fix, Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.regimes.commands import in_region
from offcall.lifecycle.snapshot import Inventory, Running
from offcall.lifecycle.values import numbers

__all__ = ["eks_nodes_behind"]

SKEW = "https://kubernetes.io/releases/version-skew-policy/"


def _group(version: str) -> Running:
    return running(
        "eks", version, kind="eks nodegroup", name="workers", cluster="prod", cluster_version="1.34"
    )


@check(
    id="lifecycle-eks-nodes-behind",
    title="Nodes do not fit their control plane",
    severity=Severity.MEDIUM,
    category="support",
    rationale="A kubelet may be at most three minor versions behind the API server, and never "
    "ahead of it. A cluster whose nodes are at that limit cannot be upgraded, not even by AWS "
    "without breaking them.",
    source=SKEW,
    fails=example(_group("1.31")),
    passes=example(_group("1.34")),
)
def eks_nodes_behind(snapshot: Inventory, now: datetime) -> Iterator[Problem]:
    """Node groups two or more minor versions behind, or any ahead."""
    clusters = {
        (one.account, one.region, one.name): one.version
        for one in snapshot.resources
        if one.engine == "eks" and one.kind == "eks cluster"
    }
    for item in snapshot.resources:
        if item.engine != "eks" or item.kind != "eks nodegroup":
            continue
        control = item.cluster_version or clusters.get(
            (item.account, item.region, item.cluster or "")
        )
        plane, nodes = numbers(control or ""), numbers(item.version)
        if control is None or len(plane) < 2 or len(nodes) < 2:
            continue
        skew = plane[1] - nodes[1]
        if skew < 0:
            yield _ahead(item, control)
        elif skew >= 2:
            yield _behind(item, control, skew)


def _behind(item: Running, control: str, skew: int) -> Problem:
    return Problem(
        item.resource,
        f"node group {item.name} runs {item.version}, {skew} minor versions behind its "
        f"control plane {control}",
        Fix(
            steps=(f"update the node group to {control}",),
            command=f"aws eks update-nodegroup-version --cluster-name "
            f"{quote(item.cluster or 'CLUSTER')} --nodegroup-name {quote(item.name)} "
            f"--kubernetes-version {quote(control)}{in_region(item)}",
        ),
        _evidence(item, control),
        severity=Severity.HIGH if skew >= 3 else Severity.MEDIUM,
        why="At three minor versions the next upgrade of the control plane, also a forced "
        "one, leaves these nodes outside what Kubernetes supports.",
    )


def _ahead(item: Running, control: str) -> Problem:
    return Problem(
        item.resource,
        f"node group {item.name} runs {item.version}, ahead of its control plane {control}",
        f"upgrade the control plane to {item.version}, one minor version at a time",
        _evidence(item, control),
        key="ahead",
        severity=Severity.HIGH,
        why="A kubelet may not be newer than the API server: Kubernetes does not support it.",
    )


def _evidence(item: Running, control: str) -> tuple[Evidence, ...]:
    return (
        Evidence(name="nodes", value=item.version),
        Evidence(name="control plane", value=control),
        Evidence(name="allowed skew", value="0 to 3", unit="minor versions behind", source=SKEW),
    )
