"""Answers that no AWS service should give: each is a readable error on one line."""

from __future__ import annotations

import pytest

from offcall.core.aws import AwsError, client, default_region, forget_sessions
from tests.servers.answers import Answer, serving

PAGE = b"""<!DOCTYPE html>
<html lang=en>
<head><title>502
 Bad Gateway</title></head><body><h1>nginx</h1><p>secret-host-7</p></body></html>"""


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.delenv("AWS_REGION", raising=False)
    forget_sessions()


CALLS = (
    ("rds", "describe_db_instances", "DBInstances"),  # query: XML
    ("ec2", "describe_instances", "Reservations"),  # ec2
    ("eks", "list_clusters", "clusters"),  # rest-json
    ("health", "describe_events", "events"),  # json
)
ANSWERS = {
    "a page, 500": Answer(500, PAGE),
    "a page, 502": Answer(502, PAGE),
    "a page, 403": Answer(403, PAGE),
    "a page, 200": Answer(200, PAGE),
    "XML that is cut off": Answer(200, b"<DescribeDBInstancesResponse><DescribeDB", "text/xml"),
    "JSON that is cut off": Answer(200, b'{"clusters": ["a", ', "application/json"),
    "bytes": Answer(200, b"\xff\xfe\x00\x01", "application/json"),
    "a list": Answer(200, b"[1, 2]", "application/json"),
    "a broken connection": Answer(200, b'{"clusters": ["a", ', "application/json", breaks=True),
    "deep": Answer(200, b'{"clusters":' + b"[" * 100_000, "application/json"),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize(("service", "operation", "key"), CALLS)
def test_an_answer_that_nobody_can_read(service: str, operation: str, key: str, name: str) -> None:
    with serving(lambda path, body: ANSWERS[name]) as url:
        one = client(service, endpoint_url=url)
        for ask in (lambda: one.call(operation), lambda: list(one.pages(operation, key))):
            with pytest.raises(AwsError) as caught:
                ask()
            said = caught.value.message
            assert "\n" not in said
            assert "<" not in said.replace("<ERR", "")
            assert len(said) < 400
            assert one.action(operation) in said
            assert "secret-host-7" not in said
            if "page" in name:
                assert 'an HTML page called "502 Bad Gateway"' in said


def test_an_empty_answer_is_no_error() -> None:
    with serving(lambda path, body: Answer(200, b"{}", "application/json")) as url:
        assert list(client("eks", endpoint_url=url).pages("list_clusters", "clusters")) == []


def test_no_connection() -> None:
    with serving(lambda path, body: Answer()) as url:
        pass
    with pytest.raises(AwsError, match="cannot reach AWS at"):
        client("eks", endpoint_url=url).call("list_clusters")


def test_a_call_that_the_model_refuses_is_our_own_fault() -> None:
    with pytest.raises(AwsError, match="as AWS does not define it") as caught:
        client("eks").call("describe_cluster", name=3)
    assert "bug in offcall" in (caught.value.hint or "")
    assert "\n" not in caught.value.message


def test_the_region_when_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_region() == "us-east-1" == client("eks").region
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert default_region() == "eu-west-1" == client("eks").region
    assert default_region("no-such-profile") is None
