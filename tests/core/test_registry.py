from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.parameters import Limit, Owner, Region
from offcall.core.registry import Effect, Param, Tool, all_tools, find_tool, rooms, tool
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


def test_what_several_rooms_ask_for_may_be_left_out(ctx: Context) -> None:
    @tool("sample usual")
    def usual(
        ctx: Context,
        region: Region | None = None,
        limit: Limit = 5,
        every: Annotated[int | None, Param("so many", least=2)] = None,
    ) -> Echo:
        """Usual."""
        return Echo(said={"region": str(region), "limit": str(limit), "every": str(every)})

    region, limit, _ = usual.parameters
    assert (region.type, region.optional, region.default) == (str, True, None)
    assert region.about.help == "only this region"
    assert (limit.type, limit.optional, limit.default) == (int, False, 5)
    properties = usual.input_model.model_json_schema()["properties"]
    assert properties["limit"]["minimum"] == 1
    assert properties["every"]["anyOf"][0]["minimum"] == 2
    assert usual.call(ctx, limit=1).said == {"region": "None", "limit": "1", "every": "None"}  # type: ignore[attr-defined]
    for wrong in ({"limit": 0}, {"limit": -3}, {"every": 1}):
        with pytest.raises(UserError, match="should be greater than or equal to"):
            usual.call(ctx, **wrong)


@pytest.mark.parametrize("one", all_tools(), ids=lambda one: one.slug)
def test_a_number_has_a_least_one(one: Tool) -> None:
    """A negative limit would quietly cut off the end."""
    for parameter in one.parameters:
        if parameter.type is int and not parameter.about.positional:
            assert parameter.about.least is not None, parameter.name


@pytest.mark.parametrize("one", all_tools(), ids=lambda one: one.slug)
def test_the_same_option_is_the_same_everywhere(one: Tool) -> None:
    same = {"limit": Limit, "owner": Owner}
    for parameter in one.parameters:
        if parameter.name in same and not parameter.many:
            assert (parameter.about,) == same[parameter.name].__metadata__


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
