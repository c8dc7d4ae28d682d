"""What goes on for ever is nothing to ask a server for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import jsonschema
import pytest
from mcp import Client
from mcp_types import TextContent

from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.registry import Tool, all_tools
from offcall.history import journal
from offcall.surfaces.mcp.offer import offers
from offcall.surfaces.mcp.server import Contexts, build_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def contexts() -> Iterator[Contexts]:
    with closing(
        Contexts(lambda: Context(Estate(), demo=True, journal=journal), shared=False)
    ) as made:
        yield made


async def answer(contexts: Contexts, name: str, **arguments: object) -> str:
    async with Client(build_server(offers(all_tools(), changes=True), contexts)) as client:
        result = await client.call_tool(name, arguments)
    assert result.is_error
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


async def test_watching_must_end(contexts: Contexts) -> None:
    for arguments in ({}, {"max_messages": 1}, {"until_empty": False}):
        said = await answer(contexts, "health_watch", **arguments)
        assert "until_empty or once" in said
    # Now it is only the demo that is in the way.
    said = await answer(contexts, "health_watch", once=True, queue=["https://sqs.x/1/q"], by="ann")
    assert "sample estate has no AWS" in said


async def test_telling_is_done_once(contexts: Contexts) -> None:
    assert (
        "every" not in offers(all_tools(), changes=True)["notify_run"].input_schema()["properties"]
    )
    said = await answer(contexts, "notify_run", every="60s")
    assert "every cannot be set" in said


def test_the_schema_says_so() -> None:
    schema = offers(all_tools(), changes=True)["health_watch"].input_schema()
    jsonschema.validate({"once": True, "by": "ann"}, schema)
    endless = ({}, {"once": False}, {"max_messages": 3})
    for bad in (*({"by": "ann", **one} for one in endless), {"once": True}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)


@pytest.mark.parametrize("tool", all_tools(), ids=lambda tool: tool.name)
def test_no_loop_is_offered(tool: Tool) -> None:
    offered = offers([tool], record=True, changes=True)[tool.slug]
    assert tool.goes_on_with is None or tool.goes_on_with in offered.hidden
