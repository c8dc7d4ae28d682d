"""The tools on the sample estate, and on inventories given by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from offcall import demo
from offcall.core.context import Context
from offcall.core.contributions import Contribution
from offcall.core.errors import OffcallError, UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool, tools_of
from offcall.core.render import View, render
from offcall.core.results import Result
from offcall.lifecycle.brief import contribute
from offcall.lifecycle.facts import ProductFacts, ProductList
from offcall.lifecycle.results import Checked, Described, VersionList
from offcall.lifecycle.snapshot import Inventory
from offcall.lifecycle.timeline import SupportTimeline

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def sample() -> Iterator[Context]:
    with Context(Estate.load(demo.ESTATE), now=demo.NOW, demo=True) as ctx:
        yield ctx


def call(ctx: Context, tool: str, **arguments: Any) -> Any:
    return find_tool(f"lifecycle {tool}").call(ctx, **arguments)


def text(result: Result, output: str = "plain") -> str:
    return render(result, output, View(now=NOW, zone=UTC, color=False, width=180))  # type: ignore[arg-type]


def names(found: VersionList) -> list[str]:
    return [one.outlook.resource.label for one in found.versions]


def test_the_sample_estate_as_a_list(sample: Context) -> None:
    found = call(sample, "list")
    assert isinstance(found, VersionList)
    assert found.total == len(found.versions) > 15
    assert found.unread == ()
    # What AWS does within days stands above what ends in years.
    order = names(found)
    assert order.index("batch") < order.index("shop-prod") < order.index("ledger")
    aurora = next(one for one in found.versions if one.outlook.resource.label == "payments-aurora")
    assert aurora.next is not None
    assert (str(aurora.next.on), aurora.next.act.value) == ("2026-12-02", "maintenance")
    shown = text(found)
    billed = "2026-12-03: extended support, $365/month"
    for words in ("standard until", billed, "Extended support costs $", "2026-12-02"):
        assert words.lower() in shown.lower()


def test_every_resource_of_the_sample_estate_is_judged(sample: Context) -> None:
    assert [
        one.outlook.not_judged for one in call(sample, "list").versions if one.outlook.not_judged
    ] == []


@pytest.mark.parametrize(
    ("chosen", "names_"),
    [
        ({"kind": "eks-nodegroup"}, {"shop-prod-workers"}),
        ({"engine": "postgresql", "region": "eu-west-1"}, {"stock-db"}),
        ({"account": "444455556666"}, {"shop-staging"}),
        (
            {"engine": "lambda", "within": "30d"},
            {"invoice-render", "receipt-mailer", "thumbnail-resize"},
        ),
        ({"within": "9 days", "engine": "eks", "kind": "eks cluster"}, {"batch", "shop-prod"}),
        ({"within": "2027-04-01..2027-04-30"}, {"payments-webhook"}),
        ({"owner": "warehouse"}, {"stock-db"}),
        ({"engine": "Postgres", "region": "EU-West-1", "kind": "RDS instance"}, {"stock-db"}),
        ({"region": "mars-north-1"}, set()),
    ],
)
def test_selections(sample: Context, chosen: dict[str, str], names_: set[str]) -> None:
    assert set(names(call(sample, "list", **chosen))) == names_


def test_the_list_and_the_timeline_can_fail(sample: Context) -> None:
    checked = call(sample, "check").all_findings()
    for tool in ("list", "timeline"):
        found = call(sample, tool)
        assert {one.fingerprint for one in found.all_findings()} == {
            one.fingerprint for one in checked
        }
        assert "findings" not in found.model_dump()
        assert len(json.loads(text(found, "sarif"))["runs"][0]["results"]) == len(checked)
    some = call(sample, "list", owner="warehouse").all_findings()
    assert {one.resource.name for one in some if one.resource} == {"stock-db"}
    assert call(sample, "list", region="mars-north-1").all_findings() == ()


def test_nobody_owns_something(sample: Context) -> None:
    found = call(sample, "list", owner="nobody")
    assert found.versions
    assert all(one.owner is None for one in found.versions)


def test_a_window_that_cannot_be_understood(sample: Context) -> None:
    for words in ("180 parsecs", "soonish"):
        with pytest.raises(UserError):
            call(sample, "list", within=words)


def test_one_resource_in_full(sample: Context) -> None:
    found = call(sample, "show", resource="stock-db")
    assert isinstance(found, Described)
    shown = text(found)
    for words in (
        "2026-02-28 (endoflife.date/amazon-rds-postgresql, 2026-08-22)",
        "$654/month",
        "2 x 4 vCPU (db.m6g.xlarge) x $0.112 x 730 h",
        "2028-03-01",
        "create-blue-green-deployment",
        "warehouse",
    ):
        assert words in shown
    by_arn = call(sample, "show", resource="arn:aws:rds:eu-west-1:111122223333:db:stock-db")
    assert by_arn.version == found.version


def test_a_resource_that_is_not_there_or_not_alone(sample: Context, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="did you mean 'stock-db'"):
        call(sample, "show", resource="stok-db")
    twins = tmp_path / "twins.csv"
    twins.write_text("engine,version,name,region\neks,1.34,prod,a\neks,1.34,prod,b\n")
    with pytest.raises(UserError, match="2 resources are called so"):
        call(sample, "show", resource="prod", inventory=[str(twins)])
    assert call(sample, "show", resource="eks cluster/b/prod", inventory=[str(twins)])


def test_the_timeline_in_every_output(sample: Context) -> None:
    found = call(sample, "timeline")
    assert isinstance(found, SupportTimeline)
    for output in ("plain", "markdown", "html", "json"):
        assert "stock-db" in text(found, output)
    assert "<svg" in text(found, "html")
    [together] = [fate for fate in found.fates if "invoice-render" in fate.names]
    assert len(together.names) == 3
    assert {"rate-limits", "profiles"} <= set(found.left_out)
    document = found.document(UTC)
    [picture] = [block for block in document.blocks if hasattr(block, "bars")]
    for bar in picture.bars:  # type: ignore[union-attr]
        for start, end, _, _ in bar.spans:
            assert picture.start <= start < end <= picture.end  # type: ignore[union-attr]


def test_a_timeline_of_a_quarter(sample: Context) -> None:
    found = call(sample, "timeline", window="Q1 2027", engine="eks")
    assert (found.start.year, found.start.month, found.end.month) == (2027, 1, 4)
    assert "EKS 1.35" in text(found)


def test_findings_have_owners_and_runbooks(sample: Context) -> None:
    found = call(sample, "check")
    assert isinstance(found, Checked)
    assert found.all_findings() == found.findings
    rules = {one.rule for one in found.findings}
    assert {
        "lifecycle-extended-support-paid",
        "lifecycle-forced-upgrade",
        "lifecycle-lambda-runtime",
        "lifecycle-minor-version-ended",
        "lifecycle-certificate-expiring",
        "lifecycle-pending-maintenance",
    } <= rules
    owned = [one for one in found.findings if one.owner is not None]
    assert len(owned) > len(found.findings) // 2
    assert all(one.next_step for one in found.findings)
    # Worst first.
    ranks = [one.severity.rank for one in found.findings]
    assert ranks == sorted(ranks, reverse=True)


def test_the_brief_gets_the_same_findings(sample: Context) -> None:
    said = contribute(sample, sample.window("next week"))
    checked = call(sample, "check")
    assert {one.fingerprint for one in said.findings} == {
        one.fingerprint for one in checked.findings
    }
    assert len(said.resources) == checked.resources


def test_the_brief_is_silent_where_nothing_is_configured() -> None:
    ctx = Context(Estate(), now=NOW)
    assert contribute(ctx, ctx.window("next week")) == Contribution()


def test_saved_facts_give_the_same_answer(sample: Context, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    sample.save = file
    before = call(sample, "check")
    sample.save = None
    with Context(Estate.load(demo.ESTATE), now=demo.NOW, load=file) as ctx:
        after = call(ctx, "check")
    assert after.findings == before.findings
    assert json.loads(file.read_text())["snapshot"] == Inventory.kind


def test_products(sample: Context) -> None:
    found = call(sample, "products")
    assert isinstance(found, ProductList)
    assert len(found.products) == 75
    assert [one.name for one in call(sample, "products", match="OPENSEARCH").products] == [
        "amazon-opensearch",
        "opensearch",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("amazon-rds-postgresql", "2029-02-28"),
        ("postgres", "Amazon RDS for PostgreSQL"),
        ("lambda", "UPDATES BLOCKED"),
        ("mysql", "MySQL"),
        ("nodejs", "Node.js"),
    ],
)
def test_product(sample: Context, name: str, words: str) -> None:
    found = call(sample, "product", name=name)
    assert isinstance(found, ProductFacts)
    assert words in text(found)


def test_an_unknown_product(sample: Context) -> None:
    with pytest.raises(UserError, match="did you mean 'debian'"):
        call(sample, "product", name="debain")


def test_an_estate_that_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    estate = tmp_path / "offcall.yaml"
    estate.write_text("lifecycle:\n  inventory: [gone.yaml]\n")
    with pytest.raises(UserError, match=r"gone\.yaml"):
        call(Context(Estate.load(estate), now=NOW), "list")


def test_a_misspelt_service_in_the_estate(tmp_path: Path) -> None:
    estate = tmp_path / "offcall.yaml"
    estate.write_text("lifecycle:\n  regions: [eu-west-1]\n  services:\n    - rdz\n")
    with pytest.raises(OffcallError, match=r"offcall\.yaml:4: lifecycle\.services\.0"):
        call(Context(Estate.load(estate), now=NOW), "list")


def test_what_is_not_judged_is_listed(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("resources:\n  - {engine: frobnicator, version: '3', name: old}\n")
    ctx = Context(Estate(), now=NOW)
    found = call(ctx, "list", inventory=[str(file)])
    assert "no source has support dates for frobnicator" in text(found)
    checked = call(ctx, "check", inventory=[str(file)])
    assert [one.rule for one in checked.findings] == ["lifecycle-not-judged"]


def test_every_tool_describes_itself_in_json() -> None:
    for tool in tools_of("lifecycle"):
        assert tool.input_model.model_json_schema()["title"]
        assert tool.result_type.model_json_schema()
