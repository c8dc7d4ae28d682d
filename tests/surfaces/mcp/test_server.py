"""The server in this process, through the protocol library's own client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import anyio
import jsonschema
import pytest
from mcp import Client, MCPError
from mcp_types import TextContent

from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.surfaces.mcp import server as subject
from offcall.surfaces.mcp.offer import offers
from offcall.surfaces.mcp.server import Contexts, build_server
from tests.surfaces.mcp.sample_tools import STARTED, STOPPED, TOOLS

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def contexts() -> Iterator[Contexts]:
    with closing(Contexts(lambda: Context(Estate()), shared=False)) as made:
        yield made


def text_of(result: object) -> str:
    (block,) = result.content  # type: ignore[attr-defined]
    assert isinstance(block, TextContent)
    return block.text


async def names(**allowed: bool) -> dict[str, object]:
    contexts = Contexts(lambda: Context(Estate()), shared=False)
    async with Client(build_server(offers(TOOLS, **allowed), contexts)) as client:
        return {tool.name: tool for tool in (await client.list_tools()).tools}


async def test_only_tools_that_read_are_served_and_marked_so() -> None:
    served = await names()
    assert list(served) == [
        "sample_say",
        "sample_read_file",
        "sample_refuse",
        "sample_break",
        "sample_print",
        "sample_work",
        "sample_work_together",
        "sample_report",
        "sample_much",
    ]
    assert all(tool.annotations.read_only_hint for tool in served.values())


async def test_tools_that_record_or_change_are_served_when_allowed() -> None:
    recording = await names(record=True)
    assert "sample_note" in recording
    assert "sample_send" not in recording
    hints = recording["sample_note"].annotations
    assert (hints.read_only_hint, hints.destructive_hint) == (False, False)

    changing = await names(changes=True)
    assert "sample_note" not in changing
    hints = changing["sample_send"].annotations
    assert (hints.read_only_hint, hints.destructive_hint) == (False, True)


async def test_what_keeps_a_name_asks_the_caller_for_one(contexts: Contexts) -> None:
    async with Client(build_server(offers(TOOLS, record=True), contexts)) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        schema = tools["sample_sign"].input_schema
        assert schema["required"] == ["by"]
        assert schema["properties"]["by"]["type"] == "string"
        for nobody in ({}, {"by": None}, {"by": " "}):
            result = await client.call_tool("sample_sign", nobody)
            assert result.is_error
            assert "by must name the person" in text_of(result)
        result = await client.call_tool("sample_sign", {"by": "ann"})
    assert result.structured_content["word"] == "ann"


async def test_a_tool_is_described_from_its_function() -> None:
    tool = (await names())["sample_say"]
    assert tool.title == "offcall sample say"
    assert tool.description == "Say a word.\n\nIt is said as it is."
    assert tool.input_schema["required"] == ["word"]
    assert tool.input_schema["properties"]["tone"]["enum"] == ["low", "high"]
    assert tool.input_schema["additionalProperties"] is False
    # The result contains itself: the root must be an object all the same.
    assert tool.output_schema["type"] == "object"
    assert "word" in tool.output_schema["properties"]


async def test_an_answer_is_markdown_and_fits_its_schema(contexts: Contexts) -> None:
    async with Client(build_server(offers(TOOLS), contexts)) as client:
        (tool, *_) = (await client.list_tools()).tools
        result = await client.call_tool("sample_say", {"word": "hello", "tone": "high"})
    assert not result.is_error
    assert "hello high" in text_of(result)
    assert text_of(result).endswith("incomplete: eu-west-1")
    assert result.structured_content["word"] == "hello high"
    jsonschema.validate(result.structured_content, tool.output_schema)


async def test_a_long_answer_is_shortened_and_says_how_to_ask_for_less(contexts: Contexts) -> None:
    async with Client(build_server(offers(TOOLS), contexts)) as client:
        schema = {tool.name: tool for tool in (await client.list_tools()).tools}["sample_much"]
        result = await client.call_tool("sample_much", {})
        short = await client.call_tool("sample_say", {"word": "x"})
    assert not result.is_error
    assert len(text_of(result)) < 61_000
    assert len(json.dumps(result.structured_content)) <= 60_000
    jsonschema.validate(result.structured_content, schema.output_schema)
    assert "cut off here" in text_of(result)
    assert "note: this is very much" in text_of(result)
    assert re.search(r"the structured result has fewer: parts: [\d,]+ of 10,000", text_of(result))
    assert text_of(result).endswith("Ask for less with: limit.")
    assert "Ask for less" not in text_of(short)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("sample_say", {"word": "x", "tone": "loud"}, "expected: low | high"),
        ("sample_say", {}, "sample say: word"),
        ("sample_say", {"word": "x", "wrod": "y"}, "wrod"),
        ("sample_refuse", {}, "AWS refuses health:DescribeEvents\nallow that action"),
        ("sample_break", {}, "this is a bug in offcall: ZeroDivisionError: a mistake of ours"),
    ],
)
async def test_an_error_is_a_readable_result(
    contexts: Contexts, name: str, arguments: dict[str, str], said: str
) -> None:
    async with Client(build_server(offers(TOOLS), contexts)) as client:
        result = await client.call_tool(name, arguments)
    assert result.is_error
    assert said in text_of(result)
    assert "Traceback" not in text_of(result)


async def test_an_unknown_tool_is_refused_with_the_nearest_name(contexts: Contexts) -> None:
    async with Client(build_server(offers(TOOLS), contexts)) as client:
        with pytest.raises(MCPError, match="did you mean 'sample_say'"):
            await client.call_tool("sample_sya", {})


async def test_without_files_they_can_neither_be_seen_nor_named(
    contexts: Contexts, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("42")
    async with Client(build_server(offers(TOOLS, files=False), contexts)) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert "sample_read_file" not in tools
        assert "file" not in tools["sample_say"].input_schema["properties"]
        result = await client.call_tool("sample_say", {"word": "x", "file": str(secret)})
    assert result.is_error
    assert "file cannot be set by a caller" in text_of(result)
    assert "42" not in text_of(result)


@pytest.mark.parametrize(("record", "said"), [(False, "not kept"), (True, "kept")])
async def test_what_need_not_record_is_served_without_recording(
    contexts: Contexts, record: bool, said: str
) -> None:
    async with Client(build_server(offers(TOOLS, record=record), contexts)) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        hints = tools["sample_report"].annotations
        result = await client.call_tool("sample_report", {})
        forced = await client.call_tool("sample_report", {"no_record": False})
    assert hints.read_only_hint is not record
    assert result.structured_content["word"] == said
    assert forced.is_error is not record


async def test_progress_is_reported_to_who_asked(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "PROGRESS_SECONDS", 0)
    seen: list[tuple[float, float | None, str | None]] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        seen.append((done, total, message))

    async with Client(build_server(offers(TOOLS), contexts)) as client:
        result = await client.call_tool("sample_work", {}, progress_callback=progress)
    assert not result.is_error
    assert seen == [(1, 3, "working"), (2, 3, "working"), (3, 3, "working")]


async def test_progress_of_several_threads_is_added_up(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "PROGRESS_SECONDS", 0)
    seen: list[float] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        seen.append(done)

    async with Client(build_server(offers(TOOLS), contexts)) as client:
        result = await client.call_tool("sample_work_together", {}, progress_callback=progress)
    assert not result.is_error, text_of(result)
    assert max(seen) == 30


async def test_a_cancelled_call_stops_its_work(contexts: Contexts) -> None:
    STARTED.clear()
    STOPPED.clear()
    async with Client(build_server(offers(TOOLS), contexts)) as client:
        with anyio.fail_after(30):
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "sample_work", {"steps": 10**12})
                assert await anyio.to_thread.run_sync(STARTED.wait, 20)
                group.cancel_scope.cancel()
            assert await anyio.to_thread.run_sync(STOPPED.wait, 20)
            again = await client.call_tool("sample_say", {"word": "still here"})
    assert "still here" in text_of(again)


async def test_the_demo_keeps_what_was_recorded_and_others_do_not() -> None:
    for shared, said in ((True, "a b"), (False, "b")):
        contexts = Contexts(lambda: Context(Estate()), shared=shared)
        async with Client(build_server(offers(TOOLS, record=True), contexts)) as client:
            await client.call_tool("sample_note", {"word": "a"})
            result = await client.call_tool("sample_note", {"word": "b"})
        contexts.close()
        assert result.structured_content["word"] == said
