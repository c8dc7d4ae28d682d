"""`--owner` takes the same names, and means the same, in every command that has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from offcall import demo
from offcall.core.context import Context, Silent
from offcall.core.estate import Estate
from offcall.core.registry import find_tool

Asked = Callable[[Any], list[object]]
SPELLINGS = ("payments", "PAYMENTS", "Payments", "group:default/payments", "payments@shop.example")

COMMANDS: dict[str, tuple[dict[str, object], Asked]] = {
    "brief": ({"no_record": True}, lambda r: [one.fingerprint for one in r.all_findings()]),
    "health list": ({}, lambda r: [one.arn for one in r.events]),
    "health changes": (
        {"window": "next 180 days"},
        lambda r: [one.fingerprint for one in r.all_findings()],
    ),
    "lifecycle list": ({}, lambda r: [one.outlook.resource.id for one in r.versions]),
    "catalog list": ({}, lambda r: [one.ref for one in r.items]),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_spelling_of_an_owner(name: str) -> None:
    arguments, asked = COMMANDS[name]

    def found(owner: str | None) -> list[object]:
        chosen: Any = [owner] if owner and name == "brief" else owner
        return asked(find_tool(name).call(ctx, owner=chosen, **arguments))

    with Context(Estate.load(demo.ESTATE), now=demo.NOW, demo=True, prepare=demo.prepare) as ctx:
        everything, mine = found(None), found("payments")
        assert 0 < len(mine) < len(everything)
        for spelling in SPELLINGS:
            assert found(spelling) == mine, spelling
        assert not set(map(str, found("nobody"))) & set(map(str, mine))
        assert found("no such team") == []


class Listening(Silent):
    """Progress that keeps what is said on the side."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, text: str) -> None:
        self.said.append(text)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("owner", [*SPELLINGS, "nobody", "paymnets"])
def test_an_owner_that_nobody_knows_is_doubted(name: str, owner: str) -> None:
    arguments, _ = COMMANDS[name]
    chosen: Any = [owner] if name == "brief" else owner
    with Context(
        Estate.load(demo.ESTATE),
        now=demo.NOW,
        demo=True,
        prepare=demo.prepare,
        progress=(progress := Listening()),
    ) as ctx:
        find_tool(name).call(ctx, owner=chosen, **arguments)
    doubts = [one for one in progress.said if "known to own" in one]
    expected = ["nobody here is known to own anything as 'paymnets'; did you mean 'payments'?"]
    assert doubts == (expected if owner == "paymnets" else [])
