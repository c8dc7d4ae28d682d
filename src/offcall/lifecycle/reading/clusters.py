"""EKS: clusters, their node groups, and the calendar of versions."""

from __future__ import annotations

from typing import Any

from offcall.core.aws import Client
from offcall.lifecycle.reading.place import Found, Place, tags_of, utc
from offcall.lifecycle.snapshot import LiveSupport, Running

__all__ = ["read_clusters"]


def read_clusters(place: Place, found: Found) -> None:
    """Every cluster and node group; one that may not be described is noted by name."""
    eks = place.client("eks")
    names: list[str] = []
    with found.attempt("EKS clusters (eks:ListClusters)", place):
        names = list(eks.pages("list_clusters", "clusters"))
    for name in names:
        with found.attempt(f"EKS cluster {name} (eks:DescribeCluster)", place):
            cluster = eks.call("describe_cluster", name=name)["cluster"]
            found.resources.append(_cluster(cluster))
            _groups(eks, cluster, place, found)
    if names:
        with found.attempt("EKS versions (eks:DescribeClusterVersions)", place):
            _versions(eks, place, found)


def _cluster(raw: dict[str, Any]) -> Running:
    support = (raw.get("upgradePolicy") or {}).get("supportType")
    return Running.model_validate(
        {
            "engine": "eks",
            "version": raw["version"],
            "name": raw["name"],
            "arn": raw["arn"],
            "extended_support": None if support is None else support == "EXTENDED",
            "tags": tags_of(raw.get("tags")),
        }
    )


def _groups(eks: Client, cluster: dict[str, Any], place: Place, found: Found) -> None:
    name = cluster["name"]
    groups: list[str] = []
    with found.attempt(f"node groups of {name} (eks:ListNodegroups)", place):
        groups = list(eks.pages("list_nodegroups", "nodegroups", clusterName=name))
    for group in groups:
        with found.attempt(f"node group {name}/{group} (eks:DescribeNodegroup)", place):
            raw = eks.call("describe_nodegroup", clusterName=name, nodegroupName=group)["nodegroup"]
            found.resources.append(
                Running.model_validate(
                    {
                        "engine": "eks",
                        "kind": "eks nodegroup",
                        "version": raw.get("version") or cluster["version"],
                        "name": group,
                        "arn": raw["nodegroupArn"],
                        "cluster": name,
                        "cluster_version": cluster["version"],
                        "tags": tags_of(raw.get("tags")),
                    }
                )
            )


def _versions(eks: Client, place: Place, found: Found) -> None:
    if not eks.knows("describe_cluster_versions"):
        return
    for one in eks.pages("describe_cluster_versions", "clusterVersions", includeAll=True):
        found.live.append(
            LiveSupport(
                engine="eks",
                version=one["clusterVersion"],
                standard_end=utc(one.get("endOfStandardSupportDate")),
                extended_end=utc(one.get("endOfExtendedSupportDate")),
                source="eks.DescribeClusterVersions",
                read_at=place.now,
            )
        )
