"""The Health API poller, over HTTP, against a fake that keeps to botocore's service model."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offcall.core.aws import AwsDenied, AwsError
from offcall.health.model import Delivery
from offcall.health.sources.api import OVERLAP, Poller, poll
from offcall.health.sources.aws import Access, region_in
from tests.servers.aws import Aws

WHEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
ME = "123456789012"


def arn(number: int) -> str:
    return f"arn:aws:health:us-east-1::event/RDS/AWS_RDS_MAINTENANCE_SCHEDULED/{number:04d}"


def event(number: int, scope: str = "ACCOUNT_SPECIFIC") -> dict[str, Any]:
    return {
        "arn": arn(number),
        "service": "RDS",
        "eventTypeCode": "AWS_RDS_MAINTENANCE_SCHEDULED",
        "eventTypeCategory": "scheduledChange",
        "eventScopeCode": scope,
        "region": "us-east-1",
        "startTime": WHEN,
        "lastUpdatedTime": WHEN,
        "statusCode": "upcoming",
        "actionability": "ACTION_REQUIRED",
    }


def seed(aws: Aws, events: list[dict[str, Any]], *, failed: str | None = None) -> None:
    """Events with details and one resource each; details of `failed` cannot be had."""
    known = {one["arn"]: one for one in events}

    def details(asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "successfulSet": [
                {
                    "event": known[name],
                    "eventDescription": {"latestDescription": f"text of {name[-4:]}"},
                    "eventMetadata": {"deprecated_versions": "8.0"},
                }
                for name in asked["eventArns"]
                if name != failed
            ],
            "failedSet": [
                {"eventArn": name, "errorName": "NotFound", "errorMessage": "gone"}
                for name in asked["eventArns"]
                if name == failed
            ],
        }

    def entities(asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "entities": [
                {"eventArn": name, "entityValue": f"db-{name[-4:]}", "statusCode": "PENDING"}
                for name in asked["filter"]["eventArns"]
            ]
        }

    aws.fake.pages("health", "DescribeEvents", "events", events, size=7)
    aws.fake.answer("health", "DescribeEventDetails", details)
    aws.fake.answer("health", "DescribeAffectedEntities", entities)


def run(**options: Any) -> tuple[list[Delivery], Poller]:
    poller = poll(Access().health(), account=ME, **options)
    found = list(poller)
    assert all(isinstance(one, Delivery) for one in found)
    return [one for one in found if isinstance(one, Delivery)], poller


def test_every_page_with_details_and_resources(aws: Aws) -> None:
    seed(aws, [event(number) for number in range(23)])
    found, poller = run()
    assert [one.arn for one in found] == [arn(number) for number in range(23)]
    assert poller.events == 23
    assert poller.unread == []
    assert found[3].description == "text of 0003"
    assert [entity.value for entity in found[3].entities] == ["db-0003"]
    assert found[3].metadata == {"deprecated_versions": "8.0"}
    assert found[3].account == ME
    asked = aws.fake.asked("health", "DescribeEventDetails")
    assert [len(one["eventArns"]) for one in asked] == [10, 10, 3]


def test_public_events_have_no_account(aws: Aws) -> None:
    seed(aws, [event(1, "PUBLIC"), event(2)])
    found, _ = run()
    assert [one.account for one in found] == [None, ME]
    (asked,) = aws.fake.asked("health", "DescribeAffectedEntities")
    assert asked["filter"]["eventArns"] == [arn(2)]


def test_only_news_and_what_is_open(aws: Aws) -> None:
    seed(aws, [event(1)])
    found, _ = run(since=WHEN)
    assert len(found) == 1, "found by both filters, told once"
    news, still_open = (one["filter"] for one in aws.fake.asked("health", "DescribeEvents"))
    assert news == {"lastUpdatedTimes": [{"from": WHEN - OVERLAP}]}
    assert still_open == {"eventStatusCodes": ["open", "upcoming"]}
    assert timedelta(hours=72) <= OVERLAP


def test_what_aws_does_not_give_is_named(aws: Aws) -> None:
    seed(aws, [event(1), event(2)], failed=arn(2))
    found, poller = run()
    assert [one.arn for one in found] == [arn(1), arn(2)], "the event itself is kept"
    (unread,) = poller.unread
    assert unread.what == arn(2)
    assert unread.why == "NotFound: gone"


def test_throttling_is_waited_out(aws: Aws) -> None:
    seed(aws, [event(1)])
    aws.fake.fail("health", "DescribeEventDetails", "ThrottlingException", "Rate", times=2)
    assert len(run()[0]) == 1


def test_a_plan_without_the_api(aws: Aws) -> None:
    aws.fake.fail("health", "DescribeEvents", "SubscriptionRequiredException", "no")
    with pytest.raises(AwsError) as caught:
        run()
    said = str(caught.value)
    assert "support plan of this account does not include the AWS Health API" in said
    assert "Business Support+" in said
    assert "EventBridge" in said


def test_no_right(aws: Aws) -> None:
    aws.fake.fail("health", "DescribeEvents", "AccessDeniedException", "User is not authorized")
    with pytest.raises(AwsDenied, match="health:DescribeEvents"):
        run()


def test_the_organization(aws: Aws) -> None:
    events = [event(1), event(2, "PUBLIC"), event(3)]
    accounts = {arn(1): [f"{n:012d}" for n in range(12)], arn(3): ["111122223333"]}
    known = {one["arn"]: one for one in events}
    aws.fake.pages("health", "DescribeEventsForOrganization", "events", events, size=2)
    aws.fake.answer(
        "health",
        "DescribeAffectedAccountsForOrganization",
        lambda asked: {"affectedAccounts": accounts[asked["eventArn"]]},
    )

    def details(asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "successfulSet": [
                {
                    "event": known[one["eventArn"]],
                    **({"awsAccountId": one["awsAccountId"]} if "awsAccountId" in one else {}),
                }
                for one in asked["organizationEventDetailFilters"]
            ],
            "failedSet": [],
        }

    def entities(asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "entities": [
                {**one, "entityValue": f"db-{one['awsAccountId']}", "statusCode": "PENDING"}
                for one in asked["organizationEntityFilters"]
            ],
            "failedSet": [],
        }

    aws.fake.answer("health", "DescribeEventDetailsForOrganization", details)
    aws.fake.answer("health", "DescribeAffectedEntitiesForOrganization", entities)
    found, _ = run(organization=True, since=WHEN)
    assert [(one.arn[-1], one.account) for one in found] == [
        *(("1", f"{n:012d}") for n in range(12)),
        ("2", None),
        ("3", "111122223333"),
    ]
    assert [one.value for one in found[4].entities] == ["db-000000000004"]
    assert found[12].entities == ()
    assert {one.receiving_account for one in found} == {ME}
    news = aws.fake.asked("health", "DescribeEventsForOrganization")[0]["filter"]
    assert news == {"lastUpdatedTime": {"from": WHEN - OVERLAP}}, "a range, not a list of them"
    asked = aws.fake.asked("health", "DescribeEventDetailsForOrganization")
    assert [len(one["organizationEventDetailFilters"]) for one in asked] == [10, 4]


def test_resources_in_the_organization_come_in_pages(aws: Aws) -> None:
    """Two pages, and what AWS says it failed to give on the second."""
    account = "111122223333"
    lost = {"eventArn": arn(1), "awsAccountId": account, "errorName": "Later"}
    of = {"awsAccountId": account, "eventArn": arn(1)}
    accounts = {"affectedAccounts": [account]}
    aws.fake.answer("health", "DescribeEventsForOrganization", {"events": [event(1)]})
    aws.fake.answer("health", "DescribeAffectedAccountsForOrganization", accounts)
    aws.fake.answer("health", "DescribeEventDetailsForOrganization", {"successfulSet": []})

    def entities(asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["organizationEntityFilters"] == [of]
        if "nextToken" not in asked:
            return {"entities": [{**of, "entityValue": "db-1"}], "nextToken": "second"}
        assert asked["nextToken"] == "second"
        return {"entities": [{**of, "entityValue": "db-2"}], "failedSet": [lost]}

    aws.fake.answer("health", "DescribeAffectedEntitiesForOrganization", entities)
    (found,), poller = run(organization=True)
    assert [one.value for one in found.entities] == ["db-1", "db-2"]
    (unread,) = poller.unread
    assert (unread.what, unread.why) == (f"{arn(1)} in {account}", "Later")


@pytest.mark.parametrize(
    ("names", "region"),
    [
        (["health.us-east-1.amazonaws.com"], "us-east-1"),
        (["dualstack.example", "health.us-east-2.amazonaws.com."], "us-east-2"),
        (["health.us-east-2.api.aws"], "us-east-2"),
        (["global.health.amazonaws.com"], None),
        (["health.evil.example"], None),
        ([], None),
    ],
)
def test_the_active_region_is_in_the_dns_name(names: list[str], region: str | None) -> None:
    assert region_in(names) == region


def test_the_active_region_is_asked_of_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    from offcall.health.sources import aws as own

    asked: list[str] = []

    def resolve(host: str) -> tuple[str, list[str], list[str]]:
        asked.append(host)
        return "health.us-east-2.amazonaws.com", [host], ["192.0.2.1"]

    def silent(host: str) -> tuple[str, list[str], list[str]]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "gethostbyname_ex", resolve)
    assert own.active_region() == "us-east-2"
    assert asked == ["global.health.amazonaws.com"]
    monkeypatch.setattr(socket, "gethostbyname_ex", silent)
    assert own.active_region() is None


def test_the_active_region_is_spoken_to(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    from offcall.core import aws as core
    from offcall.health.sources import aws as own

    monkeypatch.delenv("AWS_ENDPOINT_URL_HEALTH")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    core.forget_sessions()
    monkeypatch.setattr(own, "active_region", lambda: "us-east-2")
    assert Access().health().endpoint == "https://health.us-east-2.amazonaws.com"
    monkeypatch.setattr(own, "active_region", lambda: None)
    assert Access().health().endpoint == "https://global.health.amazonaws.com"


def test_a_configured_endpoint_is_left_alone(aws: Aws) -> None:
    assert Access().health().endpoint == aws.fake.url
