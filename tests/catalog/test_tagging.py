"""One owner for one resource, however it is described and whichever command asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from offcall import demo
from offcall.catalog.tagging import Tags
from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.findings import Resource
from offcall.core.registry import find_tool
from offcall.demo.seed import prepare

PLACE = {"account": "111122223333", "region": "us-east-1"}
DB = Resource(
    kind="rds instance",
    id="arn:aws:rds:us-east-1:111122223333:db:a",
    name="a",
    tags={"team": "orders"},
    **PLACE,
)


def test_an_arn_and_a_bare_name_in_its_place_have_the_tags() -> None:
    tags = Tags([DB])
    bare = Resource(kind="rds resource", id="a", **PLACE)
    assert tags.on(DB.model_copy(update={"tags": {"env": "prod"}})).tags == {
        "env": "prod",
        "team": "orders",
    }
    assert tags.on(bare).tags == {"team": "orders"}
    assert tags.on(bare.model_copy(update={"region": "eu-west-1"})).tags == {}


def test_a_name_that_two_have_with_other_tags_says_nothing() -> None:
    cluster = DB.model_copy(
        update={"id": DB.id.replace(":db:", ":cluster:"), "tags": {"team": "else"}}
    )
    bare = Resource(kind="rds resource", id="a", **PLACE)
    assert Tags([DB, cluster]).on(bare).tags == {}
    assert Tags([DB, cluster, DB]).on(bare).tags == {}


@pytest.mark.parametrize("name", ["reporting-db", "orders-db"])
def test_every_command_names_the_same_owner(name: str) -> None:
    arn = f"arn:aws:rds:us-east-1:111122223333:db:{name}"
    with Context(
        Estate.load(demo.ESTATE),
        now=demo.NOW,
        demo=True,
        prepare=prepare,
    ) as ctx:
        owner = find_tool("catalog owner").call(ctx, resource=name).owner
        assert owner is not None
        events = find_tool("health list").call(ctx, status="all").events
        rows = [one for one in events if one.resources == (arn,)]
        assert rows, "the sample has events about it"
        assert {one.owners for one in rows} == {(owner,)}
        at = datetime(2026, 11, 14, 3, 10, tzinfo=UTC).isoformat()
        ranks = find_tool("health during").call(ctx, at=at, resource=name, within="400d").ranks
        assert {one.event.owners for one in ranks if one.event.resources == (arn,)} == {(owner,)}
        findings = find_tool("brief").call(ctx, window="next 400 days").all_findings()
        mine = [one for one in findings if one.resource.id == arn]
        assert {one.owner.name for one in mine if one.owner} <= {owner}
        assert all(one.owner for one in mine)
