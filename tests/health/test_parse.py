"""Parsing: every shape, every oddity noted, nothing raised."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.health.fold import fold
from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse import MAX_BODY, from_api, parse, parse_stream
from offcall.health.parse.message import decode_envelope, delivery_of
from tests.health.samples import ARN, ORIGIN, delivery, envelope, only


def rejected(body: bytes | str) -> Reject:
    (one,) = parse(body, origin=ORIGIN)
    assert isinstance(one, Reject), one
    return one


def sns(message: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:us-east-1:1:health",
        "Message": message,
        **more,
    }


def test_the_documented_event_has_every_field() -> None:
    one = delivery()
    assert one.account == "111122223333"
    assert one.receiving_account == "999988887777"
    assert one.arn == ARN
    assert one.region == "us-west-2"
    assert one.start == datetime(2026, 8, 27, 13, 19, 3, tzinfo=UTC)
    assert one.last_updated == datetime(2026, 1, 27, 1, 43, 21, tzinfo=UTC)
    assert one.description == "Python 3.9 ends."
    assert one.entities[0].status == "PENDING"
    assert one.metadata == {"deprecated_versions": "python3.9"}
    assert (one.page, one.total_pages) == (1, 1)
    assert one.notes == ()


BARE = json.dumps(envelope()["detail"])
EVENT = json.dumps(envelope())


@pytest.mark.parametrize(
    "body",
    [
        EVENT,
        json.dumps(json.dumps(envelope())),
        json.dumps(sns(EVENT)),
        json.dumps(sns(json.dumps(EVENT))),
        json.dumps(sns(json.dumps(sns(EVENT)))),
        json.dumps({"Records": [{"EventSource": "aws:sns", "Sns": sns(EVENT)}]}),
        json.dumps({"Records": [{"messageId": "m", "body": json.dumps(sns(EVENT))}]}),
        json.dumps({"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": EVENT}]}),
        json.dumps({"Records": [{"messageId": "m", "body": EVENT}]}),
        json.dumps([envelope()]),
        json.dumps(envelope(), indent=2),
        "\ufeff" + EVENT,
        json.dumps({**envelope(), "detail": BARE}),
        json.dumps({"Entries": [{"Source": "aws.health", "Detail": BARE}]}),
        BARE,
    ],
)
def test_every_envelope_gives_the_same_event(body: str) -> None:
    one = only(body)
    assert (one.key, one.entities, one.status) == (
        delivery().key,
        delivery().entities,
        "upcoming",
    )


@pytest.mark.parametrize("separator", ["\n", "\r\n", "", " ", "\n\n", ",\n"])
def test_several_documents_in_one_body(separator: str) -> None:
    second = json.dumps(envelope(communicationId="two-1"))
    found = parse(EVENT + separator + second, origin=ORIGIN)
    assert [isinstance(one, Delivery) for one in found] == [True, True]


def test_lines_are_counted_and_a_broken_one_does_not_hurt_the_others() -> None:
    body = "\n".join([EVENT, "", EVENT[:500], EVENT])
    found = list(parse_stream(io.BytesIO(body.encode()), origin=ORIGIN))
    assert [(type(one), one.line) for one in found] == [(Delivery, 1), (Reject, 3), (Delivery, 4)]
    assert isinstance(found[1], Reject)
    assert found[1].reason == "the JSON is cut off after 500 bytes"
    assert found[1].body == EVENT[:500].encode()


def test_a_first_line_that_is_broken_is_still_json_lines() -> None:
    found = list(parse_stream(io.BytesIO(f"{EVENT[:99]}\n{EVENT}\n".encode()), origin=ORIGIN))
    assert [(type(one), one.line) for one in found] == [(Reject, 1), (Delivery, 2)]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_file_may_be_one_array(indent: int | None) -> None:
    body = json.dumps([envelope(), envelope(communicationId="two-1")], indent=indent)
    found = list(parse_stream(io.BytesIO(body.encode()), origin=ORIGIN))
    assert [type(one) for one in found] == [Delivery, Delivery]


def test_an_empty_file_holds_nothing() -> None:
    assert list(parse_stream(io.BytesIO(b"\n \n"), origin=ORIGIN)) == []
    assert parse(b" \n", origin=ORIGIN) == []


@pytest.mark.parametrize(
    ("detail", "note"),
    [
        ({"startTime": "Mon, 27 Aug 2026 13:19:03 GMT"}, "startTime names a wrong weekday: Mon"),
        ({"startTime": "2026-08-27T13:19:03"}, "startTime has no time zone: UTC is assumed"),
        ({"startTime": "soon"}, "startTime is not a time: 'soon'"),
        ({"startTime": "0001-01-01T00:00:00+14:00"}, "startTime is not a time"),
        ({"startTime": 1e300}, "startTime is not a time"),
        ({"eventTypeCategory": "plannedChange"}, "the category is written 'plannedChange'"),
        ({"eventTypeCategory": "weather"}, "unknown category 'weather'"),
        ({"statusCode": "UPCOMING"}, "the status is written 'UPCOMING'"),
        ({"statusCode": "paused"}, "unknown status 'paused'"),
        ({"affectedAccount": ...}, "affectedAccount is not given: the receiving account"),
        ({"affectedAccount": 11122223333}, "affectedAccount is a number"),
        ({"affectedEntities": "db"}, "affectedEntities is not a list"),
        ({"affectedEntities": [{"status": "PENDING"}]}, "an affected entity has no value"),
        ({"lastUpdatedTime": "9999-01-01T00:00:00Z"}, "cannot be 9999-01-01: it is not used"),
        ({"lastUpdatedTime": "1970-01-01T00:00:00Z"}, "cannot be 1970-01-01: it is not used"),
        ({"page": "two"}, "page is not a count: 'two'"),
        ({"page": "3"}, "page 3 of 1"),
        ({"page": -1}, "page is not a count: -1"),
        ({"eventDescription": [5]}, "eventDescription holds no description"),
        ({"eventMetadata": [1]}, "eventMetadata is not a mapping"),
        ({"personas": ["OPERATIONAL"]}, "persona OPERATIONAL is taken for OPERATIONS"),
        ({"personas": 5}, "personas is not a list"),
        (
            {"eventArn": "arn:aws:health:::event/x", "eventTypeCode": ...},
            "the event type is not named",
        ),
        ({"eventDescription": [{"latestDescription": "a\x00b"}]}, "holds a NUL character"),
    ],
)
def test_what_is_odd_is_taken_and_noted(detail: dict[str, Any], note: str) -> None:
    assert any(note in one for one in delivery(**detail).notes), delivery(**detail).notes


def test_what_was_written_is_kept_beside_the_category() -> None:
    one = delivery(eventTypeCategory="accountnotification")
    assert (one.category, one.category_written) == ("accountNotification", "accountnotification")
    other = delivery(eventTypeCategory="weather")
    assert (other.category, other.category_written) == ("weather", None)


@pytest.mark.parametrize(
    "written",
    [
        "Thu, 27 Aug 2026 13:19:03 GMT",
        "2026-08-27T13:19:03Z",
        "2026-08-27T15:19:03+02:00",
        "2026-08-27 13:19:03+00:00",
        "2026-08-27 13:19:03.000000+00:00",
        "27 Aug 2026 13:19:03 -0000",
        1787836743,
        1787836743.0,
        1787836743000,
        "1787836743",
    ],
)
def test_times_come_in_many_forms(written: Any) -> None:
    one = delivery(startTime=written)
    assert one.start == datetime(2026, 8, 27, 13, 19, 3, tzinfo=UTC)
    assert one.notes == ()


def test_an_old_event_lacks_half_of_it() -> None:
    old = {
        "version": "0",
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": "123456789012",
        "time": "2016-06-05T06:27:57Z",
        "region": "us-west-2",
        "resources": ["i-abcd1111"],
        "detail": {
            "eventArn": "arn:aws:health:us-west-2::event/AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE"
            "_DEGRADED_90353408594353980",
            "service": "EC2",
            "eventTypeCode": "AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED",
            "eventTypeCategory": "issue",
            "startTime": "Sat, 05 Jun 2016 15:10:09 GMT",
            "eventDescription": [{"language": "en_US", "latestDescription": "A description"}],
            "affectedEntities": [
                {"entityValue": "i-abcd1111", "tags": {"stage": "prod", "app": "my-app"}}
            ],
        },
    }
    one = only(json.dumps(old))
    assert one.account == "123456789012"
    assert one.entities[0].tags == {"stage": "prod", "app": "my-app"}
    assert one.region == "us-west-2"
    assert one.status is None
    assert one.communication_id is None


def test_both_spellings_of_the_last_update() -> None:
    one = delivery(lastUpdatedTime=..., lastUpdatedtime="2026-01-27T01:43:21Z")
    assert one.last_updated == datetime(2026, 1, 27, 1, 43, 21, tzinfo=UTC)


def test_resources_stand_in_for_entities() -> None:
    body = envelope(affectedEntities=...)
    body["resources"] = ["db-1", "db-2"]
    assert [one.value for one in only(json.dumps(body)).entities] == ["db-1", "db-2"]


def test_an_abuse_event_is_known_as_one() -> None:
    assert only(json.dumps({**envelope(), "detail-type": "AWS Health Abuse Event"})).abuse


def test_a_public_event_has_no_account_and_one_key_for_all_receivers() -> None:
    first = delivery(eventScopeCode="PUBLIC", communicationId="a-1", affectedAccount="1")
    second = delivery(eventScopeCode="PUBLIC", communicationId="b-1", affectedAccount="2")
    assert first.account is second.account is None
    assert first.key == second.key
    assert first.receiving_account == "999988887777"


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"backupEvent": "true"}, True),
        ({"communicationId": "other-1"}, False),
        ({"affectedAccount": "444455556666"}, False),
        ({"page": "2", "totalPages": "2"}, False),
    ],
)
def test_what_makes_two_messages_one_delivery(changed: dict[str, Any], *, same: bool) -> None:
    assert (delivery(**changed).key == delivery().key) is same


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (EVENT[:-1], "the JSON is cut off after"),
        ("{", "the JSON is cut off after 1 bytes"),
        ('{"detail": {"eventArn": nope}}', "not JSON: .* at byte 28"),
        ('{\n "detail": {\n  "eventArn": nope}}', r"not JSON: .* at byte 33 \(line 3, column 19\)"),
        (b'{"detail": "\xff\xfe"}', "detail is text that is no JSON object"),
        (b'{"detail": "\xff\xfe', "not UTF-8|cut off"),
        ("null", "found null"),
        ("17", "found a number"),
        ('"hello"', "found text"),
        ("{}", "found an object with nothing in it"),
        ('{"a": 1, "b": 2}', "found an object with a, b"),
        (json.dumps(envelope(eventArn=...)), "detail.eventArn is missing"),
        (json.dumps(envelope(eventArn=7)), "detail.eventArn is not text: 7"),
        (json.dumps(envelope(eventArn="x" * 9999)), "too long"),
        ('{"detail-type": "AWS Health Event"}', "detail is missing"),
        ('{"source": "aws.ec2", "detail": {"state": "x"}}', "an event of 'aws.ec2', not of AWS"),
        (json.dumps(sns("", Type="SubscriptionConfirmation")), "SubscriptionConfirmation of arn"),
        ('{"detail": "no json"}', "detail is text that is no JSON object"),
        ("[" * 5000, "nested too deeply|not JSON|cut off"),
    ],
)
def test_what_is_no_event_is_rejected_whole_with_reason_and_place(
    body: bytes | str, reason: str
) -> None:
    one = rejected(body)
    assert re.search(reason, one.reason), one.reason
    assert one.body == (body if isinstance(body, bytes) else body.encode())
    assert one.origin == ORIGIN


def test_text_in_text_in_text_ends_somewhere() -> None:
    body = EVENT
    for _ in range(12):
        body = json.dumps(body)
    assert "envelopes within each other" in rejected(body).reason


def test_ten_megabytes_are_taken_and_more_than_the_bound_is_not() -> None:
    big = delivery(eventDescription=[{"latestDescription": "x" * 10_000_000}])
    assert big.description is not None
    assert len(big.description) == 10_000_000
    many = [{"entityValue": f"db-{number}", "status": "PENDING"} for number in range(100_000)]
    assert len(delivery(affectedEntities=many).entities) == 100_000
    over = parse(b'"' + b"x" * MAX_BODY + b'"', origin=ORIGIN)
    assert isinstance(over[0], Reject)
    assert "at most 33,554,432 are understood" in over[0].reason
    assert len(over[0].body) == 1024 * 1024


def test_a_line_above_the_bound_does_not_hide_the_next() -> None:
    body = EVENT.encode() + b"\n" + b"x" * (MAX_BODY + 5) + b"\n" + EVENT.encode()
    found = list(parse_stream(io.BytesIO(body), origin=ORIGIN))
    assert [(type(one), one.line) for one in found] == [(Delivery, 1), (Reject, 2), (Delivery, 3)]


# The Health API -----------------------------------------------------------------------------

API_EVENT = {
    "arn": ARN,
    "service": "LAMBDA",
    "eventTypeCode": "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT",
    "eventTypeCategory": "scheduledChange",
    "region": "us-west-2",
    "startTime": datetime(2026, 8, 27, 13, 19, 3, tzinfo=UTC),
    "lastUpdatedTime": datetime(2026, 1, 27, 1, 43, 21, tzinfo=UTC),
    "statusCode": "upcoming",
    "eventScopeCode": "ACCOUNT_SPECIFIC",
    "actionability": "ACTION_REQUIRED",
    "personas": ["OPERATIONS"],
}
API_DETAIL = {
    "event": API_EVENT,
    "eventDescription": {"latestDescription": "Python 3.9 ends."},
    "eventMetadata": {"deprecated_versions": "python3.9"},
}
API_ENTITY = {
    "entityArn": "arn:aws:health:us-west-2:111122223333:entity/x",
    "eventArn": ARN,
    "entityValue": "arn:aws:lambda:us-west-2:111122223333:function:pay",
    "awsAccountId": "111122223333",
    "lastUpdatedTime": datetime(2026, 1, 27, 1, 43, 21, tzinfo=UTC),
    "statusCode": "PENDING",
    "resourceTags": {"team": "payments"},
}
POLL = Origin(how="api", account="999988887777")


def test_an_answer_of_the_api_is_the_same_event() -> None:
    one = from_api(API_EVENT, API_DETAIL, [API_ENTITY], "111122223333", origin=POLL)
    assert isinstance(one, Delivery)
    same = delivery()
    for name in ("arn", "account", "status", "start", "last_updated", "description", "metadata"):
        assert getattr(one, name) == getattr(same, name), name
    assert one.entities[0].tags == {"team": "payments"}
    assert one.entities[0].arn == API_ENTITY["entityArn"]
    assert one.receiving_account == "999988887777"
    assert only(one.body, POLL) == one


def test_a_second_poll_that_lists_in_another_order_is_no_news() -> None:
    other = {**API_ENTITY, "entityValue": "other"}
    first = from_api(API_EVENT, API_DETAIL, [API_ENTITY, other], "111122223333", origin=POLL)
    second = from_api(API_EVENT, API_DETAIL, [other, API_ENTITY], "111122223333", origin=POLL)
    assert isinstance(first, Delivery)
    assert isinstance(second, Delivery)
    assert first.key == second.key
    third = from_api(API_EVENT, API_DETAIL, [], "111122223333", origin=POLL)
    assert isinstance(third, Delivery)
    assert third.key != first.key


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [API_EVENT]},
        API_EVENT,
        {"successfulSet": [API_DETAIL], "failedSet": []},
        {**API_DETAIL, "affectedEntities": [API_ENTITY]},
        {"events": [API_EVENT], "successfulSet": [API_DETAIL], "entities": [API_ENTITY]},
        {"entities": [API_ENTITY]},
    ],
)
def test_saved_answers_are_understood(answer: dict[str, Any]) -> None:
    one = only(json.dumps(answer, default=str), Origin(how="file", account="111122223333"))
    assert one.arn == ARN
    assert one.code == "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT"
    assert one.account == "111122223333"


def test_what_the_api_failed_to_give_is_reported() -> None:
    failed = {"eventArn": ARN, "errorName": "InvalidArn", "errorMessage": "no"}
    one = rejected(json.dumps({"successfulSet": [], "failedSet": [failed]}))
    assert "gave no details of" in one.reason
    assert "InvalidArn" in one.reason


def test_aha_tells_several_accounts_in_one_event() -> None:
    body = {
        "detail-type": "AHA Event",
        "source": "aha",
        "account": "123456789012",
        "time": "2022-07-14T03:56:10Z",
        "region": "us-east-1",
        "detail": {
            "eventArn": "arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1",
            "service": "EC2",
            "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
            "eventTypeCategory": "issue",
            "region": "eu-west-1",
            "startTime": "2022-07-02 12:33:26.951000+00:00",
            "statusCode": "open",
            "eventScopeCode": "ACCOUNT_SPECIFIC",
            "eventDescription": {"latestDescription": "description"},
            "affectedEntities": [
                {"entityValue": "i-1", "awsAccountId": "111111111111", "awsAccountName": "shop"},
                {"entityValue": "i-2", "awsAccountId": "222222222222", "awsAccountName": "bank"},
            ],
        },
    }
    found = parse(json.dumps(body), origin=ORIGIN)
    assert all(isinstance(one, Delivery) for one in found)
    assert [(one.account, one.entities[0].account_name) for one in found] == [  # type: ignore[union-attr]
        ("111111111111", "shop"),
        ("222222222222", "bank"),
    ]
    for one in found:
        assert only(one.body) == one


# Anything ------------------------------------------------------------------------------------

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(envelope()["detail"])), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.binary(max_size=200))
def test_no_bytes_raise(body: bytes) -> None:
    for one in parse(body, origin=ORIGIN):
        assert isinstance(one, Delivery | Reject)
    assert list(parse_stream(io.BytesIO(body), origin=ORIGIN)) is not None


@given(st.dictionaries(st.sampled_from(sorted(envelope()["detail"])), _values, max_size=6))
def test_no_values_raise_and_what_is_kept_reads_the_same(changes: dict[str, Any]) -> None:
    for one in parse(json.dumps(envelope(**changes)), origin=ORIGIN):
        if isinstance(one, Delivery):
            again = only(one.body)
            # What was mended in the JSON is noted once; notes are stored beside the body.
            assert set(again.notes) <= set(one.notes)
            again.notes = one.notes
            assert again == one


def test_what_json_does_not_have_is_noted() -> None:
    body = json.dumps(envelope(actionability=float("inf")))
    (one,) = parse(body, origin=ORIGIN)
    assert isinstance(one, Delivery)
    assert one.actionability is None
    assert any("Infinity" in note for note in one.notes)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "startTime": st.sampled_from(
                ["Thu, 27 Aug 2026 13:19:03 GMT", "Thu, 1 Jan 2026 13:19:03 GMT", "", "2026-01-01"]
            ),
            "endTime": st.sampled_from(["Thu, 27 Aug 2026 25:19:03 GMT", "2026-01-01T00:00:00Z"]),
            "eventMetadata": st.sampled_from([{}, {"a": "b"}, {"a": 1}, None]),
            "affectedEntities": st.sampled_from(
                [[], None, [{"entityValue": "x"}], [{"entityValue": "x", "status": "pending"}]]
            ),
            "personas": st.sampled_from([[], ["BILLING", "BILLING"], ["OPERATIONAL"], None]),
            "actionability": st.sampled_from(["", None, "INFORMATIONAL"]),
            "backupEvent": st.sampled_from(["true", "false", True, "True"]),
            "page": st.sampled_from(["1", 1, "2"]),
            "eventScopeCode": st.sampled_from(["PUBLIC", "NONE", "account_specific"]),
            "eventDescription": st.sampled_from([[], [{"latestDescription": "\x00"}], "text"]),
        },
    )
)
def test_the_quick_way_and_the_careful_way_agree(changes: dict[str, Any]) -> None:
    body = json.dumps(envelope(**changes)).encode()
    read = decode_envelope(body)
    assert read.detail is not None
    assert parse(body, origin=ORIGIN) == [delivery_of(read, read.detail, body, ORIGIN)]


@pytest.mark.parametrize(
    ("written", "hour", "odd"),
    [
        ("Thu, 27 Aug 2026 13:19:03 CET", 12, None),
        ("Thu, 27 Aug 2026 13:19:03 CEST", 11, None),
        ("2026-08-27 13:19:03 JST", 4, None),
        ("Thu, 27 Aug 2026 13:19:03 AEST", 3, None),
        ("Thu, 27 Aug 2026 13:19:03 PST", 21, None),
        ("2026-08-27 13:19:03 UTC", 13, None),
        ("Thu, 27 Aug 2026 13:19:03 IST", 13, "'IST' that has several meanings: UTC is assumed"),
        ("Thu, 27 Aug 2026 13:19:03 XYZ", 13, "'XYZ' that is not understood: UTC is assumed"),
    ],
)
def test_short_names_of_zones(written: str, hour: int, odd: str | None) -> None:
    made = delivery(startTime=written)
    assert made.start == datetime(2026, 8, 27, hour, 19, 3, tzinfo=UTC)
    assert made.notes == () if odd is None else odd in made.notes[0]


@pytest.mark.parametrize(
    ("detail", "why"),
    [
        ({"eventArn": "not-an-arn"}, "detail.eventArn is not the ARN of a health event"),
        ({"eventArn": "arn:aws:rds:us-east-1:111122223333:db:x"}, "is not the ARN of a health"),
        ({"affectedAccount": "12345"}, "detail.affectedAccount is not 12 digits: '12345'"),
        ({"affectedAccount": 1234567890123}, "detail.affectedAccount is not 12 digits"),
        ({"affectedAccount": ["111122223333"]}, "detail.affectedAccount is a list"),
        ({"startTime": ["x"]}, "detail.startTime is a list, not a single value"),
        ({"statusCode": {"a": 1}}, "detail.statusCode is an object, not a single value"),
        ({"service": {}}, "detail.service is an object"),
    ],
)
def test_garbage_is_refused_by_the_name_of_the_field(detail: dict[str, Any], why: str) -> None:
    (one,) = parse(json.dumps(envelope(**detail)), origin=ORIGIN)
    assert isinstance(one, Reject)
    assert why in one.reason


def test_an_update_of_the_far_future_does_not_freeze_the_event() -> None:
    never = delivery(communicationId="a-1", lastUpdatedTime="2199-01-01T00:00:00Z")
    assert never.last_updated is None
    body = envelope(
        communicationId="b-1", statusCode="closed", lastUpdatedTime="2026-03-01T00:00:00Z"
    )
    later = only(json.dumps(body))
    assert fold([never, later]).status == "closed"
