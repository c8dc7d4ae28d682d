"""ARNs of many services: their kinds, and the names that people use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.core.arn import is_arn, make, parse, partition_of

HOME = "eu-west-1:111122223333"


@pytest.mark.parametrize(
    ("rest", "kind", "name"),
    [
        (f"rds:{HOME}:db:orders", "rds instance", "orders"),
        (f"rds:{HOME}:cluster:orders", "rds cluster", "orders"),
        (f"rds:{HOME}:snapshot:rds:orders-2026", "rds snapshot", "rds:orders-2026"),
        (f"rds:{HOME}:cluster-snapshot:a", "rds cluster snapshot", "a"),
        (f"eks:{HOME}:cluster/prod", "eks cluster", "prod"),
        (f"eks:{HOME}:nodegroup/prod/ng/1b2c", "eks nodegroup", "ng"),
        (f"kafka:{HOME}:cluster/log/8f0e-1", "msk cluster", "log"),
        (f"lambda:{HOME}:function:resize", "lambda function", "resize"),
        (f"lambda:{HOME}:function:resize:live", "lambda function", "resize"),
        (f"es:{HOME}:domain/logs", "opensearch domain", "logs"),
        (f"elasticache:{HOME}:replicationgroup:s", "elasticache cluster", "s"),
        (f"ec2:{HOME}:instance/i-0c4e", "ec2 instance", "i-0c4e"),
        (f"ec2:{HOME}:volume/vol-1", "ebs volume", "vol-1"),
        (f"ec2:{HOME}:transit-gateway/tgw-1", "ec2 transit gateway", "tgw-1"),
        (f"elasticloadbalancing:{HOME}:loadbalancer/app/web/50dc", "load balancer", "web"),
        (f"elasticloadbalancing:{HOME}:loadbalancer/classic", "load balancer", "classic"),
        (f"elasticloadbalancing:{HOME}:targetgroup/web/73e2", "target group", "web"),
        (f"acm:{HOME}:certificate/1234-56", "acm certificate", "1234-56"),
        (f"dynamodb:{HOME}:table/carts/index/by-day", "dynamodb table", "carts"),
        (f"ecs:{HOME}:service/prod/web", "ecs service", "web"),
        (f"logs:{HOME}:log-group:/aws/lambda/x:*", "log group", "/aws/lambda/x"),
        (f"sqs:{HOME}:health", "sqs queue", "health"),
        (f"sns:{HOME}:alerts", "sns topic", "alerts"),
        ("s3:::my-bucket", "s3 bucket", "my-bucket"),
        ("iam::111122223333:role/aws-service-role/x/Admin", "iam role", "Admin"),
        (f"secretsmanager:{HOME}:secret:db-AbCdEf", "secretsmanager secret", "db-AbCdEf"),
    ],
)
def test_kind_and_name(rest: str, kind: str, name: str) -> None:
    arn = parse(f"arn:aws:{rest}")
    assert arn is not None
    assert (arn.kind, arn.name) == (kind, name)
    assert arn.text == f"arn:aws:{rest}"


def test_the_parts() -> None:
    arn = parse(f" arn:aws-cn:eks:{HOME}:nodegroup/prod/ng/1b2c ")
    assert arn is not None
    assert (arn.partition, arn.service, arn.region, arn.account) == (
        "aws-cn",
        "eks",
        *HOME.split(":"),
    )
    assert (arn.type, arn.cluster) == ("nodegroup", "prod")
    bucket = parse("arn:aws:s3:::my-bucket")
    assert bucket is not None
    assert (bucket.region, bucket.account, bucket.type, bucket.cluster) == (None, None, "", None)
    instance = parse(f"arn:aws:rds:{HOME}:db:orders")
    assert instance is not None
    assert instance.cluster is None


@pytest.mark.parametrize(
    "text", ["", "orders", "arn:aws:rds:eu-west-1", "arn:aws::r:a:x", "arn:aws:rds:r:a:", 7, None]
)
def test_what_is_none(text: object) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        (None, "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_partitions(region: str | None, partition: str) -> None:
    assert partition_of(region) == partition
    made = parse(make("rds", region, "111122223333", "db:x"))
    assert made is not None
    assert (made.partition, made.region, made.name) == (partition, region, "x")


@given(st.text(alphabet=st.sampled_from("arn:/-x*1"), max_size=40))
def test_any_text_has_a_kind_and_a_name_or_is_none(text: str) -> None:
    arn = parse(f"arn:{text}")
    assert is_arn(f"arn:{text}")
    if arn is not None:
        assert arn.kind
        assert isinstance(arn.name, str)
        assert arn.cluster is None or isinstance(arn.cluster, str)
