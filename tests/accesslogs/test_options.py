"""The options that the questions share: where S3 is asked, which files, which routes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from offcall.accesslogs.anomalies.results import AnomalyList
from offcall.accesslogs.report import Report
from offcall.accesslogs.results.answers import SHOWN, Answer
from offcall.accesslogs.results.changes import Comparison
from offcall.accesslogs.results.groups import Steps, Top
from offcall.accesslogs.results.objectives import Objectives
from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool, tools_of
from tests.accesslogs import lines
from tests.accesslogs.anomalies.traffic import SCENARIOS
from tests.accesslogs.anomalies.traffic import lines as traffic
from tests.accesslogs.sources.conftest import Logs, key_of, logs, utc

__all__ = ["logs"]

SOURCES = {"region", "balancer", "profile", "requester_pays", "cache"}
ASKING = [
    one
    for one in tools_of("logs")
    if one.name not in {"logs rules", "logs check", "logs fetch"} and "table" not in one.name
]


@pytest.fixture
def ctx() -> Context:
    return Context(Estate())


def test_all_questions_have_the_same_options() -> None:
    assert len(ASKING) > 9
    for one in ASKING:
        names = {each.name for each in one.parameters}
        assert names >= SOURCES, one.name
        without = {"logs sql", "logs connections"}
        assert ("routes" in names) == (one.name not in without), one.name


@pytest.fixture
def bucket(logs: Logs) -> Logs:
    """Two regions, two balancers: 20, 30 and 50 lines."""
    files: tuple[tuple[int, dict[str, Any]], ...] = (
        (20, {}),
        (30, {"balancer": "app.api.0123456789abcdef"}),
        (50, {"region": "us-east-1"}),
    )
    for count, more in files:
        body = b"".join(b"%s\n" % one for one in _good(count))
        logs.put(key_of(utc("2026-11-24 02:05"), **more).removesuffix(".gz"), body=body)
    return logs


def _good(count: int) -> list[bytes]:
    return lines.content("alb", 7, count, wrong=0).splitlines()[:count]


@pytest.mark.parametrize(
    ("options", "read"),
    [
        ({}, 100),
        ({"region": ["us-east-1"]}, 50),
        ({"balancer": ["api"]}, 30),
        ({"balancer": ["app/shop/50dc6c495c0c9188"], "region": ["eu-west-1"]}, 20),
        ({"region": ["eu-west-1", "us-east-1"]}, 100),
    ],
)
def test_only_the_files_that_are_asked_for(
    ctx: Context, bucket: Logs, tmp_path: Path, options: dict[str, Any], read: int
) -> None:
    cache = tmp_path / "kept"
    answer = find_tool("logs timeline").call(ctx, places=[bucket.url], cache=cache, **options)
    assert isinstance(answer, Steps)
    assert answer.reading.lines == read
    gets = [one.key for one in bucket.proxy.gets]
    assert len(gets) == sum(answer.reading.files.values())
    assert any(one.is_file() for one in cache.rglob("*"))
    again = find_tool("logs timeline").call(ctx, places=[bucket.url], cache=cache, **options)
    assert again == answer
    assert len(bucket.proxy.gets) == len(gets), "the cache has them"


def test_who_pays_is_said_with_each_request(ctx: Context, bucket: Logs, tmp_path: Path) -> None:
    find_tool("logs errors").call(
        ctx, places=[bucket.url], cache=tmp_path, requester_pays=True, region=["us-east-1"]
    )
    assert bucket.proxy.asked
    assert {one.payer for one in bucket.proxy.asked} == {"requester"}


def test_watching_has_them_too(ctx: Context, bucket: Logs, tmp_path: Path) -> None:
    watched = find_tool("logs watch").call(
        ctx,
        place=bucket.url,
        since="2026-11-24T00:00Z",
        once=True,
        cache=tmp_path,
        requester_pays=True,
        balancer=["api"],
    )
    assert watched.model_dump()["lines"] == 30
    assert {one.payer for one in bucket.proxy.asked} == {"requester"}


def test_a_profile_that_is_not_there(ctx: Context, bucket: Logs) -> None:
    with pytest.raises(Exception, match="nobody") as failed:
        find_tool("logs slow").call(ctx, places=[bucket.url], profile="nobody")
    assert "profile" in str(failed.value)


def test_an_option_for_files_is_not_for_another_engine(ctx: Context) -> None:
    with pytest.raises(UserError, match="--balancer is for --engine duckdb"):
        find_tool("logs top").call(ctx, places=["s3://logs"], engine="athena", balancer=["a"])


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Three hours of traffic, with a burst of errors; and the routes of somebody."""
    burst = next(one for one in SCENARIOS if one.name == "error burst")
    (tmp_path / "a.log").write_bytes(b"".join(traffic(burst)))
    (tmp_path / "routes.yaml").write_text("- /{anything}\n- /{one}/{two}\n- /{one}/{two}/{three}\n")
    return tmp_path


def test_written_routes_win_everywhere(ctx: Context, shop: Path) -> None:
    written: dict[str, Any] = {"places": [str(shop / "a.log")], "routes": [shop / "routes.yaml"]}
    wanted = {"/{anything}", "/{one}/{two}", "/{one}/{two}/{three}", "/"}

    top = find_tool("logs top").call(ctx, **written)
    assert isinstance(top, Top)
    assert {one.key for one in top.groups} <= wanted
    report = find_tool("logs report").call(ctx, **written)
    assert isinstance(report, Report)
    assert report.routes.groups == top.groups
    anomalies = find_tool("logs anomalies").call(ctx, **written)
    assert isinstance(anomalies, AnomalyList)
    named = [one.route for one in anomalies.anomalies.incidents]
    named += [each for one in anomalies.anomalies.incidents for each in one.routes]
    assert {one for one in named if one is not None} <= wanted
    assert named
    one, key = written["places"][0], top.groups[0].key
    compared = find_tool("logs compare").call(ctx, before=one, after=one, routes=written["routes"])
    assert isinstance(compared, Comparison)
    assert {each.key for each in compared.changes} <= wanted
    only = find_tool("logs timeline").call(ctx, **written, where=[f"route={key}"])
    assert isinstance(only, Steps)
    assert sum(each.requests for each in only.groups) == top.groups[0].requests
    kept = find_tool("logs slo").call(
        ctx, **written, where=[f"route={key}"], objective=["99% without 5xx over 400 days"]
    )
    assert isinstance(kept, Objectives)
    assert kept.objectives[0].requests == top.groups[0].requests


def test_a_folder_full_of_something_else(ctx: Context, tmp_path: Path) -> None:
    """What could not be read is named, and does not bury the answer."""
    for number in range(SHOWN + 7):
        (tmp_path / f"{number:02}.txt").write_text("once upon a time\n")
    (tmp_path / "a.log").write_bytes(b"\n".join(_good(5)) + b"\n")
    answer = find_tool("logs top").call(ctx, places=[str(tmp_path)])
    assert isinstance(answer, Answer)
    assert len(answer.reading.missing) == SHOWN + 7
    said = answer.incomplete()
    assert len(said) == SHOWN + 1
    assert "and 7 more files that could not be read" in said


@pytest.mark.parametrize("question", ["logs top", "logs report", "logs anomalies"])
def test_a_time_that_ends_before_it_begins(ctx: Context, tmp_path: Path, question: str) -> None:
    times = {"since": "2026-11-25T01:00Z", "until": "2026-11-24T01:00Z"}
    with pytest.raises(UserError, match="ends before it begins"):
        find_tool(question).call(ctx, places=[str(tmp_path)], **times)
