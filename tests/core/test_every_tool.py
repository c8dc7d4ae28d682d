"""What must be true of every tool of every room, whoever writes it."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime

import pytest

from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.registry import Effect, Tool, all_tools
from offcall.core.results import Result

TOOLS = all_tools()
NOW = Context(Estate(), now=datetime(2026, 11, 24, 9, tzinfo=UTC))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
class TestEveryTool:
    def test_has_a_summary_that_is_one_sentence(self, tool: Tool) -> None:
        assert tool.summary.endswith((".", "?"))
        assert len(tool.summary) <= 100
        assert tool.summary[0].isupper()

    def test_explains_every_parameter(self, tool: Tool) -> None:
        for one in tool.parameters:
            assert len(one.about.help) > 3, one.name

    def test_has_an_input_schema(self, tool: Tool) -> None:
        schema = tool.input_model.model_json_schema()
        assert schema["additionalProperties"] is False
        for name, one in schema.get("properties", {}).items():
            assert one.get("description"), name

    def test_shows_how_times_and_places_are_written(self, tool: Tool) -> None:
        read = {
            "at": NOW.time,
            "every": NOW.length,
            "older_than": NOW.length,
            "on": NOW.time,
            "poll_every": NOW.length,
            "since": NOW.time,
            "until": NOW.time,
            "window": NOW.window,
            "account": str,
            "region": str,
        }
        schema = tool.input_model.model_json_schema().get("properties", {})
        for name in read.keys() & schema.keys():
            assert schema[name]["examples"], name
            for example in schema[name]["examples"]:
                assert read[name](example)

    def test_has_an_output_schema(self, tool: Tool) -> None:
        assert issubclass(tool.result_type, Result)
        assert tool.result_type.__doc__, "the result does not say what it is"
        schema = tool.result_type.model_json_schema(mode="serialization")
        assert schema["type"] == "object"

    def test_result_draws_itself(self, tool: Tool) -> None:
        assert tool.result_type.document is not Result.document

    def test_result_has_room_for_the_schema_name(self, tool: Tool) -> None:
        assert "schema" not in tool.result_type.model_fields

    def test_what_changes_something_needs_a_flag(self, tool: Tool) -> None:
        flags = {one.name for one in tool.parameters if one.type is bool and one.default is False}
        if tool.effect is Effect.CHANGE:
            assert tool.confirm or tool.ends_with, "nothing says how somebody asks for the change"
        assert tool.confirm is None or tool.confirm in flags
        assert flags >= set(tool.ends_with)

    def test_what_goes_on_for_ever_says_so(self, tool: Tool) -> None:
        names = {one.name for one in tool.parameters if one.optional}
        assert tool.goes_on_with is None or tool.goes_on_with in names

    def test_takes_the_context_first(self, tool: Tool) -> None:
        assert next(iter(inspect.signature(tool.function).parameters)) == "ctx"


def test_names_are_unique() -> None:
    names = [tool.slug for tool in TOOLS]
    assert len(set(names)) == len(names)
