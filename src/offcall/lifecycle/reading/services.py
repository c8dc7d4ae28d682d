"""ElastiCache, OpenSearch, Lambda and MSK."""

from __future__ import annotations

from typing import Any

from offcall.core.aws import Client
from offcall.lifecycle.reading.place import Found, Place, tags_of, utc
from offcall.lifecycle.snapshot import Running

__all__ = ["read_caches", "read_functions", "read_kafka", "read_search"]


def _tags(place: Place, found: Found, kind: str) -> dict[str, dict[str, str]]:
    """Tags by ARN of one kind of resource, in one paged call instead of one call each."""
    tagging = place.client("resourcegroupstaggingapi")
    tags: dict[str, dict[str, str]] = {}
    with found.attempt(f"tags of {kind} (tag:GetResources)", place):
        for one in tagging.pages(
            "get_resources", "ResourceTagMappingList", ResourceTypeFilters=[kind]
        ):
            tags[one["ResourceARN"]] = tags_of(one.get("Tags"))
    return tags


def read_caches(place: Place, found: Found) -> None:
    """ElastiCache: replication groups (with their members) and clusters of their own."""
    cache = place.client("elasticache")
    clusters: list[dict[str, Any]] = []
    groups: dict[str, dict[str, Any]] = {}
    with found.attempt("cache clusters (elasticache:DescribeCacheClusters)", place):
        clusters = list(cache.pages("describe_cache_clusters", "CacheClusters"))
    with found.attempt("replication groups (elasticache:DescribeReplicationGroups)", place):
        for one in cache.pages("describe_replication_groups", "ReplicationGroups"):
            groups[one["ReplicationGroupId"]] = one
    if not clusters and not groups:
        return
    pending: dict[str, list[dict[str, Any]]] = {}
    with found.attempt("service updates (elasticache:DescribeUpdateActions)", place):
        pending = _updates(cache)
    tags = _tags(place, found, "elasticache")
    for one in clusters:
        group = groups.get(one.get("ReplicationGroupId") or "")
        if group is None:
            found.resources.append(_cache(one, one, one.get("NumCacheNodes") or 1, pending, tags))
    for name, group in groups.items():
        members = [one for one in clusters if one.get("ReplicationGroupId") == name]
        if not members:
            # Without a member the version is not known; say so rather than leave it out.
            with found.attempt(f"version of replication group {name}", place):
                raise_unknown(name)
            continue
        count = sum(one.get("NumCacheNodes") or 1 for one in members)
        found.resources.append(_cache(members[0], group, count, pending, tags))


def raise_unknown(name: str) -> None:
    """The group's members could not be read, so its version is not known."""
    from offcall.core.errors import SourceError

    raise SourceError(f"no member of {name} was read, so its version is not known")


def _cache(
    member: dict[str, Any],
    whole: dict[str, Any],
    count: int,
    pending: dict[str, list[dict[str, Any]]],
    tags: dict[str, dict[str, str]],
) -> Running:
    name = whole.get("ReplicationGroupId") or whole["CacheClusterId"]
    arn = whole.get("ARN") or member.get("ARN")
    return Running.model_validate(
        {
            "engine": member.get("Engine") or "redis",
            "version": member.get("EngineVersion") or "unknown",
            "name": name,
            "arn": arn,
            "class": member.get("CacheNodeType"),
            "instances": count,
            "auto_minor_version_upgrade": member.get("AutoMinorVersionUpgrade"),
            "maintenance_window": member.get("PreferredMaintenanceWindow"),
            "pending": pending.get(name, []),
            "tags": tags.get(arn or "", {}),
        }
    )


def _updates(cache: Client) -> dict[str, list[dict[str, Any]]]:
    """Service updates that are not applied yet, by group or cluster."""
    automatic = {
        one["ServiceUpdateName"]
        for one in cache.pages(
            "describe_service_updates", "ServiceUpdates", ServiceUpdateStatus=["available"]
        )
        if one.get("AutoUpdateAfterRecommendedApplyByDate")
    }
    found: dict[str, list[dict[str, Any]]] = {}
    for one in cache.pages(
        "describe_update_actions", "UpdateActions", UpdateActionStatus=["not-applied", "scheduled"]
    ):
        name = one.get("ReplicationGroupId") or one.get("CacheClusterId")
        due = utc(one.get("ServiceUpdateRecommendedApplyByDate"))
        update = one.get("ServiceUpdateName") or "service update"
        auto = update in automatic
        words = "applied by itself after that date" if auto else "recommended by that date"
        day = f", {due:%Y-%m-%d}" if due and not auto else ""
        found.setdefault(str(name), []).append(
            {
                "action": update,
                "description": f"{one.get('ServiceUpdateType') or 'service'} update, "
                f"severity {one.get('ServiceUpdateSeverity') or 'unknown'}, {words}{day}",
                "auto_applied_after": due if auto else None,
                "source": "elasticache.DescribeUpdateActions",
            }
        )
    return found


