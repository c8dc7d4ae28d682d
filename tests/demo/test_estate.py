"""The sample estate is sound, stands for what is said of it, and is imported by the real code."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from offcall import demo
from offcall.catalog import open_catalog
from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.demo.seed import ACTIONS, EVENTS, LAST_BRIEF, LAST_INVENTORY
from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse import parse_stream
from offcall.health.storage import quarantine
from offcall.health.storage.store import events
from offcall.history import open_history
from offcall.lifecycle.reading.file import read_file


@pytest.fixture(scope="module")
def ctx() -> Iterator[Context]:
    estate = Estate.load(demo.ESTATE)
    with Context(estate, now=demo.NOW, demo=True, prepare=demo.prepare) as context:
        yield context


def messages() -> list[Delivery | Reject]:
    with EVENTS.open("rb") as stream:
        return list(parse_stream(stream, origin=Origin(how="demo", name=EVENTS.name)))


def test_the_estate_file_is_right() -> None:
    Estate.load(demo.ESTATE).check()


def test_the_catalog_has_no_problems(ctx: Context) -> None:
    catalog = open_catalog(ctx)
    assert catalog.problems == []
    assert len(catalog.pages) == 13
    assert catalog.account_name("111122223333") == "shop-prod"


def test_the_inventories_are_of_the_same_things() -> None:
    now = read_file(demo.ESTATE.with_name("inventory.yaml")).resources
    then = read_file(LAST_INVENTORY).resources
    assert [one.name for one in now] == [one.name for one in then]
    changed = {
        a.name: (a.version, b.version)
        for a, b in zip(then, now, strict=True)
        if a.version != b.version
    }
    assert changed == {"orders-db": ("8.4.6", "8.4.9"), "shop-staging": ("1.34", "1.35")}


def test_the_messages_have_the_oddities_of_real_ones() -> None:
    found = messages()
    rejects = [one for one in found if isinstance(one, Reject)]
    good = [one for one in found if isinstance(one, Delivery)]
    assert len(rejects) == 1
    assert rejects[0].line is not None
    assert any(one.total_pages == 2 for one in good)
    assert any(feed.backup for one in good for feed in one.feeds)
    assert len({one.key for one in good}) < len(good), "backup copies are the same delivery"
    assert {one.account for one in good} >= {"111122223333", "444455556666"}
    assert all(one.sent_at is None or one.sent_at <= demo.NOW for one in good)


def test_the_history_holds_every_event_once(ctx: Context) -> None:
    history = open_history(ctx)
    stored = events(history)
    good = [one for one in messages() if isinstance(one, Delivery)]
    assert len(stored) == len({one.event_key for one in good})
    assert len(quarantine.listed(history)) == 1
    lambdas = next(one for one in stored if one.code == "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT")
    assert len(lambdas.entities) == 3
    assert lambdas.missing_pages == ()
    retired = next(one for one in stored if "RETIREMENT" in one.code and one.service == "EC2")
    assert len(retired.timeline) == 3


def test_something_changes_next_week_in_us_east_1(ctx: Context) -> None:
    found = events(
        open_history(ctx),
        starting=ctx.window("next week"),
        region="us-east-1",
        category="scheduledChange",
    )
    assert len(found) >= 5
    assert len({one.service for one in found}) >= 4


def test_what_people_said_is_in_the_history(ctx: Context) -> None:
    said = json.loads(ACTIONS.read_text(encoding="utf-8"))
    stored = {one.arn: one for one in events(open_history(ctx))}
    kinds = Counter(stored[one["event"]].actions[-1].kind for one in said)
    assert kinds == {"acknowledge": 2, "plan": 2}


def test_the_last_brief_was_a_week_before() -> None:
    assert timedelta(days=7) == demo.NOW - LAST_BRIEF
