"""What only reads, and costs money: a caller agrees to that only where changes are allowed."""

from __future__ import annotations

import pytest

from offcall.core.registry import SPENDS, Effect, all_tools
from offcall.surfaces.mcp.offer import offers

PAID = [
    one
    for one in all_tools()
    if one.effect is Effect.READ and any(p.name == SPENDS for p in one.parameters)
]


def test_there_are_some() -> None:
    assert {"logs top", "logs compare"} <= {one.name for one in PAID}


@pytest.mark.parametrize("tool", PAID, ids=lambda tool: tool.name)
def test_nobody_can_agree_where_nothing_may_be_changed(tool: object) -> None:
    (offered,) = offers([tool], record=True).values()  # type: ignore[list-item]
    assert SPENDS not in offered.input_schema()["properties"]
    assert "cannot be set" in str(offered.refusal({SPENDS: True}))
    (allowed,) = offers([tool], changes=True).values()  # type: ignore[list-item]
    assert SPENDS in allowed.input_schema()["properties"]
