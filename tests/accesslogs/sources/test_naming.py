"""What names tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.accesslogs.sources.naming import MARGIN, is_region, parse_name, span_of_folder
from offcall.accesslogs.sources.selecting import Selection
from tests.accesslogs.sources.conftest import key_of, utc, window

ELB = "111122223333_elasticloadbalancing_us-east-2_"


@pytest.mark.parametrize(
    ("name", "balancer", "full", "minutes"),
    [
        (
            f"{ELB}app.my-loadbalancer.1234567890abcdef_20260215T2340Z_172.160.1.192_20sg8hgm.log.gz",
            "my-loadbalancer",
            "app.my-loadbalancer.1234567890abcdef",
            5,
        ),
        (
            f"conn_log.{ELB}app.shop.1234567890abcdef_20260215T2340Z_172.160.1.192_20sg8hgm.log.gz",
            "shop",
            "app.shop.1234567890abcdef",
            5,
        ),
        (
            f"conn_log_{ELB}app.shop.1234567890abcdef_20260215T2340Z_172.160.1.192_20sg8hgm.log.gz",
            "shop",
            "app.shop.1234567890abcdef",
            5,
        ),
        (
            f"{ELB}net.front.1234567890abcdef_20260215T2340Z_2soosksi.log.gz",
            "front",
            "net.front.1234567890abcdef",
            5,
        ),
        (f"{ELB}my-classic_20260215T2340Z_172.160.1.192_20sg8hgm.log", "my-classic", None, 60),
        # A classic one may be called "app", or have no random part.
        (f"{ELB}app_20260215T2340Z_172.160.1.192.log", "app", None, 60),
    ],
)
def test_load_balancers(name: str, balancer: str, full: str | None, minutes: int) -> None:
    found = parse_name(f"some/where/{name}")
    assert found is not None
    assert (found.account, found.region) == ("111122223333", "us-east-2")
    assert (found.balancer, found.full) == (balancer, full or balancer)
    end = utc("2026-02-15 23:40")
    assert found.span.first == end - timedelta(minutes=minutes) - MARGIN
    assert found.span.last == end + MARGIN


def test_cloudfront() -> None:
    found = parse_name("cf/EMLARXS9EXAMPLE.2026-11-14-20.RT4KCN4SGK9.gz")
    assert found is not None
    assert (found.account, found.region, found.balancer) == (None, None, "EMLARXS9EXAMPLE")
    assert found.span.first == utc("2026-11-14 20:00") - MARGIN
    assert found.span.last == utc("2026-11-14 21:00") + MARGIN


@pytest.mark.parametrize(
    "name",
    [
        "access.log",
        f"{ELB}app.shop.1_20261399T9999Z_1.2.3.4_x.log.gz",
        "ELBAccessLogTestFile",
        "EMLARXS9EXAMPLE.2026-13-14-20.RT4KCN4SGK9.gz",
        "",
    ],
)
def test_names_that_tell_nothing(name: str) -> None:
    assert parse_name(name) is None


@given(st.text(max_size=80))
def test_any_text_is_a_name(text: str) -> None:
    found = parse_name(text)
    assert found is None or found.span.first < found.span.last
    span = span_of_folder(text.split("/"))
    assert span is None or span.first < span.last


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("AWSLogs/1/elasticloadbalancing/eu-west-1/2026/11/25", "2026-11-25", "2026-11-26"),
        ("AWSLogs/1/elasticloadbalancing/eu-west-1/2026/11", "2026-11-01", "2026-12-01"),
        ("AWSLogs/1/elasticloadbalancing/eu-west-1/2026", "2026-01-01", "2027-01-01"),
        ("x/year=2026/month=02/day=28/hour=03", "2026-02-28", "2026-03-01"),
        ("x/dt=2026-11-25/part", "2026-11-25", "2026-11-26"),
        ("2026-11-25", "2026-11-25", "2026-11-26"),
        ("backup/2024/01/01/AWSLogs/2026/11/25", "2026-11-25", "2026-11-26"),
        ("2026/11/25/03", "2026-11-25", "2026-11-26"),
    ],
)
def test_folders_of_a_time(path: str, first: str, last: str) -> None:
    span = span_of_folder(path.split("/"))
    assert span is not None
    # Files may be delivered a day after, into the folder of that day.
    assert span.first == utc(first) - timedelta(days=1)
    assert span.last == utc(last) + MARGIN


@pytest.mark.parametrize(
    "path",
    [
        "",
        "logs",
        "2026/app/25",
        "11/25",
        "2026/13",
        "2026/02/30",
        "1234/11/25",
        "year=9999",
        "year=0",
    ],
)
def test_folders_of_no_time(path: str) -> None:
    assert span_of_folder(path.split("/")) is None


def test_regions() -> None:
    assert is_region("us-gov-west-1")
    assert is_region("region=eu-central-1")
    assert not is_region("my-logs")


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ("shop", True),
        ("app/shop/50dc6c495c0c9188", True),
        ("app.shop.50dc6c495c0c9188", True),
        (
            "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188",
            True,
        ),
        ("sho", False),
        ("app/shop/other", False),
    ],
)
def test_a_balancer_by_any_of_its_names(asked: str, taken: bool) -> None:
    why = Selection(balancers=(asked,)).why_not(key_of(utc("2026-11-25 10:00")))
    assert why == (None if taken else "another balancer")


@pytest.mark.parametrize(
    ("start", "end", "taken"),
    [
        ("2026-11-25 09:56", "2026-11-25 09:57", True),
        ("2026-11-25 10:14", None, True),  # a line may be later than its file says
        ("2026-11-25 10:16", None, False),
        (None, "2026-11-25 09:41", True),
        (None, "2026-11-25 09:39", False),
        (None, None, True),
    ],
)
def test_files_of_a_time(start: str | None, end: str | None, taken: bool) -> None:
    why = Selection(window(start, end)).why_not(key_of(utc("2026-11-25 10:00")))
    assert why == (None if taken else "another time")


def test_a_name_that_tells_nothing_is_judged_by_its_folders() -> None:
    chosen = Selection(window("2026-11-25 10:00", "2026-11-25 11:00"), regions=("eu-west-1",))
    assert chosen.why_not("x/access.log") is None
    assert chosen.why_not("x/eu-west-1/2026/11/25/access.log") is None
    assert chosen.why_not("x/us-east-1/access.log") == "another region"
    assert chosen.why_not("x/eu-west-1/2026/10/25/access.log") == "another time"
    assert chosen.why_not("AWSLogs/1/ELBAccessLogTestFile") == "probe"
