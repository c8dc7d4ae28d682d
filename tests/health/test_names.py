"""Regions and services that nobody knows are said to be unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.health.names import doubts

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize("region", ["us-east-1", "US-EAST-1", "eu-isoe-west-1", "global", None])
@pytest.mark.parametrize("service", ["RDS", "rds", "elasticloadbalancing", "VPN", "ABUSE", None])
def test_what_is_known_raises_no_doubt(region: str | None, service: str | None) -> None:
    assert list(doubts(region, service, [])) == []


@pytest.mark.parametrize(
    ("region", "near"),
    [("us-est-1", "us-east-1"), ("us-east-1a", "us-east-1"), ("eu-cntral-1", "eu-central-1")],
)
def test_a_region_that_cannot_exist_is_refused(region: str, near: str) -> None:
    with pytest.raises(UserError, match="no such region") as raised:
        list(doubts(region, None, []))
    assert f"did you mean '{near}'?" in str(raised.value)
    assert raised.value.exit_code == 2


def test_a_region_that_may_be_new_is_doubted() -> None:
    (said,) = doubts("eu-west-9", None, [])
    assert said.startswith("offcall does not know the region eu-west-9: did you mean 'eu-west-")


def test_a_service_that_is_not_known_is_doubted() -> None:
    (said,) = doubts(None, "lamda", [])
    assert said == (
        "offcall does not know that AWS Health names a service LAMDA: did you mean 'lambda'?"
    )


def test_the_usual_services_are_meant_first() -> None:
    (said,) = doubts(None, "RSD", [])
    assert said.endswith("did you mean 'rds'?")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("health during", {"at": "2026-11-18T02:15Z"}),
        ("health list", {}),
        ("health changes", {}),
    ],
)
def test_the_commands_say_so(name: str, arguments: dict[str, Any], tmp_path: Any) -> None:
    with Context(Estate({"history": str(tmp_path / "h.sqlite")}), now=NOW) as ctx:
        found = find_tool(name).call(ctx, service="rdss", **arguments)
        assert "service RDSS" in found.incomplete()[0]
        with pytest.raises(UserError, match="no such region"):
            find_tool(name).call(ctx, region="us-est-1", **arguments)
        with pytest.raises(UserError, match="no AWS account"):
            find_tool(name).call(ctx, account="1234", **arguments)
