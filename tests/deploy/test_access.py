"""The policy that we ship allows what the code calls: no more, no less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import cfn_yaml

from tests.deploy.calls import Call, calls_in, calls_of_the_product

TEMPLATE = Path(__file__).parents[2] / "deploy/aws/access.yaml"
# Every identity may ask who it is.
NEEDS_NO_RIGHT = {"sts:GetCallerIdentity"}
# botocore assumes a role by itself when an account of the estate names one; Athena looks for
# tables, makes them and writes results in the name of who asks it.
IMPLIED = {
    "sts:AssumeRole",
    "glue:CreateDatabase",
    "glue:CreateTable",
    "glue:GetDatabase",
    "glue:GetPartitions",
    "glue:GetTable",
    "s3:AbortMultipartUpload",
    "s3:GetBucketLocation",
    "s3:PutObject",
}


@pytest.fixture(scope="module")
def statements() -> list[Any]:
    policy = cfn_yaml.load(str(TEMPLATE))["Resources"]["Policy"]["Properties"]["PolicyDocument"]
    return [one["Fn::If"][1] if "Fn::If" in one else one for one in policy["Statement"]]


def test_the_policy_is_what_the_code_calls(statements: list[Any]) -> None:
    called = {call.action: call.where for call in calls_of_the_product()}
    allowed = {action for statement in statements for action in statement["Action"]}
    needed = (called.keys() - NEEDS_NO_RIGHT) | IMPLIED
    missing = {action: called[action] for action in sorted(needed - allowed)}
    assert missing == {}, "the code calls what the policy does not allow"
    assert sorted(allowed - needed) == [], "the policy allows what the code does not call"


def test_actions_are_named_one_by_one(statements: list[Any]) -> None:
    actions = [action for statement in statements for action in statement["Action"]]
    assert len(actions) == len(set(actions)) > 20
    assert not [action for action in actions if "*" in action]


def test_only_reading_is_allowed_on_everything(statements: list[Any]) -> None:
    for statement in statements:
        assert statement["Effect"] == "Allow"
        if statement["Resource"] == "*":
            verbs = {action.split(":")[1] for action in statement["Action"]}
            assert all(verb.startswith(("Describe", "List", "Get")) for verb in verbs), verbs


def found(text: str) -> list[tuple[str, str]]:
    return [(call.service, call.action) for call in calls_in(text, Path("sample.py"))]


def test_calls_are_found_however_the_client_is_held() -> None:
    text = """
def one(place):
    search = place.client("opensearch")
    search.call("describe_domains", DomainNames=[])
    client("resourcegroupstaggingapi").pages("get_resources", "ResourceTagMappingList")

class Poller:
    def __init__(self):
        self._health = client("health", region="us-east-1")
    def poll(self):
        return self._health.pages("describe_events", "events")

def helper(cache):
    # a parameter: the only service of the module that has this operation
    cache.call("list_clusters_v2")
    client("kafka")
"""
    assert found(text) == [
        ("opensearch", "es:DescribeDomains"),
        ("resourcegroupstaggingapi", "tag:GetResources"),
        ("health", "health:DescribeEvents"),
        ("kafka", "kafka:ListClustersV2"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('rds = client("rds")\nrds.call(name)', "not named as text: name"),
        ('client("rds"), client("health")\nx.call("describe_events")', "may be of"),
        ('client("rds")\nx.call("describe_evnts")', "describe_evnts may be of"),
    ],
)
def test_what_cannot_be_told_is_an_error(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        found(text)


def test_a_call_knows_where_it_is() -> None:
    (call,) = calls_in('client("sts").call("get_caller_identity")', Path("sample.py"))
    assert call == Call("sts", "get_caller_identity", "sample.py:1")
