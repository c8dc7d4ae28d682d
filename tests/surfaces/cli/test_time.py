"""A command has one time, however long it takes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from offcall.core.context import Context
from offcall.core.registry import find_tool
from offcall.surfaces.cli.app import run


def test_a_command_judges_and_shows_at_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = find_tool("history info")
    seen: list[datetime] = []

    def call(ctx: Context, **arguments: object) -> object:
        seen.append(ctx.now)
        while datetime.now(UTC) <= seen[0]:
            pass
        seen.append(ctx.now)
        return original(ctx, **arguments)

    original = tool.call
    monkeypatch.setattr("offcall.core.registry.Tool.call", lambda self, ctx, **more: call(ctx))
    assert run(["history", "info", "--quiet"]) == 0
    assert len(set(seen)) == 1
