"""A length of time is written and understood in one way wherever one is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from offcall.core.context import Context
from offcall.core.errors import WindowError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def ctx() -> Context:
    return Context(Estate(), now=NOW)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("60s", timedelta(minutes=1)),
        ("15m", timedelta(minutes=15)),
        (" 15 min ", timedelta(minutes=15)),
        ("1h 30m", timedelta(minutes=90)),
        ("PT90M", timedelta(minutes=90)),
        ("PT2H", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("P1D", timedelta(days=1)),
        ("2 weeks", timedelta(days=14)),
        ("1 month", timedelta(days=30)),
    ],
)
def test_meaning(ctx: Context, text: str, length: timedelta) -> None:
    assert ctx.length(text) == length


@pytest.mark.parametrize(
    "bad", ["", "0s", "soon", "5", "-5m", "P", "0.5s", "999999 years", "999999w", "next week"]
)
def test_what_is_none(ctx: Context, bad: str) -> None:
    with pytest.raises(WindowError):
        ctx.length(bad)


@pytest.mark.parametrize("text", ["1h 30m", "PT90M"])
def test_the_rooms_understand_the_same(text: str) -> None:
    with Context(Estate(), now=NOW, demo=True) as ctx:
        around = find_tool("health during").call(ctx, at="2026-11-18T02:15Z", within=text)
        assert around.model_dump()["within"] == "1 hour 30 minutes"
