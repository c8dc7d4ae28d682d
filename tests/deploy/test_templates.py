"""The templates: clean under cfn-lint, and doing what they say on moto over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from cfnlint.api import ManualArgs, lint_file
from cfnlint.decode import cfn_yaml
from moto.server import ThreadedMotoServer

FOLDER = Path(__file__).parents[2] / "deploy/aws"
TEMPLATES = sorted(FOLDER.glob("*.yaml"))
REGION = "us-west-2"
NOTHING = {"Ref": "AWS::NoValue"}


# moto says so of each kind of resource that it leaves out; those are read below.
pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse AWS:UserWarning")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(endpoint: str) -> Any:
    def client(service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return client


def deploy(aws: Any, name: str, template: str, **parameters: str) -> dict[str, str]:
    """Create a stack; its outputs."""
    aws("cloudformation").create_stack(
        StackName=name,
        TemplateBody=(FOLDER / template).read_text(),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    (stack,) = aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_cfn_lint_finds_nothing(template: Path) -> None:
    found = lint_file(template, config=ManualArgs(regions=[REGION, "us-east-1", "eu-central-1"]))
    assert [str(one) for one in found] == []


def test_only_the_newest_action_is_unknown_to_cfn_lint(tmp_path: Path) -> None:
    template = tmp_path / "access.yaml"
    text = (FOLDER / "access.yaml").read_text()
    template.write_text(text.replace("ignore_checks: [W3037]", "ignore_checks: []"))
    (found,) = lint_file(template, config=ManualArgs(regions=[REGION]))
    assert found.message.startswith("'describeservicelifecycle' is not one of")


def test_the_templates_are_there() -> None:
    assert [path.name for path in TEMPLATES] == [
        "access.yaml",
        "health-events-member.yaml",
        "health-events.yaml",
    ]


def test_an_event_reaches_the_queue(aws: Any) -> None:
    outputs = deploy(aws, "events", "health-events.yaml")
    assert outputs.keys() == {"QueueUrl", "QueueArn", "DeadLettersUrl", "DeadLettersArn"}
    detail = {"eventArn": "arn:aws:health:us-west-2::event/RDS/X/1", "service": "RDS"}
    aws("events").put_events(
        Entries=[
            {
                "Source": "aws.health",
                "DetailType": "AWS Health Event",
                "Detail": json.dumps(detail),
            },
            {"Source": "aws.ec2", "DetailType": "EC2 Instance State-change", "Detail": "{}"},
        ]
    )
    messages = aws("sqs").receive_message(
        QueueUrl=outputs["QueueUrl"], MaxNumberOfMessages=10, WaitTimeSeconds=0
    )["Messages"]
    (body,) = (json.loads(message["Body"]) for message in messages)
    assert body["source"] == "aws.health"
    assert body["detail"] == detail


def test_what_the_worker_cannot_take_goes_to_the_dead_letters(aws: Any) -> None:
    outputs = deploy(aws, "redrive", "health-events.yaml")
    attributes = aws("sqs").get_queue_attributes(
        QueueUrl=outputs["QueueUrl"], AttributeNames=["RedrivePolicy"]
    )["Attributes"]
    redrive = json.loads(attributes["RedrivePolicy"])
    dead = aws("sqs").get_queue_attributes(
        QueueUrl=outputs["DeadLettersUrl"], AttributeNames=["QueueArn"]
    )["Attributes"]["QueueArn"]
    assert redrive["deadLetterTargetArn"] == dead
    assert int(redrive["maxReceiveCount"]) >= 10


# moto's CloudFormation leaves out policies and alarms: these read the template itself.


@pytest.fixture(scope="module")
def events() -> Any:
    return resources("health-events.yaml")


def resources(template: str) -> Any:
    return cfn_yaml.load(str(FOLDER / template))["Resources"]


@pytest.mark.parametrize("queue", ["Queue", "DeadLetters"])
def test_only_the_rules_of_the_stack_may_send_and_only_over_tls(events: Any, queue: str) -> None:
    policy = events[f"{queue}Policy"]["Properties"]
    assert policy["Queues"] == [{"Ref": queue}]
    allow, deny = policy["PolicyDocument"]["Statement"]
    arn = {"Fn::GetAtt": [queue, "Arn"]}
    assert (allow["Effect"], allow["Action"], allow["Resource"]) == (
        "Allow",
        "sqs:SendMessage",
        arn,
    )
    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert allow["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert allow["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        {"Fn::GetAtt": ["Rule", "Arn"]},
        {"Fn::If": ["ForOrganization", {"Fn::GetAtt": ["OrganizationRule", "Arn"]}, NOTHING]},
    ]
    assert (deny["Effect"], deny["Action"], deny["Resource"]) == ("Deny", "sqs:*", arn)
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("queue", ["Queue", "DeadLetters"])
def test_queues_are_encrypted_kept_and_as_long_as_they_can_be(events: Any, queue: str) -> None:
    assert events[queue]["DeletionPolicy"] == "Retain"
    assert events[queue]["Properties"]["SqsManagedSseEnabled"] is True
    assert events[queue]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_the_bus_is_open_to_the_organization_alone(events: Any) -> None:
    statement = events["BusPolicy"]["Properties"]["Statement"]
    assert statement["Action"] == "events:PutEvents"
    assert statement["Condition"]["StringEquals"] == {
        "aws:PrincipalOrgID": {"Ref": "OrganizationId"},
        "events:source": "aws.health",
    }
    for name in ("Bus", "BusPolicy", "OrganizationRule"):
        assert events[name]["Condition"] == "ForOrganization"


@pytest.mark.parametrize("template", ["health-events.yaml", "health-events-member.yaml"])
def test_no_rule_leaves_out_a_kind_of_event(template: str) -> None:
    rules = [r for r in resources(template).values() if r["Type"] == "AWS::Events::Rule"]
    assert rules
    for rule in rules:
        assert rule["Properties"]["EventPattern"] == {"source": ["aws.health"]}
        assert rule["Properties"]["State"] == "ENABLED"


def test_alarms_watch_both_queues(events: Any) -> None:
    alarms = [r["Properties"] for r in events.values() if r["Type"] == "AWS::CloudWatch::Alarm"]
    watched = {(a["Dimensions"][0]["Value"]["Fn::GetAtt"][0], a["MetricName"]) for a in alarms}
    assert watched == {
        ("Queue", "ApproximateAgeOfOldestMessage"),
        ("DeadLetters", "ApproximateNumberOfMessagesVisible"),
    }
    assert all(alarm["AlarmActions"] == alarm["OKActions"] for alarm in alarms)


def test_events_are_fanned_out_to_a_topic_that_only_the_rules_may_publish_to(events: Any) -> None:
    for rule in ("Rule", "OrganizationRule"):
        condition, both, alone = events[rule]["Properties"]["Targets"]["Fn::If"]
        assert condition == "WithTopic"
        assert [one["Arn"] for one in both] == [
            {"Fn::GetAtt": ["Queue", "Arn"]},
            {"Ref": "EventTopic"},
        ]
        assert alone == both[:1]
    policy = events["EventTopicPolicy"]
    assert policy["Condition"] == events["EventTopic"]["Condition"] == "WithTopic"
    assert policy["Properties"]["Topics"] == [{"Ref": "EventTopic"}]
    (allow,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert (allow["Action"], allow["Resource"]) == ("sns:Publish", {"Ref": "EventTopic"})
    assert allow["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        {"Fn::GetAtt": ["Rule", "Arn"]},
        {"Fn::If": ["ForOrganization", {"Fn::GetAtt": ["OrganizationRule", "Arn"]}, NOTHING]},
    ]


def test_a_stack_that_fans_out_names_the_topic(aws: Any) -> None:
    outputs = deploy(aws, "fan-out", "health-events.yaml", FanOut="yes")
    topics = [one["TopicArn"] for one in aws("sns").list_topics()["Topics"]]
    assert outputs["EventTopicArn"] in topics