def read_search(place: Place, found: Found) -> None:
    """OpenSearch and Elasticsearch domains."""
    search = place.client("opensearch")
    names: list[str] = []
    with found.attempt("OpenSearch domains (es:ListDomainNames)", place):
        names = [one["DomainName"] for one in search.pages("list_domain_names", "DomainNames")]
    if not names:
        return
    tags = _tags(place, found, "es:domain")
    for start in range(0, len(names), 5):
        # DescribeDomains takes five names at a time.
        some = names[start : start + 5]
        with found.attempt(f"OpenSearch domains {', '.join(some)} (es:DescribeDomains)", place):
            answer = search.call("describe_domains", DomainNames=some)
            for one in answer.get("DomainStatusList") or ():
                targets = _targets(search, one, place, found)
                found.resources.append(_domain(one, tags, targets))


def _targets(
    search: Client, domain: dict[str, Any], place: Place, found: Found
) -> list[dict[str, Any]]:
    """The versions that a domain can be upgraded to from the one that it runs."""
    name, running = domain["DomainName"], domain.get("EngineVersion")
    targets: list[dict[str, Any]] = []
    with found.attempt(f"upgrade targets of {name} (es:GetCompatibleVersions)", place):
        answer = search.call("get_compatible_versions", DomainName=name)
        for one in answer.get("CompatibleVersions") or ():
            # The answer is a map of sources: what another version may become is no target here.
            if running and one.get("SourceVersion") not in (None, running):
                continue
            versions = one.get("TargetVersions") or ()
            targets += [
                {"version": version, "major": _major(version) != _major(running)}
                for version in versions
            ]
    return targets


def _major(version: str | None) -> str:
    """ "OpenSearch_2" of "OpenSearch_2.19"."""
    return (version or "").partition(".")[0]


def _domain(
    raw: dict[str, Any], tags: dict[str, dict[str, str]], targets: list[dict[str, Any]]
) -> Running:
    full = raw.get("EngineVersion") or "OpenSearch_unknown"
    engine, _, version = full.partition("_")
    shape = raw.get("ClusterConfig") or {}
    others: dict[str, int] = {}
    for kind in ("DedicatedMaster", "Warm"):
        machine, count = shape.get(f"{kind}Type"), shape.get(f"{kind}Count")
        if machine and count and shape.get(f"{kind}Enabled"):
            others[machine] = others.get(machine, 0) + count
    machine, count = shape.get("InstanceType"), shape.get("InstanceCount") or 1
    count += others.pop(machine, 0) if machine else 0
    software = raw.get("ServiceSoftwareOptions") or {}
    planned = utc(software.get("AutomatedUpdateDate"))
    pending = []
    if software.get("UpdateAvailable") and planned:
        pending.append(
            {
                "action": "service-software-update",
                "description": software.get("Description"),
                "current_apply": planned,
                "source": "opensearch.ServiceSoftwareOptions.AutomatedUpdateDate",
            }
        )
    return Running.model_validate(
        {
            "engine": engine.lower(),
            "version": version,
            "name": raw["DomainName"],
            "arn": raw["ARN"],
            "class": machine,
            "instances": count,
            "other_classes": others,
            "pending": pending,
            "upgrade_targets": targets,
            "tags": tags.get(raw["ARN"], {}),
        }
    )


def read_functions(place: Place, found: Found) -> None:
    """Lambda functions with a managed runtime; container images bring their own."""
    functions: list[dict[str, Any]] = []
    with found.attempt("Lambda functions (lambda:ListFunctions)", place):
        functions = list(place.client("lambda").pages("list_functions", "Functions"))
    if not functions:
        return
    tags = _tags(place, found, "lambda:function")
    for one in functions:
        if not one.get("Runtime"):
            continue
        arn = one["FunctionArn"]
        found.resources.append(
            Running.model_validate(
                {
                    "engine": "lambda",
                    "version": one["Runtime"],
                    "name": one["FunctionName"],
                    "arn": arn,
                    "tags": tags.get(arn, {}),
                }
            )
        )


def read_kafka(place: Place, found: Found) -> None:
    """MSK clusters; serverless ones have no version to judge."""
    with found.attempt("MSK clusters (kafka:ListClustersV2)", place):
        for one in place.client("kafka").pages("list_clusters_v2", "ClusterInfoList"):
            provisioned = one.get("Provisioned")
            if not provisioned:
                continue
            software = provisioned.get("CurrentBrokerSoftwareInfo") or {}
            nodes = provisioned.get("BrokerNodeGroupInfo") or {}
            found.resources.append(
                Running.model_validate(
                    {
                        "engine": "kafka",
                        "version": software.get("KafkaVersion") or "unknown",
                        "name": one["ClusterName"],
                        "arn": one["ClusterArn"],
                        "class": nodes.get("InstanceType"),
                        "instances": provisioned.get("NumberOfBrokerNodes") or 1,
                        "tags": tags_of(one.get("Tags")),
                    }
                )
            )
