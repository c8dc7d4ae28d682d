"""Which resource a name stands for, found by the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.health.around import around
from offcall.health.model import Origin
from offcall.health.parse import parse
from offcall.health.storage import refold, store
from offcall.health.storage.naming import resources_named
from offcall.history.database import History
from tests.health.messages import message

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OLD = datetime(2026, 2, 1, tzinfo=UTC)
ORDERS = "arn:aws:rds:us-east-1:111122223333:db:orders"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:charge-card:$LATEST"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/front/50dc6c49"


def take(history: History, *bodies: str) -> None:
    items = [item for body in bodies for item in parse(body, origin=Origin(how="file"))]
    store.ingest(history, items, NOW)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("orders", [ORDERS]),
        ("Orders", [ORDERS]),
        (ORDERS, [ORDERS]),
        ("front", [BALANCER]),
        ("charge-card", [FUNCTION]),
        ("order", []),
        ("happens", []),
        ("%", []),
    ],
)
def test_by_name_and_arn(history: History, text: str, found: list[str]) -> None:
    take(
        history,
        message(1, entities=(ORDERS,), status="closed", start=OLD),
        message(2, entities=(f"{ORDERS}-2",)),
        message(3, entities=(BALANCER,)),
        message(4, entities=(FUNCTION,)),
    )
    assert [one.id for one in resources_named(history, text)] == found


def test_during_reads_what_is_near_and_what_names_the_resource(
    history: History, history_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(history, *(message(number, status="closed", start=OLD) for number in range(40)))
    take(history, message(77, entities=(ORDERS,), status="closed", start=OLD))
    take(history, message(78, status="open", code="AWS_EC2_OPERATIONAL_ISSUE", category="issue"))
    read: list[object] = []
    reread = refold.reread
    monkeypatch.setattr(
        refold, "reread", lambda row, *, account: read.append(row) or reread(row, account=account)
    )
    with Context(Estate({"history": history_url}), now=NOW) as ctx:
        hours = timedelta(hours=1)
        at = {"service": None, "region": None, "account": None, "within": hours, "limit": 9}
        answer = around(ctx, NOW, resource="orders", **at)
    assert answer.subject == "orders (RDS, us-east-1)"
    assert len(read) == 1
