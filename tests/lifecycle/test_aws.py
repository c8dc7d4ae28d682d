"""Reading AWS: moto over HTTP, and the fake for the calls that moto lacks."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from offcall.core.aws import forget_sessions
from offcall.core.checks import checks_of, run_checks
from offcall.core.context import Context, Silent
from offcall.core.errors import AccessDenied, SourceError
from offcall.core.estate import Estate
from offcall.lifecycle.acquire import acquire
from offcall.lifecycle.estate import SERVICES, Account, Service
from offcall.lifecycle.prices import rds_cost
from offcall.lifecycle.reading.aws import READERS, ReadAws, read_aws
from offcall.lifecycle.snapshot import Inventory, Running
from tests.servers.answers import Answer, serving
from tests.servers.aws import Aws

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
END = "2026-02-28T23:59:59.999Z"


def seed(aws: Aws) -> None:
    """Nothing to tell, for every call that moto does not have."""
    for service, operation, key in (
        ("rds", "DescribeDBMajorEngineVersions", "DBMajorEngineVersions"),
        ("rds", "DescribeDBEngineVersions", "DBEngineVersions"),
        ("rds", "DescribePendingMaintenanceActions", "PendingMaintenanceActions"),
        ("rds", "DescribeCertificates", "Certificates"),
        ("eks", "DescribeClusterVersions", "clusterVersions"),
        ("elasticache", "DescribeServiceUpdates", "ServiceUpdates"),
        ("elasticache", "DescribeUpdateActions", "UpdateActions"),
        ("health", "DescribeServiceLifecycle", "serviceLifecycles"),
    ):
        aws.fake.answer(service, operation, {key: []})


def read(
    *services: Service, regions: tuple[str, ...] = (), accounts: tuple[Account, ...] = (Account(),)
) -> ReadAws:
    return read_aws(
        accounts=accounts,
        regions=regions,
        services=services,
        now=NOW,
        progress=Silent(),
    )


def named(found: ReadAws, name: str) -> Running:
    [one] = [item for item in found.resources if item.name == name]
    return one


def instance(aws: Aws, name: str, engine: str, version: str, **more: Any) -> str:
    made = aws.client("rds").create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass=more.pop("DBInstanceClass", "db.r6g.large"),
        Engine=engine,
        EngineVersion=version,
        **({} if "DBClusterIdentifier" in more else _alone()),
        **more,
    )
    return str(made["DBInstance"]["DBInstanceArn"])


def _alone() -> dict[str, Any]:
    return {"MasterUsername": "admin", "MasterUserPassword": "longenough", "AllocatedStorage": 20}


def test_every_service_has_a_reader() -> None:
    assert set(READERS) == set(SERVICES)


def test_an_rds_instance_with_everything(aws: Aws) -> None:
    seed(aws)
    arn = instance(
        aws,
        "orders",
        "postgres",
        "13.20",
        MultiAZ=True,
        AutoMinorVersionUpgrade=False,
        PreferredMaintenanceWindow="sun:02:00-sun:03:00",
        Tags=[{"Key": "owner", "Value": "team-orders"}],
    )
    aws.fake.answer(
        "rds",
        "DescribePendingMaintenanceActions",
        {
            "PendingMaintenanceActions": [
                {
                    "ResourceIdentifier": arn,
                    "PendingMaintenanceActionDetails": [
                        {
                            "Action": "db-upgrade",
                            "Description": "Upgrade to 13.23",
                            "ForcedApplyDate": datetime(2026, 12, 15, tzinfo=UTC),
                            "OptInStatus": "next-maintenance",
                        }
                    ],
                }
            ]
        },
    )
    aws.fake.answer(
        "rds",
        "DescribeDBEngineVersions",
        {
            "DBEngineVersions": [
                {
                    "Engine": "postgres",
                    "EngineVersion": "13.20",
                    "Status": "deprecated",
                    "ValidUpgradeTarget": [
                        {"EngineVersion": "13.23", "AutoUpgrade": True},
                        {"EngineVersion": "17.10", "IsMajorVersionUpgrade": True},
                    ],
                }
            ]
        },
    )
    aws.fake.answer(
        "rds",
        "DescribeDBMajorEngineVersions",
        {
            "DBMajorEngineVersions": [
                {
                    "Engine": "postgres",
                    "MajorEngineVersion": "13",
                    "SupportedEngineLifecycles": [
                        {
                            "LifecycleSupportName": "open-source-rds-standard-support",
                            "LifecycleSupportStartDate": "2021-02-24T00:00:00Z",
                            "LifecycleSupportEndDate": END,
                        },
                        {
                            "LifecycleSupportName": "open-source-rds-extended-support",
                            "LifecycleSupportStartDate": "2026-03-01T00:00:00Z",
                            "LifecycleSupportEndDate": "2029-02-28T23:59:59.999Z",
                        },
                    ],
                }
            ]
        },
    )
    aws.fake.answer(
        "rds",
        "DescribeCertificates",
        {
            "Certificates": [
                {
                    "CertificateIdentifier": "rds-ca-2019",
                    "ValidTill": datetime(2026, 12, 4, tzinfo=UTC),
                }
            ]
        },
    )
    found = read("rds")
    assert found.unread == ()
    orders = named(found, "orders")
    assert (orders.kind, orders.engine, orders.version) == ("rds instance", "postgres", "13.20")
    assert (orders.account, orders.region, orders.arn) == ("123456789012", "us-east-1", arn)
    assert orders.machines == {"db.r6g.large": 2}
    assert orders.auto_minor_version_upgrade is False
    assert orders.maintenance_window == "sun:02:00-sun:03:00"
    assert orders.tags == {"owner": "team-orders"}
    assert orders.version_status == "deprecated"
    assert [target.version for target in orders.upgrade_targets] == ["13.23", "17.10"]
    [action] = orders.pending
    assert (action.action, action.forced_apply) == (
        "db-upgrade",
        datetime(2026, 12, 15, tzinfo=UTC),
    )
    [live] = found.live
    assert (str(live.standard_end), str(live.extended_start), str(live.extended_end)) == (
        "2026-02-28",
        "2026-03-01",
        "2029-02-28",
    )
    assert aws.fake.asked("rds", "DescribeDBEngineVersions")[0]["IncludeAll"] is True


def test_a_cluster_folds_its_members_in(aws: Aws) -> None:
    seed(aws)
    aws.client("rds").create_db_cluster(
        DBClusterIdentifier="carts",
        Engine="aurora-postgresql",
        EngineVersion="13.20",
        MasterUsername="admin",
        MasterUserPassword="longenough",
    )
    arns = [
        instance(aws, f"carts-{index}", "aurora-postgresql", "13.20", DBClusterIdentifier="carts",
                 DBInstanceClass=size)
        for index, size in enumerate(("db.r6g.xlarge", "db.r6g.xlarge", "db.r6g.large"))
    ]  # fmt: skip
    detail = {"Action": "system-update", "CurrentApplyDate": datetime(2026, 12, 1, tzinfo=UTC)}
    aws.fake.answer(
        "rds",
        "DescribePendingMaintenanceActions",
        {
            "PendingMaintenanceActions": [
                {"ResourceIdentifier": arns[1], "PendingMaintenanceActionDetails": [detail]}
            ]
        },
    )
    found = read("rds")
    [carts] = found.resources
    assert (carts.kind, carts.name) == ("aurora cluster", "carts")
    assert carts.machines == {"db.r6g.xlarge": 2, "db.r6g.large": 1}
    assert carts.pending[0].description == "carts-1: system-update"


def _cluster(name: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:rds:us-east-1:123456789012:cluster:{name}"
    return {
        "DBClusterIdentifier": name,
        "DBClusterArn": arn,
        "Engine": "aurora-postgresql",
        "EngineVersion": "13.20",
        **more,
    }


def _member(cluster: str, index: int, size: str) -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": f"{cluster}-{index}",
        "DBInstanceArn": f"arn:aws:rds:us-east-1:123456789012:db:{cluster}-{index}",
        "DBClusterIdentifier": cluster,
        "DBInstanceClass": size,
    }


def test_serverless_members_beside_machines(aws: Aws) -> None:
    seed(aws)
    bounds = {"MinCapacity": 0.5, "MaxCapacity": 16.0}
    clusters = [
        _cluster("mixed", EngineMode="provisioned", ServerlessV2ScalingConfiguration=bounds),
        _cluster("pure", EngineMode="provisioned", ServerlessV2ScalingConfiguration=bounds),
        # Bounds may be set although no member is serverless.
        _cluster("machines", ServerlessV2ScalingConfiguration=bounds),
        _cluster(
            "first",
            EngineMode="serverless",
            ScalingConfigurationInfo={"MinCapacity": 2, "MaxCapacity": 8},
        ),
    ]
    members = [
        _member("mixed", 1, "db.serverless"),
        _member("mixed", 2, "db.serverless"),
        _member("mixed", 3, "db.r6g.large"),
        _member("pure", 1, "db.serverless"),
        _member("pure", 2, "db.serverless"),
        _member("machines", 1, "db.r6g.large"),
    ]
    aws.fake.answer("rds", "DescribeDBClusters", {"DBClusters": clusters})
    aws.fake.answer("rds", "DescribeDBInstances", {"DBInstances": members})
    found = read("rds")
    assert found.unread == ()
    mixed, pure, machines, first = (
        named(found, name) for name in ("mixed", "pure", "machines", "first")
    )
    assert mixed.machines == {"db.r6g.large": 1, "db.serverless": 2}
    assert (str(mixed.acu), str(mixed.acu_max), mixed.engine_mode) == ("0.5", "16.0", None)
    assert pure.machines == {"db.serverless": 2}
    assert (str(pure.acu), str(pure.acu_max)) == ("0.5", "16.0")
    assert (machines.machines, machines.acu) == ({"db.r6g.large": 1}, None)
    assert (first.engine_mode, str(first.acu), str(first.acu_max)) == ("serverless", "2", "8")
    # 2 vCPU x $0.10 + 2 x 0.5 ACU x $0.085, for 730 hours.
    assert rds_cost(mixed, 1).text == "$208/month"
    assert "at least 0.5 ACU (up to 16.0) x 2" in rds_cost(mixed, 1).basis
    assert rds_cost(pure, 1).text == "$62.05/month"
    assert rds_cost(machines, 1).text == "$146/month"
    assert rds_cost(first, 1).monthly_usd is None


def test_documentdb_answers_to_the_same_api(aws: Aws) -> None:
    seed(aws)
    arn = "arn:aws:rds:us-east-1:123456789012:cluster:profiles"
    cluster = {"Engine": "docdb", "EngineVersion": "3.6.0", "DBClusterArn": arn}
    member = {"DBInstanceIdentifier": "profiles-1", "DBClusterIdentifier": "profiles"}
    member |= {"DBInstanceClass": "db.r6g.large", "DBInstanceArn": arn + "-1"}
    aws.fake.answer(
        "rds",
        "DescribeDBClusters",
        {"DBClusters": [{"DBClusterIdentifier": "profiles", **cluster}]},
    )
    aws.fake.answer("rds", "DescribeDBInstances", {"DBInstances": [member]})
    [one] = read("rds").resources
    assert (one.kind, one.engine, one.version) == ("documentdb cluster", "docdb", "3.6.0")


def test_an_answer_that_is_not_as_documented_is_unread(aws: Aws) -> None:
    seed(aws)
    arn = "arn:aws:rds:us-east-1:123456789012:db:odd"
    odd = {"DBInstanceIdentifier": "odd", "DBInstanceArn": arn, "Engine": "postgres"}
    good = {**odd, "DBInstanceIdentifier": "good", "EngineVersion": "17.10"}
    aws.fake.answer("rds", "DescribeDBInstances", {"DBInstances": [odd, good]})
    found = read("rds")
    assert [one.name for one in found.resources] == ["good"]
    [one] = found.unread
    assert one.what.startswith("RDS instance odd")
    assert one.why == "AWS's answer is not as documented: there is no EngineVersion"


def test_eks_clusters_node_groups_and_calendar(aws: Aws) -> None:
    seed(aws)
    eks = aws.client("eks")
    network = {"subnetIds": ["subnet-1", "subnet-2"]}
    role = "arn:aws:iam::123456789012:role/eks"
    eks.create_cluster(
        name="prod", version="1.31", roleArn=role, resourcesVpcConfig=network, tags={"team": "plat"}
    )
    eks.create_nodegroup(
        clusterName="prod", nodegroupName="workers", subnets=["subnet-1"], nodeRole=role
    )
    cluster = eks.describe_cluster(name="prod")["cluster"]
    shown = {key: cluster[key] for key in ("name", "arn", "version", "tags")}
    aws.fake.answer(
        "eks",
        "DescribeCluster",
        {"cluster": {**shown, "upgradePolicy": {"supportType": "STANDARD"}}},
    )
    versions = [
        {
            "clusterVersion": f"1.{minor}",
            "endOfStandardSupportDate": datetime(2025, 11, 26, tzinfo=UTC),
            "endOfExtendedSupportDate": datetime(2026, 11, 26, tzinfo=UTC),
        }
        for minor in (30, 31, 32)
    ]
    aws.fake.pages("eks", "DescribeClusterVersions", "clusterVersions", versions, size=2)
    found = read("eks")
    prod, workers = named(found, "prod"), named(found, "workers")
    assert (prod.version, prod.extended_support, prod.tags) == ("1.31", False, {"team": "plat"})
    assert (workers.kind, workers.cluster, workers.cluster_version) == (
        "eks nodegroup",
        "prod",
        "1.31",
    )
    assert [one.version for one in found.live] == ["1.30", "1.31", "1.32"]
    assert aws.fake.asked("eks", "DescribeClusterVersions")[0]["includeAll"] in (True, "true")


def _function(aws: Aws, name: str, runtime: str) -> None:
    iam = aws.client("iam")
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = iam.create_role(RoleName=f"role-{name}", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime=runtime,
        Role=role,
        Handler="main.handler",
        Code={"ZipFile": body.getvalue()},
        Tags={"owner": "media"},
    )


def test_lambda_functions(aws: Aws) -> None:
    _function(aws, "resize", "python3.9")
    found = read("lambda")
    assert found.unread == ()
    resize = named(found, "resize")
    assert (resize.engine, resize.version) == ("lambda", "python3.9")
    assert resize.tags == {"owner": "media"}


def test_elasticache_groups_and_their_updates(aws: Aws) -> None:
    seed(aws)
    cache = aws.client("elasticache")
    cache.create_replication_group(
        ReplicationGroupId="sessions",
        ReplicationGroupDescription="sessions",
        Engine="redis",
        EngineVersion="6.2",
        CacheNodeType="cache.r6g.large",
        NumCacheClusters=2,
    )
    cache.create_cache_cluster(
        CacheClusterId="flags", Engine="memcached", CacheNodeType="cache.t3.micro", NumCacheNodes=3
    )
    due = datetime(2026, 12, 20, tzinfo=UTC)
    update = {"ServiceUpdateName": "elasticache-redis-6-2-6-update-1", "Engine": "redis"}
    aws.fake.answer(
        "elasticache",
        "DescribeServiceUpdates",
        {"ServiceUpdates": [{**update, "AutoUpdateAfterRecommendedApplyByDate": True}]},
    )
    aws.fake.answer(
        "elasticache",
        "DescribeUpdateActions",
        {
            "UpdateActions": [
                {
                    **update,
                    "CacheClusterId": "flags",
                    "ServiceUpdateRecommendedApplyByDate": due,
                    "ServiceUpdateSeverity": "important",
                }
            ]
        },
    )
    found = read("elasticache")
    flags = named(found, "flags")
    assert flags.machines == {"cache.t3.micro": 3}
    assert flags.pending[0].auto_applied_after == due
    group = [item for item in found.resources if item.name == "sessions"]
    # Moto makes no member clusters: the version is not known, and that is said.
    assert bool(group) or any("sessions" in one.what for one in found.unread)


def test_a_replication_group_counts_its_members(aws: Aws) -> None:
    seed(aws)
    members = [
        {
            "CacheClusterId": f"sessions-00{index}",
            "ReplicationGroupId": "sessions",
            "CacheNodeType": "cache.r6g.large",
            "Engine": "redis",
            "EngineVersion": "6.2.6",
            "NumCacheNodes": 1,
            "AutoMinorVersionUpgrade": True,
        }
        for index in (1, 2, 3)
    ]
    arn = "arn:aws:elasticache:us-east-1:123456789012:replicationgroup:sessions"
    aws.fake.pages("elasticache", "DescribeCacheClusters", "CacheClusters", members, size=2)
    aws.fake.answer(
        "elasticache",
        "DescribeReplicationGroups",
        {"ReplicationGroups": [{"ReplicationGroupId": "sessions", "ARN": arn}]},
    )
    [one] = read("elasticache").resources
    assert (one.name, one.arn, one.version) == ("sessions", arn, "6.2.6")
    assert one.machines == {"cache.r6g.large": 3}


def test_opensearch_domains_by_fives(aws: Aws) -> None:
    search = aws.client("opensearch")
    for index in range(6):
        search.create_domain(
            DomainName=f"logs-{index}",
            EngineVersion="OpenSearch_2.9",
            ClusterConfig={
                "InstanceType": "m6g.large.search",
                "InstanceCount": 3,
                "DedicatedMasterEnabled": True,
                "DedicatedMasterType": "m6g.large.search",
                "DedicatedMasterCount": 3,
            },
        )
    found = read("opensearch")
    assert len(found.resources) == 6
    one = named(found, "logs-0")
    assert (one.engine, one.version, one.machines) == ("opensearch", "2.9", {"m6g.large.search": 6})


def test_an_opensearch_update_with_a_date_is_pending(aws: Aws) -> None:
    arn = "arn:aws:es:us-east-1:123456789012:domain/logs"
    planned = datetime(2026, 12, 9, 3, tzinfo=UTC)
    shape = {"InstanceType": "m6g.large.search", "InstanceCount": 1}
    domain = {
        "DomainId": "123456789012/logs",
        "DomainName": "logs",
        "ARN": arn,
        "EngineVersion": "Elasticsearch_7.10",
        "ClusterConfig": shape,
        "ServiceSoftwareOptions": {"UpdateAvailable": True, "AutomatedUpdateDate": planned},
    }
    aws.fake.answer("opensearch", "ListDomainNames", {"DomainNames": [{"DomainName": "logs"}]})
    aws.fake.answer("opensearch", "DescribeDomains", {"DomainStatusList": [domain]})
    targets = {"SourceVersion": "Elasticsearch_7.10", "TargetVersions": ["OpenSearch_1.3"]}
    # The answer may hold other versions' targets too, as it does when no domain is named.
    other = {"SourceVersion": "OpenSearch_1.0", "TargetVersions": ["OpenSearch_2.19"]}
    versions = {"CompatibleVersions": [other, targets]}
    aws.fake.answer("opensearch", "GetCompatibleVersions", versions)
    found = read("opensearch")
    assert found.unread == ()
    [one] = found.resources
    assert (one.engine, one.version) == ("elasticsearch", "7.10")
    assert [target.version for target in one.upgrade_targets] == ["OpenSearch_1.3"]
    assert one.pending[0].current_apply == planned


def test_msk_clusters(aws: Aws) -> None:
    aws.client("kafka").create_cluster_v2(
        ClusterName="clicks",
        Provisioned={
            "BrokerNodeGroupInfo": {"ClientSubnets": ["s"], "InstanceType": "kafka.m5.large"},
            "KafkaVersion": "3.7.x",
            "NumberOfBrokerNodes": 3,
        },
        Tags={"team": "data"},
    )
    [one] = read("kafka").resources
    assert (one.kind, one.version, one.machines) == ("msk cluster", "3.7.x", {"kafka.m5.large": 3})
    assert one.tags == {"team": "data"}


def test_lifecycles_of_the_health_api(aws: Aws) -> None:
    moment = datetime(2027, 12, 2, tzinfo=UTC)
    lifecycles = [
        {
            "service": "EKS",
            "version": "1.34",
            "title": "EKS 1.34",
            "lifecycleEvents": [
                {"lifecycleEventType": "end-of-standard-support", "date": moment},
                {"lifecycleEventType": "END_OF_EXTENDED_SUPPORT", "date": moment},
                {
                    "lifecycleEventType": "end-of-support",
                    "date": datetime(2020, 1, 1, tzinfo=UTC),
                    "regions": ["cn-north-1"],
                },
            ],
        },
        {"service": "RDS", "version": "PostgreSQL 13", "title": "x", "lifecycleEvents": []},
        {"service": "SOMETHING_NEW", "version": "1", "title": "x", "lifecycleEvents": []},
    ]
    aws.fake.pages("health", "DescribeServiceLifecycle", "serviceLifecycles", lifecycles, size=2)
    found = read("health", regions=("us-east-1", "eu-west-1"))
    [live] = found.live
    assert (live.engine, live.version, live.source) == (
        "eks",
        "1.34",
        "health.DescribeServiceLifecycle",
    )
    assert str(live.standard_end) == str(live.extended_end) == "2027-12-02"


def _lifecycle(service: str, title: str, version: str, *kinds: str) -> dict[str, Any]:
    moment = datetime(2027, 1, 31, tzinfo=UTC)
    events = [{"lifecycleEventType": kind, "date": moment} for kind in kinds]
    return {"service": service, "version": version, "title": title, "lifecycleEvents": events}


def test_health_lifecycles_of_services_with_several_engines(aws: Aws) -> None:
    end = "END_OF_STANDARD_SUPPORT"
    lifecycles = [
        _lifecycle("ELASTICACHE", "ElastiCache for Redis OSS 6", "6", end),
        _lifecycle("ELASTICACHE", "ElastiCache for Valkey 7.2", "7.2", end),
        _lifecycle("ELASTICACHE", "ElastiCache for Memcached 1.6", "1.6", end),
        _lifecycle("ELASTICACHE", "ElastiCache", "6", end),
        _lifecycle("OPENSEARCH", "Amazon OpenSearch Service: Elasticsearch 7.10", "7.10", end),
        _lifecycle("OPENSEARCH", "Amazon OpenSearch Service: OpenSearch 1.3", "1.3", end),
    ]
    aws.fake.answer("health", "DescribeServiceLifecycle", {"serviceLifecycles": lifecycles})
    assert [(one.engine, one.version) for one in read("health").live] == [
        ("redis", "6"),
        ("valkey", "7.2"),
        ("memcached", "1.6"),
        ("elasticsearch", "7.10"),
        ("opensearch", "1.3"),
    ]


@pytest.mark.parametrize(
    ("kind", "standard", "extended"),
    [
        ("end-of-standard-support", True, False),
        ("END_OF_STANDARD_SUPPORT", True, False),
        ("end-of-support", True, False),
        ("start-of-standard-support", False, False),
        ("standard-support", False, False),
        ("start-of-extended-support", False, False),
        ("end-of-extended-support", False, True),
        ("end-of-life", False, False),
        ("end-of-support-announcement", False, False),
    ],
)
def test_only_ends_of_support_are_taken(
    aws: Aws, kind: str, standard: bool, extended: bool
) -> None:
    said = _lifecycle("EKS", "EKS 1.34", "1.34", kind)
    aws.fake.answer("health", "DescribeServiceLifecycle", {"serviceLifecycles": [said]})
    found = read("health").live
    assert [one.standard_end is not None for one in found] == [True] * standard + [False] * extended
    assert [one.extended_end is not None for one in found] == [False] * standard + [True] * extended


def test_many_regions(aws: Aws) -> None:
    seed(aws)
    for region in ("us-east-1", "eu-west-1"):
        aws.client("rds", region).create_db_instance(
            DBInstanceIdentifier=f"db-{region}",
            DBInstanceClass="db.t3.micro",
            Engine="mysql",
            EngineVersion="8.0.41",
            **_alone(),
        )
    found = read("rds", regions=("eu-west-1", "us-east-1"))
    assert [(one.name, one.region) for one in found.resources] == [
        ("db-eu-west-1", "eu-west-1"),
        ("db-us-east-1", "us-east-1"),
    ]


def test_a_refused_call_names_the_action_and_the_rest_is_read(aws: Aws) -> None:
    seed(aws)
    instance(aws, "orders", "postgres", "13.20")
    aws.fake.fail("rds", "DescribePendingMaintenanceActions", "AccessDenied", "no", status=403)
    aws.fake.fail("rds", "DescribeDBMajorEngineVersions", "AccessDenied", "no", status=403)
    found = read("rds", accounts=(Account(name="prod"),), regions=("us-east-1",))
    assert [one.name for one in found.resources] == ["orders"]
    first, second = found.unread
    assert first.what == (
        "pending maintenance (rds:DescribePendingMaintenanceActions) in us-east-1 of prod"
    )
    assert "rds:DescribePendingMaintenanceActions" in (first.hint or "")
    assert "rds:DescribeDBMajorEngineVersions" in (second.hint or "")


def test_one_cluster_that_may_not_be_described_does_not_hide_the_others(aws: Aws) -> None:
    seed(aws)
    shape = {"arn": "arn:aws:eks:us-east-1:123456789012:cluster/b", "version": "1.34", "name": "b"}
    aws.fake.answer("eks", "ListClusters", {"clusters": ["a", "b"]})
    aws.fake.answer("eks", "ListNodegroups", {"nodegroups": []})
    aws.fake.fail("eks", "DescribeCluster", "AccessDeniedException", "no", times=1, status=403)
    aws.fake.answer("eks", "DescribeCluster", {"cluster": shape})
    found = read("eks")
    assert [one.name for one in found.resources] == ["b"]
    assert found.unread[0].what.startswith("EKS cluster a (eks:DescribeCluster)")


def test_a_support_plan_that_has_no_health_api_is_no_failure(aws: Aws) -> None:
    seed(aws)
    instance(aws, "orders", "postgres", "13.20")
    aws.fake.fail("health", "DescribeServiceLifecycle", "SubscriptionRequiredException", "plan")
    found = read("rds", "health")
    assert len(found.resources) == 1
    assert "SubscriptionRequiredException" in found.unread[0].why


def test_nothing_readable_at_all_is_an_error(aws: Aws) -> None:
    for operation in ("DescribeDBInstances", "DescribeDBClusters"):
        aws.fake.fail("rds", operation, "AccessDenied", "no", status=403)
    with pytest.raises(AccessDenied, match="rds:DescribeDB"):
        read("rds")


def test_one_answer_that_nobody_can_read_leaves_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:resize"
    function = {"FunctionName": "resize", "FunctionArn": arn, "Runtime": "python3.9"}
    tags = json.dumps({"ResourceTagMappingList": []}).encode()

    def answer(path: str, body: bytes) -> Answer:
        if path.startswith("/2015-03-31/functions"):
            return Answer(200, json.dumps({"Functions": [function]}).encode(), "application/json")
        if b"ResourceTypeFilters" in body:
            return Answer(200, tags, "application/x-amz-json-1.1")
        return Answer(500, b"<!DOCTYPE html><title>Oops</title><p>stack trace")

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    forget_sessions()
    with serving(answer) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        found = read("rds", "eks", "lambda")
    assert [one.name for one in found.resources] == ["resize"]
    assert [one.what.split(" (")[0] for one in found.unread] == [
        "RDS instances",
        "RDS clusters",
        "EKS clusters",
    ]
    for one in found.unread:
        assert one.what.endswith("in eu-west-1 of the default credentials")
        assert 'an HTML page called "Oops"' in one.why
        assert "\n" not in one.why
        assert "stack trace" not in one.why


def test_no_region_is_a_readable_error(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(SourceError, match="no AWS region"):
        read("rds")


def test_from_the_estate_to_findings(aws: Aws, tmp_path: Path) -> None:
    seed(aws)
    instance(aws, "orders", "postgres", "13.20", Tags=[{"Key": "owner", "Value": "orders"}])
    (tmp_path / "more.csv").write_text("engine,version,name\ndebian,11,bastion\n")
    estate = tmp_path / "offcall.yaml"
    estate.write_text(
        "lifecycle:\n  inventory: [more.csv]\n  regions: [us-east-1]\n  services: [rds]\n"
    )
    saved = tmp_path / "facts.json"
    ctx = Context(Estate.load(estate), now=NOW, save=saved)
    inventory = acquire(ctx)
    assert [one.name for one in inventory.resources] == ["bastion", "orders"]
    assert inventory.source == "more.csv, AWS, us-east-1 of the default credentials"
    findings = run_checks(checks_of("lifecycle"), inventory, NOW)
    assert {one.rule for one in findings} == {
        "lifecycle-support-over",
        "lifecycle-extended-support-paid",
    }
    # The saved facts give the same findings on a machine that has neither AWS nor the file.
    again = Inventory.load(saved)
    assert run_checks(checks_of("lifecycle"), again, NOW) == findings


def test_what_a_file_and_aws_tell_of_is_one_resource(aws: Aws, tmp_path: Path) -> None:
    seed(aws)
    arn = instance(aws, "orders", "postgres", "13.20")
    (tmp_path / "a.csv").write_text(
        "engine,version,name,account,region,owner,vcpu\n"
        "postgres,13.18,orders,123456789012,us-east-1,team-orders,4\n"
    )
    (tmp_path / "b.csv").write_text(f"engine,version,arn\npostgres,13.20,{arn}\n")
    estate = tmp_path / "offcall.yaml"
    estate.write_text(
        "lifecycle:\n  inventory: [a.csv, b.csv]\n  regions: [us-east-1]\n  services: [rds]\n"
    )
    found = acquire(Context(Estate.load(estate), now=NOW))
    [one] = found.resources
    assert (one.arn, one.version, one.file, one.vcpu) == (arn, "13.20", None, 4)
    assert one.tags == {"owner": "team-orders"}
    assert [note.what for note in found.unread] == ["rds instance orders, told twice"] * 2
