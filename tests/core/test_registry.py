from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.registry import Effect, Param, all_tools, find_tool, rooms, tool
from tests.core.sample_tools import Color, Echo, echo, fail, judge


@pytest.fixture
def ctx() -> Context:
    return Context(Estate())


def test_names() -> None:
    assert (echo.name, echo.room, echo.verb, echo.slug) == (
        "sample echo",
        "sample",
        "echo",
        "sample_echo",
    )
    assert echo.summary == "Say what came in."
    assert echo.description == "The rest of the help,\non two lines."
    assert echo.effect is Effect.READ
    assert fail.effect is Effect.RECORD
    assert judge.takes_snapshot
    assert echo.result_type is Echo


def test_parameters() -> None:
    by_name = {one.name: one for one in echo.parameters}
    assert next(iter(by_name)) == "name"
    assert by_name["name"].required
    assert by_name["name"].about.positional
    assert by_name["status"].choices == ("open", "closed")
    assert by_name["status"].optional
    assert by_name["color"].choices == ("red", "blue")
    assert by_name["tag"].many
    assert by_name["tag"].type is str
    assert by_name["file"].type is Path
    assert by_name["count"].choices is None


def test_input_schema() -> None:
    schema = echo.input_model.model_json_schema()
    properties: dict[str, Any] = schema["properties"]
    assert schema["title"] == "SampleEchoInput"
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name"]
    assert properties["status"]["anyOf"] == [
        {"enum": ["open", "closed"], "type": "string"},
        {"type": "null"},
    ]
    assert properties["count"] == {
        "default": 3,
        "description": "how many",
        "title": "Count",
        "type": "integer",
    }
    assert properties["tag"]["anyOf"][0] == {"items": {"type": "string"}, "type": "array"}
    assert properties["file"]["anyOf"][0] == {"format": "path", "type": "string"}
    assert properties["deep"]["type"] == "boolean"
    assert schema["$defs"]["Color"]["enum"] == ["red", "blue"]
    assert all(one["description"] for one in properties.values())


def test_output_schema() -> None:
    schema = echo.result_type.model_json_schema(mode="serialization")
    assert schema["properties"]["said"]["type"] == "object"


def test_calls_are_validated(ctx: Context) -> None:
    result = echo.call(ctx, name="me", color="blue", count="4", tag=["a=b"], file="/x")
    assert isinstance(result, Echo)
    assert result.said["color"] == repr(Color.BLUE)
    assert result.said["count"] == "4"
    assert result.said["tag"] == "['a=b']"
    assert result.said["file"] == repr(Path("/x"))
    assert result.said["status"] == "None"


@pytest.mark.parametrize(
    ("arguments", "said", "expected"),
    [
        ({}, "sample echo: name: Field required", None),
        ({"name": "x", "status": "ajar"}, "sample echo: status: Input should be", "open | closed"),
        ({"name": "x", "count": "many"}, "sample echo: count: Input should be", None),
        ({"name": "x", "nmae": 1}, "sample echo: nmae: Extra inputs", None),
        ({"name": None}, "sample echo: name: Input should be a valid string", None),
    ],
)
def test_arguments_that_do_not_fit(
    ctx: Context, arguments: dict[str, Any], said: str, expected: str | None
) -> None:
    with pytest.raises(UserError) as caught:
        echo.call(ctx, **arguments)
    assert caught.value.message.startswith(said)
    assert caught.value.expected == expected


def test_declarations_that_are_wrong() -> None:
    def silent(ctx: Context) -> Echo:
        return Echo(said={})

    with pytest.raises(TypeError, match="no docstring"):
        tool("sample silent")(silent)

    @tool("sample bare")
    def bare(ctx: Context, name: str) -> Echo:
        """Bare."""
        return Echo(said={})

    with pytest.raises(TypeError, match="needs Annotated"):
        _ = bare.parameters

    @tool("sample union")
    def union(ctx: Context, name: Annotated[int | str, Param("x")] = 1) -> Echo:
        """Union."""
        return Echo(said={})

    with pytest.raises(TypeError, match="cannot be"):
        _ = union.parameters


def test_unknown_tool() -> None:
    known = all_tools()[0]
    assert find_tool(known.name) is known
    assert find_tool(known.slug) is known
    with pytest.raises(UserError) as caught:
        find_tool(known.name[:-1] + "x")
    assert "did you mean" in (caught.value.hint or "")


def test_rooms_have_summaries() -> None:
    assert rooms()
    for name, summary in rooms().items():
        assert summary, f"{name} says nothing about itself"
        assert not summary.endswith(".")
