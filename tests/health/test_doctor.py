"""The doctor: each check's own examples, and the reading of a real (moto) set-up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from offcall.core.checks import Check, checks_of, run_checks
from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.health.model import EventState, Feed, Origin
from offcall.health.parse import parse
from offcall.health.read import read_setup
from offcall.health.snapshot import Setup
from offcall.health.sources.reconcile import missed, missed_since
from offcall.health.storage import store
from offcall.health.storage.feeds import FeedSeen
from offcall.history import open_history
from offcall.history.database import History
from tests.health.messages import message
from tests.servers.aws import ACCOUNT, Aws

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize("one", checks_of("health"), ids=lambda one: one.id)
def test_the_examples(one: Check) -> None:
    bad = list(one(one.fails.snapshot(), one.fails.now))
    assert bad
    assert {finding.rule for finding in bad} == {one.id}
    assert all(finding.next_step and finding.category == "setup" for finding in bad)
    assert list(one(one.passes.snapshot(), one.passes.now)) == []


def context(tmp_path: Path, **health: Any) -> Context:
    return Context(Estate({"history": str(tmp_path / "h.sqlite"), "health": health}), now=NOW)


def allow(queue_arn: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": queue_arn,
                }
            ],
        }
    )


def make_good(aws: Aws) -> str:
    """A queue with a policy and dead letters, and a rule in both regions; the queue's URL."""
    sqs = aws.client("sqs")
    aws.queue("dead")
    url = aws.queue("health")
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:health"
    redrive = {
        "deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead",
        "maxReceiveCount": "5",
    }
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": allow(arn), "RedrivePolicy": json.dumps(redrive)}
    )
    for region in ("us-east-1", "us-west-2"):
        events = aws.client("events", region)
        events.put_rule(Name="health", EventPattern='{"source":["aws.health"]}')
        events.put_rule(Name="other", EventPattern='{"source":["aws.ec2"]}')
        events.put_targets(Rule="health", Targets=[{"Id": "q", "Arn": arn}])
    return url


def test_all_well(aws: Aws, tmp_path: Path) -> None:
    url = make_good(aws)
    aws.fake.answer("health", "DescribeEvents", {"events": []})
    with context(tmp_path, queues=[url], regions=["us-east-1"]) as ctx:
        (delivery,) = parse(message(1), origin=Origin(how="sqs", region="us-east-1"))
        store.ingest(open_history(ctx), [delivery], NOW)
        setup = read_setup(ctx)
    assert setup.unread == ()
    assert setup.account == ACCOUNT
    assert setup.plan == "api"
    assert [(one.region, len(one.rules)) for one in setup.regions] == [
        ("us-east-1", 1),
        ("us-west-2", 1),
    ]
    assert setup.queues[0].senders == ("events.amazonaws.com",)
    assert setup.queues[0].dead_letters == 0
    assert run_checks(checks_of("health"), setup, NOW) == []
    assert Setup.model_validate_json(setup.model_dump_json()) == setup


def test_everything_wrong(aws: Aws, tmp_path: Path) -> None:
    url = make_good(aws)
    sqs = aws.client("sqs")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    aws.send(aws.queue("dead"), ["lost"])
    aws.client("events").disable_rule(Name="health")
    west = aws.client("events", "us-west-2")
    west.remove_targets(Rule="health", Ids=["q"])
    west.delete_rule(Name="health")
    aws.fake.fail("health", "DescribeEvents", "SubscriptionRequiredException", "no")
    aws.fake.answer(
        "health",
        "DescribeHealthServiceStatusForOrganization",
        {"healthServiceAccessStatusForOrganization": "DISABLED"},
    )
    aws.fake.answer("organizations", "ListDelegatedAdministrators", {"DelegatedAdministrators": []})
    with context(
        tmp_path, queues=[url], regions=["us-east-1", "eu-west-1"], organization=True
    ) as ctx:
        result = find_tool("health doctor").call(ctx)
    found = {(one.rule, one.resource.region) for one in result.findings}
    assert found == {
        ("health-rule-missing", "eu-west-1"),
        ("health-rule-idle", "us-east-1"),
        ("health-backup-rule-missing", "us-west-2"),
        ("health-queue-closed", None),
        ("health-dead-letters", None),
        ("health-api-not-in-plan", None),
        ("health-organization-off", None),
        ("health-no-delegated-administrator", None),
        ("health-no-feed", None),
    }
    assert result.unread == ()


