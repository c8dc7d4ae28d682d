"""Which channels an alert goes to."""

from __future__ import annotations

import pytest

from offcall.core.findings import Severity
from offcall.notify.estate import Match
from offcall.notify.routes import matches, targets
from tests.notify.build import alert, place, rule, rules


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({}, True),
        ({"severity": "high"}, True),
        ({"severity": "critical"}, False),
        ({"category": "scheduledchange"}, True),
        ({"category": ["issue", "investigation"]}, False),
        ({"service": "rds", "region": "us-*"}, True),
        ({"service": "rds", "region": "eu-*"}, False),
        ({"owner": "payments"}, True),
        ({"owner": "search"}, False),
        ({"account": "1111*"}, True),
        ({"resource": "orders-*"}, True),
        ({"resource": "arn:aws:rds:*:*:db:orders-db"}, True),
        ({"resource": "crm-*"}, False),
        ({"kind": "finding"}, False),
        ({"exclude": {"code": "AWS_VPN_*"}}, True),
        ({"exclude": {"code": ["AWS_VPN_*", "AWS_RDS_MAINT*"]}}, False),
        ({"service": "rds", "exclude": {"account": "111122223333"}}, False),
    ],
)
def test_matches(match: dict[str, object], expected: bool) -> None:
    assert matches(alert(), Match.model_validate(match)) is expected


def test_an_event_of_two_owners_reaches_both() -> None:
    both = alert(owners=("search", "payments"))
    assert matches(both, Match(owner=("search",)))
    assert matches(both, Match(owner=("payments",)))


def test_several_routes_each_channel_once() -> None:
    first = rule("first", to=("chat", "pager"))
    second = rule("second", to=("pager", "mail"))
    places = (place("chat"), place("pager"), place("mail"))
    found = [
        (t.place.name, t.rule.where) for t in targets(alert(), rules(first, second, places=places))
    ]
    assert found == [("chat", "first"), ("pager", "first"), ("mail", "second")]


def test_stop_and_default() -> None:
    noise = rule("noise", match=Match(severity=Severity.HIGH), to=(), stop=True)
    rest = rule("rest", to=("chat",), match=Match(service=("EC2",)))
    default = rule("default", to=("chat",))
    book = rules(noise, rest, default=default)
    assert list(targets(alert(), book)) == []
    assert [t.rule.where for t in targets(alert(severity=Severity.LOW), book)] == ["default"]
    ec2 = alert(severity=Severity.LOW, service="EC2")
    assert [t.rule.where for t in targets(ec2, book)] == ["rest"]
