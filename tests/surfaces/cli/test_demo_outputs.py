"""Every tool that only reads, and the brief, on the sample estate, in every form of output."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

from offcall.core.errors import OffcallError
from offcall.core.registry import Effect, Tool, all_tools
from offcall.core.render import OUTPUTS, Output, View, render
from offcall.surfaces.cli.session import open_context
from tests.core.render.test_html import Page
from tests.core.render.test_json_and_sarif import validator

READING = [
    tool
    for tool in all_tools()
    if (tool.effect is Effect.READ or tool.name == "brief")
    and not any(one.required for one in tool.parameters)
]
# Those that the sample estate can answer with nothing but itself.
ANSWERED = {"brief", "health list", "health changes", "lifecycle list", "lifecycle check"}

DEMO: dict[str, Any] = {
    "verbose": 0, "demo": True, "estate": None, "time_zone": None, "now": None, "quiet": True,
    "no_color": True,
}  # fmt: skip


@pytest.mark.parametrize("tool", READING, ids=lambda tool: tool.name)
def test_every_form(tool: Tool) -> None:
    with open_context(DEMO) as ctx:
        try:
            result = tool.call(ctx)
        except OffcallError as error:
            # What needs AWS says so in words.
            assert tool.name not in ANSWERED, str(error)  # noqa: PT017
            return
        texts = {
            output: render(result, cast("Output", output), View(now=ctx.now, color=True))
            for output in OUTPUTS
        }
    assert all(text.endswith("\n") and text.strip() for text in texts.values())
    body = json.loads(texts["json"])
    assert body.pop("schema") == f"offcall.{type(result).__name__}/{type(result).json_version}"
    # The schema that is promised to whoever calls the tool.
    Draft202012Validator(type(result).model_json_schema(mode="serialization")).validate(body)
    validator().validate(json.loads(texts["sarif"]))
    assert Page(texts["html"]).text
    assert texts["markdown"].startswith("# ")
    assert "\x1b" not in texts["plain"]
    assert "\x1b[" in texts["terminal"]


def test_the_main_tools_are_among_them() -> None:
    assert {tool.name for tool in READING} >= ANSWERED
