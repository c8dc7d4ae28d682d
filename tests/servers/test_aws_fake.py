"""The fake refuses what AWS does not know, and speaks each protocol that boto3 uses with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from offcall.core.aws import AwsDenied, AwsError, client
from tests.servers.aws import Aws
from tests.servers.aws_wire import UnfitError

ARN = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/X"
WHEN = datetime(2026, 11, 1, 2, 3, 4, tzinfo=UTC)


def event(number: int) -> dict[str, object]:
    return {
        "arn": f"{ARN}{number}",
        "service": "EC2",
        "startTime": WHEN,
        "statusCode": "open",
        "personas": ["OPERATIONS"],
    }


def test_cbor_pages_and_times(aws: Aws) -> None:
    aws.fake.pages("health", "DescribeEvents", "events", [event(n) for n in range(5)], size=2)
    found = list(client("health").pages("describe_events", "events", filter={"services": ["EC2"]}))
    assert [one["arn"][-1] for one in found] == list("01234")
    assert found[0]["startTime"] == WHEN
    asked = aws.fake.asked("health", "DescribeEvents")
    assert [one.get("nextToken") for one in asked] == [None, "page-2", "page-4"]
    assert asked[0]["filter"] == {"services": ["EC2"]}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"events": [{"arn": ARN, "colour": "red"}]}, "colour"),
        ({"events": [{"arn": ARN, "statusCode": "ajar"}]}, "ajar"),
        ({"events": [{"arn": 7}]}, "Invalid type"),
    ],
)
def test_an_answer_that_aws_could_not_give_is_refused(
    aws: Aws, answer: dict[str, object], said: str
) -> None:
    with pytest.raises(UnfitError, match=said):
        aws.fake.answer("health", "DescribeEvents", answer)


def test_an_answer_made_later_is_checked_too(aws: Aws) -> None:
    aws.fake.answer("health", "DescribeEvents", lambda asked: {"events": [{"colour": "red"}]})
    with pytest.raises(ClientError, match="colour"):
        aws.client("health").describe_events()
    (problem,) = aws.fake.problems
    assert "colour" in problem
    aws.fake.problems.clear()


def test_a_question_that_aws_would_refuse_is_refused(aws: Aws) -> None:
    aws.fake.answer("health", "DescribeEvents", {"events": []})
    with pytest.raises(ClientError, match="ajar"):
        aws.client("health").describe_events(filter={"eventStatusCodes": ["ajar"]})
    aws.fake.problems.clear()


def test_an_operation_that_aws_does_not_have(aws: Aws) -> None:
    with pytest.raises(KeyError, match="DescribeWeather"):
        aws.fake.answer("health", "DescribeWeather", {})


def test_query_and_the_rest_goes_to_moto(aws: Aws) -> None:
    pending = {
        "ResourceIdentifier": "arn:aws:rds:us-east-1:123456789012:db:shop",
        "PendingMaintenanceActionDetails": [
            {"Action": "system-update", "ForcedApplyDate": WHEN, "Description": "New OS <update>"}
        ],
    }
    aws.fake.answer(
        "rds", "DescribePendingMaintenanceActions", {"PendingMaintenanceActions": [pending]}
    )
    rds = aws.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="shop", DBInstanceClass="db.t3.micro", Engine="postgres"
    )
    assert [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]] == [
        "shop"
    ]
    found = rds.describe_pending_maintenance_actions()["PendingMaintenanceActions"]
    assert found[0]["PendingMaintenanceActionDetails"][0]["ForcedApplyDate"] == WHEN
    assert found == [pending]


def test_rest_json(aws: Aws) -> None:
    aws.fake.answer(
        "eks",
        "DescribeClusterVersions",
        {"clusterVersions": [{"clusterVersion": "1.31", "endOfStandardSupportDate": WHEN}]},
    )
    aws.fake.answer(
        "eks", "ListInsights", lambda asked: {"insights": [{"name": asked["clusterName"]}]}
    )
    eks = aws.client("eks")
    versions = eks.describe_cluster_versions(includeAll=True)["clusterVersions"]
    assert versions[0]["endOfStandardSupportDate"] == WHEN
    assert aws.fake.asked("eks", "DescribeClusterVersions") == [{"includeAll": True}]
    assert eks.list_insights(clusterName="shop")["insights"] == [{"name": "shop"}]


def test_json(aws: Aws) -> None:
    aws.fake.answer("pricing", "GetProducts", {"PriceList": ['{"product": {}}']})
    assert aws.client("pricing").get_products(ServiceCode="AmazonRDS")["PriceList"]


def test_throttling_is_waited_out(aws: Aws) -> None:
    aws.fake.answer("health", "DescribeEvents", {"events": [event(1)]})
    aws.fake.fail("health", "DescribeEvents", "ThrottlingException", "Rate exceeded", times=3)
    assert len(client("health").call("describe_events")["events"]) == 1
    assert len(aws.fake.asked("health", "DescribeEvents")) == 4


def test_errors_are_readable(aws: Aws) -> None:
    aws.fake.fail("health", "DescribeEvents", "SubscriptionRequiredException", "no plan", times=1)
    aws.fake.fail("health", "DescribeEvents", "AccessDeniedException", "not you", times=1)
    aws.fake.fail("health", "DescribeEvents", "UnrecognizedClientException", "who?", times=1)
    health = client("health")
    with pytest.raises(AwsError, match="health:DescribeEvents: SubscriptionRequired") as plan:
        health.call("describe_events")
    assert plan.value.code == "SubscriptionRequiredException"
    with pytest.raises(AwsDenied, match="refuses health:DescribeEvents: not you") as denied:
        health.call("describe_events")
    assert denied.value.action == "health:DescribeEvents"
    assert "allow the IAM action" in str(denied.value)
    with pytest.raises(AwsDenied, match="does not accept the credentials"):
        health.call("describe_events")


def test_nobody_there(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(AwsError, match=r"cannot reach AWS at http://127\.0\.0\.1:9"):
        client("sqs").call("list_queues")


def test_no_such_profile(aws: Aws) -> None:
    with pytest.raises(AwsError, match="nobody"):
        client("sqs", profile="nobody")
