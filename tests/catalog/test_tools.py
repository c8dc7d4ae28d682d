"""The catalog's tools, over the sample estate and over broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from offcall import demo
from offcall.catalog.results import CatalogCheck, CatalogList, OwnerAnswer, RunbookAnswer
from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.core.render import View, render

ORDERS = "arn:aws:rds:us-east-1:111122223333:db:orders-db"


@pytest.fixture
def ctx():
    with Context(Estate.load(demo.ESTATE), now=demo.NOW, demo=True) as context:
        yield context


def test_owner_says_why_and_who_lost(ctx: Context) -> None:
    answer = find_tool("catalog owner").call(ctx, resource=ORDERS, tag=["team=else"])
    assert isinstance(answer, OwnerAnswer)
    assert answer.owner == "orders"
    assert answer.rule is not None
    assert "system order-taking" in answer.rule
    assert [claim.owner for claim in answer.lost] == ["orders", "else"]
    assert answer.pagerduty == "PORDERS1"
    text = render(answer, "plain", View(now=demo.NOW))
    assert "not believed" in text
    assert "tag team=else" in text


def test_owner_of_what_nobody_owns(ctx: Context) -> None:
    answer = find_tool("catalog owner").call(ctx, resource="nobody-knows")
    assert isinstance(answer, OwnerAnswer)
    assert answer.owner is None
    assert "nobody" in render(answer, "plain", View(now=demo.NOW))


def test_a_wrong_tag_says_how_one_looks(ctx: Context) -> None:
    with pytest.raises(UserError, match="KEY=VALUE"):
        find_tool("catalog owner").call(ctx, resource="x", tag=["team"])


def test_runbook(ctx: Context) -> None:
    code = "AWS_RDS_PLANNED_LIFECYCLE_EVENT"
    answer = find_tool("catalog runbook").call(ctx, resource=ORDERS, topic=code)
    assert isinstance(answer, RunbookAnswer)
    assert answer.runbook is not None
    assert answer.runbook.title == "Upgrade an RDS engine"
    assert [one.title for one in answer.others] == ["Runbook of order taking"]


def test_list_and_its_filters(ctx: Context) -> None:
    tool = find_tool("catalog list")
    whole = tool.call(ctx)
    assert isinstance(whole, CatalogList)
    assert whole.problems == ()
    mine = tool.call(ctx, owner="group:default/payments", kind="Component")
    assert isinstance(mine, CatalogList)
    assert [item.name for item in mine.items] == ["payments-api", "payments-webhook"]


def test_check_saves_and_judges_again(ctx: Context, tmp_path: Path) -> None:
    tool = find_tool("catalog check")
    ctx.save = tmp_path / "facts.json"
    first = tool.call(ctx)
    assert isinstance(first, CatalogCheck)
    with Context(Estate(), now=demo.NOW, load=ctx.save) as later:
        again = tool.call(later)
    assert isinstance(again, CatalogCheck)
    assert again.findings == first.findings
    assert again.entities == first.entities > 0


def test_check_names_what_is_broken(tmp_path: Path) -> None:
    (tmp_path / "offcall.yaml").write_text(
        "catalog: {files: c.yaml, default_owner: nobody-here}\n", encoding="utf-8"
    )
    (tmp_path / "c.yaml").write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: a}\n---\nkind: [\n",
        encoding="utf-8",
    )
    with Context(Estate.load(tmp_path / "offcall.yaml"), now=demo.NOW) as ctx:
        found = find_tool("catalog check").call(ctx).all_findings()
    assert {"catalog-unusable", "catalog-unknown-owner"} <= {one.rule for one in found}


def test_check_names_an_owner_that_only_a_tag_knows(ctx: Context) -> None:
    ctx.prepare = demo.prepare
    found = find_tool("catalog check").call(ctx).all_findings()
    unknown = [one for one in found if one.rule == "catalog-unknown-owner"]
    assert [one.resource.id for one in unknown] == ["warehouse"]
    assert unknown[0].evidence[0].value == "stock-db, tag team=warehouse"
    unowned = {one.resource.label for one in found if one.rule == "catalog-no-owner"}
    assert {"reviews-db", "thumbnail-resize"} <= unowned