def test_what_may_not_be_read_is_named_with_the_right_that_is_missing(
    aws: Aws, tmp_path: Path
) -> None:
    aws.fake.fail("events", "ListRules", "AccessDeniedException", "not you")
    aws.fake.fail("health", "DescribeEvents", "AccessDeniedException", "not you")
    with context(tmp_path, queues=[f"{aws.moto.url}/{ACCOUNT}/nobody"]) as ctx:
        setup = read_setup(ctx)
    said = {one.what: f"{one.why} {one.hint}" for one in setup.unread}
    assert "events:ListRules" in said["rules in us-east-1"]
    assert "health:DescribeEvents" in said["support plan"]
    assert "does not exist" in said[f"queue {aws.moto.url}/{ACCOUNT}/nobody"]
    rules = {one.rule for one in run_checks(checks_of("health"), setup, NOW)}
    assert rules == {"health-no-feed"}, "nothing is claimed of what was not read"


def test_silence_is_judged_by_the_estates_threshold(tmp_path: Path) -> None:
    def rules(days: float) -> set[str]:
        with context(tmp_path, silent_after_days=days) as ctx:
            history = open_history(ctx)
            (delivery,) = parse(message(1), origin=Origin(how="sqs", region="us-east-1"))
            store.ingest(history, [delivery], NOW - timedelta(days=5))
            from offcall.core.windows import Window
            from offcall.health.brief import contribute

            window = Window(NOW, NOW + timedelta(days=14), "", UTC)
            return {one.rule for one in contribute(ctx, window).findings}

    assert rules(3) == {"health-event-change", "health-feed-silent"}
    assert rules(30) == {"health-event-change"}


def seen(how: str, first: datetime) -> FeedSeen:
    return FeedSeen(how, "us-east-1", "", False, first, NOW, NOW, 1, 1)


def known(name: str, updated: datetime, *ways: str) -> EventState:
    return EventState(
        account=None,
        arn=name,
        code="AWS_RDS_MAINTENANCE_SCHEDULED",
        service="RDS",
        category="scheduledChange",
        last_updated=updated,
        feeds=tuple(Feed(how=one) for one in ways),
    )


def test_what_the_feed_did_not_bring() -> None:
    begin = NOW - timedelta(days=10)
    events = [
        known("missed", NOW - timedelta(days=1), "api"),
        known("both", NOW - timedelta(days=1), "api", "sqs"),
        known("just now", NOW - timedelta(minutes=5), "api"),
        known("before the queue was", begin - timedelta(days=1), "api"),
        known("only pushed", NOW - timedelta(days=1), "sqs"),
    ]
    feeds = [seen("sqs", begin), seen("api", begin)]
    assert [one.arn for one in missed(events, feeds, NOW)] == ["missed"]
    assert missed(events, [seen("api", begin)], NOW) == [], "no queue, nothing is missed"


def test_what_was_missed_is_read_since_the_last_poll(history: History) -> None:
    """A poll tells what the one before could not call missed yet, and not all of it again."""
    times = [NOW - timedelta(days=60), NOW - timedelta(days=3), NOW - timedelta(hours=3)]
    for number, at in enumerate(times):
        updated = {"lastUpdatedTime": at.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        origin = Origin(how="api", region="us-east-1")
        store.ingest(history, parse(message(number, **updated), origin=origin), at)
    feeds = [seen("sqs", NOW - timedelta(days=90))]

    def told(since: datetime | None) -> list[datetime | None]:
        return [one.last_updated for one in missed_since(history, feeds, NOW, since)]

    assert told(None) == times[1:]
    assert told(NOW - timedelta(hours=2)) == times[2:]
    assert told(NOW - timedelta(hours=1)) == []
    assert missed_since(history, [], NOW) == []


def test_sync_tells_what_the_queue_missed(aws: Aws, tmp_path: Path) -> None:
    arn = "arn:aws:health:us-east-1::event/RDS/AWS_RDS_MAINTENANCE_SCHEDULED/77"
    event = {
        "arn": arn,
        "service": "RDS",
        "eventTypeCode": "AWS_RDS_MAINTENANCE_SCHEDULED",
        "eventTypeCategory": "scheduledChange",
        "eventScopeCode": "ACCOUNT_SPECIFIC",
        "region": "us-east-1",
        "startTime": NOW + timedelta(days=3),
        "lastUpdatedTime": NOW - timedelta(hours=5),
        "statusCode": "upcoming",
    }
    aws.fake.answer("health", "DescribeEvents", {"events": [event]})
    aws.fake.answer("health", "DescribeEventDetails", {"successfulSet": [{"event": event}]})
    aws.fake.answer("health", "DescribeAffectedEntities", {"entities": []})
    with context(tmp_path) as ctx:
        history = open_history(ctx)
        (delivery,) = parse(message(1), origin=Origin(how="sqs", region="us-east-1"))
        store.ingest(history, [delivery], NOW - timedelta(days=2))
        result = find_tool("health sync").call(ctx)
        assert (result.new, result.events_new) == (1, 1)
        (gap,) = result.findings
        assert gap.rule == "health-feed-gap"
        assert gap.evidence[0].value == arn
        again = find_tool("health sync").call(ctx)
        assert (again.new, again.duplicates) == (0, 1)
        assert [one.arn for one in store.events(history) if one.service == "RDS"] == [arn]
