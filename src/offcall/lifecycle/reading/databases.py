"""RDS, Aurora, DocumentDB and Neptune: one API tells of all of them.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusters.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from offcall.core.aws import Client
from offcall.lifecycle.reading.place import Found, Place, tags_of, utc
from offcall.lifecycle.snapshot import LiveSupport, Running, Target

__all__ = ["read_databases"]

LIFECYCLED = {"postgres", "mysql", "mariadb", "aurora-postgresql", "aurora-mysql"}
STANDARD = "open-source-rds-standard-support"
EXTENDED = "open-source-rds-extended-support"
LIVE = "rds.DescribeDBMajorEngineVersions"
SERVERLESS = "db.serverless"
# `aurora` is what the API called Aurora MySQL 1.
NAMES = {"aurora": "aurora-mysql"}


def read_databases(place: Place, found: Found) -> None:
    """Clusters with their members folded in, and the instances that are in no cluster."""
    rds = place.client("rds")
    instances: list[dict[str, Any]] = []
    clusters: list[dict[str, Any]] = []
    with found.attempt("RDS instances (rds:DescribeDBInstances)", place):
        instances = list(rds.pages("describe_db_instances", "DBInstances"))
    with found.attempt("RDS clusters (rds:DescribeDBClusters)", place):
        clusters = list(rds.pages("describe_db_clusters", "DBClusters"))
    if not instances and not clusters:
        return
    pending: dict[str, list[dict[str, Any]]] = {}
    with found.attempt("pending maintenance (rds:DescribePendingMaintenanceActions)", place):
        pending = _pending(rds)
    authorities: dict[str, Any] = {}
    with found.attempt("certificate authorities (rds:DescribeCertificates)", place):
        for one in rds.pages("describe_certificates", "Certificates"):
            authorities[one["CertificateIdentifier"]] = one.get("ValidTill")
    members, alone = _members(instances, clusters)
    raw: list[dict[str, Any]] = []
    for one in clusters:
        name = one["DBClusterIdentifier"]
        with found.attempt(f"RDS cluster {name}", place):
            raw.append(_cluster(one, members.get(name, []), pending, authorities))
    for one in alone:
        with found.attempt(f"RDS instance {one['DBInstanceIdentifier']}", place):
            raw.append(_instance(one, pending, authorities))
    engines = {one["engine"] for one in raw}
    with found.attempt(f"support dates ({LIVE.replace('.', ':')})", place):
        found.live += _majors(rds, engines, place.now)
    for (engine, version), facts in _versions(rds, raw, place, found).items():
        for one in raw:
            if (one["engine"], one["version"]) == (engine, version):
                one.update(facts)
    for one in raw:
        with found.attempt(f"{one['kind']} {one['name']}", place):
            found.resources.append(Running.model_validate(one))


def _members(
    instances: list[dict[str, Any]], clusters: list[dict[str, Any]]
) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """Instances by the cluster that they are in, and those that are in none."""
    known = {cluster["DBClusterIdentifier"] for cluster in clusters}
    members: dict[str, list[dict[str, Any]]] = {}
    alone = []
    for instance in instances:
        if instance.get("DBClusterIdentifier") in known:
            members.setdefault(instance["DBClusterIdentifier"], []).append(instance)
        else:
            alone.append(instance)
    return members, alone


def _pending(rds: Client) -> dict[str, list[dict[str, Any]]]:
    """Pending actions by ARN."""
    actions: dict[str, list[dict[str, Any]]] = {}
    for one in rds.pages("describe_pending_maintenance_actions", "PendingMaintenanceActions"):
        for detail in one.get("PendingMaintenanceActionDetails") or ():
            actions.setdefault(one["ResourceIdentifier"], []).append(
                {
                    "action": detail.get("Action") or "maintenance",
                    "description": detail.get("Description"),
                    "auto_applied_after": utc(detail.get("AutoAppliedAfterDate")),
                    "forced_apply": utc(detail.get("ForcedApplyDate")),
                    "current_apply": utc(detail.get("CurrentApplyDate")),
                    "opt_in": detail.get("OptInStatus"),
                    "source": "rds.DescribePendingMaintenanceActions",
                }
            )
    return actions


def _certificate(raw: Mapping[str, Any], authorities: Mapping[str, Any]) -> dict[str, Any] | None:
    details = raw.get("CertificateDetails") or {}
    authority = details.get("CAIdentifier") or raw.get("CACertificateIdentifier")
    if not authority:
        return None
    till = utc(details.get("ValidTill")) or utc(authorities.get(authority))
    return {"authority": authority, "valid_till": till}


def _extended(raw: Mapping[str, Any]) -> bool | None:
    setting = raw.get("EngineLifecycleSupport")
    return None if setting is None else setting != f"{EXTENDED}-disabled"


def _instance(
    raw: Mapping[str, Any],
    pending: Mapping[str, list[dict[str, Any]]],
    authorities: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "kind": "rds instance",
        "engine": NAMES.get(raw["Engine"], raw["Engine"]),
        "version": raw["EngineVersion"],
        "name": raw["DBInstanceIdentifier"],
        "arn": raw["DBInstanceArn"],
        "class": raw.get("DBInstanceClass"),
        "multi_az": raw.get("MultiAZ"),
        "auto_minor_version_upgrade": raw.get("AutoMinorVersionUpgrade"),
        "extended_support": _extended(raw),
        "maintenance_window": raw.get("PreferredMaintenanceWindow"),
        "certificate": _certificate(raw, authorities),
        "pending": pending.get(raw["DBInstanceArn"], []),
        "tags": tags_of(raw.get("TagList")),
    }


def _cluster(
    raw: Mapping[str, Any],
    members: list[dict[str, Any]],
    pending: Mapping[str, list[dict[str, Any]]],
    authorities: Mapping[str, Any],
) -> dict[str, Any]:
    engine = NAMES.get(raw["Engine"], raw["Engine"])
    kind = {"docdb": "documentdb cluster", "neptune": "neptune cluster"}.get(engine)
    kind = kind or ("aurora cluster" if engine.startswith("aurora") else "rds cluster")
    classes = Counter(one["DBInstanceClass"] for one in members if one.get("DBInstanceClass"))
    first = raw.get("DBClusterInstanceClass")
    count = 3 if first else len(members)
    if not first and classes:
        # A class of machines first, db.serverless after it: ACUs are said beside.
        first, count = max(classes.items(), key=lambda one: (one[0] != SERVERLESS, one[1]))
        classes.pop(first)
    actions = list(pending.get(raw["DBClusterArn"], []))
    for one in members:
        for action in pending.get(one["DBInstanceArn"], []):
            said = action["description"] or action["action"]
            actions.append({**action, "description": f"{one['DBInstanceIdentifier']}: {said}"})
    held = [_certificate(one, authorities) for one in (raw, *members)]
    certificates = [one for one in held if one and one["valid_till"]]
    automatic = [
        one["AutoMinorVersionUpgrade"] for one in members if "AutoMinorVersionUpgrade" in one
    ]
    return {
        "kind": kind,
        "engine": engine,
        "version": raw["EngineVersion"],
        "name": raw["DBClusterIdentifier"],
        "members": [one["DBInstanceIdentifier"] for one in members],
        "arn": raw["DBClusterArn"],
        "class": first,
        "instances": count,
        "other_classes": dict(classes) if not raw.get("DBClusterInstanceClass") else {},
        **_scaling(raw, serverless=first == SERVERLESS or SERVERLESS in classes),
        "multi_az": raw.get("MultiAZ"),
        "auto_minor_version_upgrade": raw.get(
            "AutoMinorVersionUpgrade", all(automatic) if automatic else None
        ),
        "extended_support": _extended(raw),
        "maintenance_window": raw.get("PreferredMaintenanceWindow"),
        "certificate": min(certificates, key=lambda one: one["valid_till"], default=None),
        "pending": actions,
        "tags": tags_of(raw.get("TagList")),
    }


def _scaling(raw: Mapping[str, Any], *, serverless: bool) -> dict[str, Any]:
    """The bounds of Serverless v2 machines, or the mode of a Serverless v1 cluster and its own."""
    mode = raw.get("EngineMode")
    bounds: Mapping[str, Any] = {}
    if mode == "serverless":
        bounds = raw.get("ScalingConfigurationInfo") or {}
    elif serverless:
        bounds = raw.get("ServerlessV2ScalingConfiguration") or {}
    return {
        "engine_mode": None if mode == "provisioned" else mode,
        "acu": bounds.get("MinCapacity"),
        "acu_max": bounds.get("MaxCapacity"),
    }


def _majors(rds: Client, engines: Iterable[str], now: datetime) -> list[LiveSupport]:
    """Support dates of every major version of the engines in use."""
    found = []
    if not rds.knows("describe_db_major_engine_versions"):
        return []
    for engine in sorted(LIFECYCLED.intersection(engines)):
        for one in rds.pages(
            "describe_db_major_engine_versions", "DBMajorEngineVersions", Engine=engine
        ):
            periods = {
                period.get("LifecycleSupportName"): period
                for period in one.get("SupportedEngineLifecycles") or ()
            }
            standard, extended = periods.get(STANDARD, {}), periods.get(EXTENDED, {})
            found.append(
                LiveSupport(
                    engine=engine,
                    version=one["MajorEngineVersion"],
                    standard_end=utc(standard.get("LifecycleSupportEndDate")),
                    extended_start=utc(extended.get("LifecycleSupportStartDate")),
                    extended_end=utc(extended.get("LifecycleSupportEndDate")),
                    source=LIVE,
                    read_at=now,
                )
            )
    return found


def _versions(
    rds: Client, raw: list[dict[str, Any]], place: Place, found: Found
) -> dict[tuple[str, str], dict[str, Any]]:
    """Status and upgrade targets of each engine version in use."""
    facts: dict[tuple[str, str], dict[str, Any]] = {}
    with found.attempt("upgrade targets (rds:DescribeDBEngineVersions)", place):
        for engine, version in sorted({(one["engine"], one["version"]) for one in raw}):
            for one in rds.pages(
                "describe_db_engine_versions",
                "DBEngineVersions",
                Engine=engine,
                EngineVersion=version,
                IncludeAll=True,
            ):
                facts[engine, version] = {
                    "version_status": one.get("Status"),
                    "upgrade_targets": [
                        Target(
                            version=target["EngineVersion"],
                            major=bool(target.get("IsMajorVersionUpgrade")),
                            auto=bool(target.get("AutoUpgrade")),
                        )
                        for target in one.get("ValidUpgradeTarget") or ()
                        if target.get("EngineVersion")
                    ],
                }
    return facts
