"""What rules let through, and which regions back one another up."""

from __future__ import annotations

from typing import Any

import pytest

from offcall.core.checks import checks_of, run_checks
from offcall.health.checks.examples import NOW
from offcall.health.regions import backup_of, to_read
from offcall.health.rules import fits, left_out, narrowed_by
from offcall.health.snapshot import RegionRules, Rule, Setup

HERE = {"account": "111122223333", "region": "eu-west-1"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (["aws.health"], True),
        ([{"prefix": "aws."}], True),
        ([{"wildcard": "aws.*"}], True),
        ([{"wildcard": "*.ec2"}], False),
        ([{"prefix": {"equals-ignore-case": "AWS."}}], True),
        ([{"suffix": ".health"}], True),
        ([{"anything-but": ["aws.health"]}], False),
        ([{"anything-but": {"prefix": "aws.ec2"}}], True),
        (["aws.ec2"], False),
        (None, False),
    ],
)
def test_sources(source: Any, expected: bool) -> None:
    assert fits({"source": source}) is expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ()),
        ({"detail-type": ["AWS Health Abuse Event"]}, ("detail-type",)),
        ({"detail-type": [{"prefix": "AWS Health"}]}, ()),
        ({"region": ["us-east-1"]}, ("region",)),
        ({"region": ["eu-west-1"], "account": ["111122223333"]}, ()),
        ({"account": ["999999999999"]}, ("account",)),
    ],
)
def test_the_usual_event_is_left_out(more: dict[str, Any], expected: tuple[str, ...]) -> None:
    pattern = {"source": ["aws.health"], **more}
    assert left_out(pattern, **HERE) == expected


def test_narrowed() -> None:
    assert narrowed_by({"detail-type": ["AWS Health Event"], "detail": {"service": ["EC2"]}}) == (
        "service",
        "detail-type",
    )
    assert narrowed_by({"detail-type": ["AWS Health Event", "AWS Health Abuse Event"]}) == ()


def test_backup_regions() -> None:
    assert backup_of("eu-west-1") == "us-west-2"
    assert backup_of("us-west-2") == "us-east-1"
    assert backup_of("cn-north-1") == "cn-northwest-1"
    assert backup_of("cn-northwest-1") == "cn-north-1"
    assert backup_of("us-gov-west-1") is None
    assert to_read(["cn-north-1"]) == ("cn-north-1", "cn-northwest-1")
    assert to_read(["us-gov-east-1"]) == ("us-gov-east-1", "us-gov-west-1")
    assert to_read(["eu-west-1"]) == ("eu-west-1", "us-east-1", "us-west-2")


def rules(setup: Setup) -> list[tuple[str, str | None]]:
    return [(one.rule, one.resource.region) for one in run_checks(checks_of("health"), setup, NOW)]


def test_a_rule_for_abuse_alone_is_no_feed_and_china_is_backed_up_in_china() -> None:
    good = Rule(name="h", enabled=True, targets=("arn:aws-cn:sqs:cn-north-1:1:q",))
    deaf = good.model_copy(update={"left_out": ("detail-type",)})
    setup = Setup(
        taken_at=NOW,
        source="a test",
        wanted=("cn-north-1",),
        regions=(
            RegionRules(region="cn-north-1", rules=(deaf,)),
            RegionRules(region="cn-northwest-1"),
        ),
    )
    found = rules(setup)
    assert ("health-rule-idle", "cn-north-1") in found
    assert ("health-backup-rule-missing", "cn-northwest-1") in found
    assert not any(region == "us-east-1" for _, region in found)
