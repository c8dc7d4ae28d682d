"""Was it AWS? What ranks above what, and when the answer is no."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from offcall.core.errors import UserError
from offcall.core.findings import Resource
from offcall.health.during import Subject, likelihood, rank, service_of, the_resource
from offcall.health.model import Entity, EventState

AT = datetime(2026, 11, 18, 2, 15, tzinfo=UTC)
WITHIN = timedelta(hours=2)
ORDERS = "arn:aws:rds:us-east-1:111122223333:db:orders-db"
SUBJECT = Subject(
    resource=Resource(kind="rds instance", id=ORDERS, name="orders-db"),
    service="RDS",
    region="us-east-1",
    account="111122223333",
)


def event(name: str, **values: object) -> EventState:
    known: dict[str, object] = {
        "account": "111122223333",
        "arn": name,
        "code": "AWS_RDS_OPERATIONAL_ISSUE",
        "service": "RDS",
        "category": "issue",
        "region": "us-east-1",
        "status": "open",
        "start": AT - timedelta(minutes=20),
        "entities": (),
        **values,
    }
    return EventState(**known)  # type: ignore[arg-type]


def public(name: str, **values: object) -> EventState:
    return event(name, account=None, scope="PUBLIC", **values)


def ranked(*events: EventState, subject: Subject = SUBJECT) -> list[str]:
    return [one.event.arn for one in rank(events, AT, subject, WITHIN)]


def test_the_order() -> None:
    itself = event("itself", entities=(Entity(value=ORDERS),))
    service = public("service")
    below = public("below", service="EBS", code="AWS_EBS_OPERATIONAL_ISSUE")
    iam = public("iam", service="IAM", code="AWS_IAM_OPERATIONAL_ISSUE", region="global")
    other = public("other", service="SES", code="AWS_SES_OPERATIONAL_ISSUE")
    assert ranked(other, iam, below, service, itself) == [
        "itself",
        "service",
        "below",
        "iam",
        "other",
    ]


def test_each_rank_says_why() -> None:
    (one,) = rank([event("x", entities=(Entity(value=ORDERS),))], AT, SUBJECT, WITHIN)
    assert one.reasons == (
        "it names orders-db itself",
        "it began 20 min before",
        "AWS calls it an issue",
    )
    assert likelihood([one]) == "likely"


@pytest.mark.parametrize(
    "values",
    [
        {"region": "eu-west-1"},
        {"account": "999999999999"},
        {"start": AT - timedelta(days=3), "end": AT - timedelta(days=2), "status": "closed"},
        {"start": AT + timedelta(hours=3)},
        {"start": None, "last_updated": None},
        # Another database's upgrade cannot have restarted this one.
        {
            "category": "scheduledChange",
            "entities": (Entity(value="arn:aws:rds:us-east-1:111122223333:db:other"),),
        },
    ],
)
def test_what_does_not_explain_it(values: dict[str, object]) -> None:
    assert ranked(event("x", **values)) == []
    assert likelihood([]) == "none"


def test_a_change_whose_date_has_passed_may_happen_at_any_time() -> None:
    upgrade = event(
        "upgrade",
        code="AWS_RDS_PLANNED_LIFECYCLE_EVENT",
        category="scheduledChange",
        start=AT - timedelta(days=2),
        entities=(Entity(value=ORDERS, status="PENDING"),),
    )
    (one,) = rank([upgrade], AT, SUBJECT, WITHIN)
    assert any("may act in any maintenance window" in reason for reason in one.reasons)
    assert likelihood([one]) == "likely"


def test_a_bare_id_and_its_arn_are_one_resource() -> None:
    arn = "arn:aws:ec2:us-east-1:111122223333:instance/i-0c4e5a6b7d8f90123"
    named = event("x", service="EC2", entities=(Entity(value="i-0c4e5a6b7d8f90123"),))
    subject = Subject(resource=Resource(kind="ec2 instance", id=arn), service="EC2")
    (one,) = rank([named], AT, subject, WITHIN)
    assert "itself" in one.reasons[0]


def test_names_that_only_look_alike_are_two_resources() -> None:
    other = event("x", entities=(Entity(value=ORDERS + "-2"),))
    assert rank([other], AT, SUBJECT, WITHIN)[0].reasons[0] != "it names orders-db itself"


def test_near_in_time_wins_among_equals() -> None:
    early = public("early", start=AT - timedelta(minutes=90))
    near = public("near", start=AT - timedelta(minutes=5))
    assert ranked(early, near) == ["near", "early"]


def test_without_a_resource_the_region_is_asked() -> None:
    subject = Subject(region="us-east-1")
    assert ranked(public("a"), public("b", region="eu-west-1"), subject=subject) == ["a"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"description": "This maintenance has been canceled."}, "AWS cancelled it"),
        ({"status": "closed", "last_updated": AT - timedelta(days=1)}, "before its date"),
    ],
)
def test_a_change_that_did_not_happen_is_no_cause(values: dict[str, object], said: str) -> None:
    change = event(
        "x",
        code="AWS_RDS_MAINTENANCE_SCHEDULED",
        category="scheduledChange",
        end=AT + timedelta(hours=1),
        entities=(Entity(value=ORDERS),),
        **values,
    )
    (one,) = rank([change], AT, SUBJECT, WITHIN)
    assert said in one.reasons[0]
    assert likelihood([one]) == "none"


def test_what_nobody_closed_explains_at_most_perhaps() -> None:
    at = AT - timedelta(days=161)
    old = event("x", entities=(Entity(value=ORDERS),), start=at, last_updated=at)
    (one,) = rank([old], AT, SUBJECT, WITHIN)
    assert one.reasons[0] == "open, but not updated for 161 days"
    assert likelihood([one]) == "possible"


@pytest.mark.parametrize(
    "values",
    [
        {"entities": (Entity(value=ORDERS.replace("orders", "other")),)},
        {
            "service": "EBS",
            "start": AT - timedelta(hours=3),
            "end": AT - timedelta(hours=1),
            "status": "closed",
        },
        {"service": "ABUSE", "code": "AWS_ABUSE_DOS_REPORT", "entities": (Entity(value=ORDERS),)},
    ],
)
def test_what_only_looks_like_a_cause_is_told_and_not_counted(values: dict[str, object]) -> None:
    found = rank([event("x", **values)], AT, SUBJECT, WITHIN)
    assert [one.counts for one in found] == [False]
    assert likelihood(found) == "none"


def test_of_what_is_unknown_nothing_is_guessed() -> None:
    nobody = Subject(resource=the_resource("nobody-db", (), region=None, account=None))
    assert ranked(event("a"), public("b", region="global"), subject=nobody) == []


def test_the_service_is_that_of_the_resource() -> None:
    reported = Resource(kind="ec2 instance", id="i-0c4e5a6b7d8f90123", service="ABUSE")
    assert service_of(reported) == "EC2"
    assert service_of(Resource(kind="rds instance", id=ORDERS, service="ABUSE")) == "RDS"
    assert service_of(Resource(kind="abuse resource", id="x", service="ABUSE")) is None


def test_a_name_that_several_have_is_ambiguous() -> None:
    known = [
        Resource(kind="rds instance", id=arn, name="orders-db", account=account, region="us-east-1")
        for account in ("111122223333", "999988887777")
        for arn in (ORDERS.replace("111122223333", account),)
    ]
    with pytest.raises(UserError, match="ambiguous") as caught:
        the_resource("orders-db", known, region=None, account=None)
    assert ORDERS in str(caught.value)
    assert the_resource("orders-db", known, region=None, account="111122223333").id == ORDERS
    assert the_resource(ORDERS, known, region=None, account=None).id == ORDERS
