"""Standard input and output: the real command, driven by two clients that are not ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from mcp import Client, StdioServerParameters

BIN = Path(sys.executable).parent
INSPECTOR = Path(__file__).parent / "inspector/node_modules/.bin/mcp-inspector"
READ_ONLY = {
    "brief": {},
    "health_changes": {"window": "next week", "region": "us-east-1"},
    "health_list": {},
    "lifecycle_list": {},
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_the_librarys_client_lists_and_calls() -> None:
    offcall = StdioServerParameters(command=str(BIN / "offcall"), args=["mcp", "--demo"])
    async with Client(offcall) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() >= READ_ONLY.keys()
        assert all(tool.annotations.read_only_hint for tool in tools.values())
        for name, arguments in READ_ONLY.items():
            result = await client.call_tool(name, arguments)
            assert not result.is_error, result.content
            jsonschema.validate(result.structured_content, tools[name].output_schema)
        refused = await client.call_tool("health_changes", {"window": "the day after never"})
        assert refused.is_error
        assert "the day after never" in refused.content[0].text


def inspect(*options: str) -> dict[str, Any]:
    """Run the official inspector's command line on `offcall mcp --demo`; what it printed."""
    assert INSPECTOR.exists(), (
        "make test installs it; or: npm ci --prefix tests/surfaces/mcp/inspector"
    )
    done = subprocess.run(
        [BIN / "node", INSPECTOR, "--cli", BIN / "offcall", "mcp", "--demo", *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_official_inspector_lists_the_tools() -> None:
    tools = {tool["name"]: tool for tool in inspect("--method", "tools/list")["tools"]}
    assert tools.keys() >= READ_ONLY.keys()
    changes = tools["health_changes"]
    assert changes["annotations"]["readOnlyHint"] is True
    assert changes["inputSchema"]["properties"]["window"]["description"]
    assert changes["outputSchema"]["type"] == "object"


def test_the_official_inspector_calls_a_tool() -> None:
    answer = inspect(
        "--method",
        "tools/call",
        "--tool-name",
        "health_changes",
        "--tool-arg",
        "window=next week",
        "region=us-east-1",
    )
    assert not answer.get("isError")
    assert answer["content"][0]["type"] == "text"
    assert answer["structuredContent"]


def test_a_broken_estate_is_told_before_the_first_call(tmp_path: Path) -> None:
    estate = tmp_path / "offcall.yaml"
    estate.write_text("name: mine\ntimezone: UTC\n")
    done = subprocess.run(
        [BIN / "offcall", "mcp", "--estate", estate],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"{estate}:2: unknown key 'timezone'" in done.stderr
