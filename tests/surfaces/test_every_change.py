"""Every tool that changes something outside: nothing without its flag, one audit line with it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.registry import Effect, Tool, all_tools
from offcall.history import journal, open_history
from offcall.history.looking import audit_lines
from offcall.history.recording import record
from offcall.history.results import AuditLine
from offcall.surfaces.cli.app import run
from offcall.surfaces.mcp.offer import offers
from offcall.surfaces.mcp.server import Contexts, build_server
from tests.history.build import A
from tests.notify.fakes import Capture, serve


@dataclass(frozen=True)
class Case:
    """How a tool is called so that it would change something.

    Args:
        arguments: of the call, without the confirming flag.
        outcome: what the audit says in the end.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    outcome: str = "done"


PLACE = "s3://logs/AWSLogs/111122223333/elasticloadbalancing/eu-west-1"

CASES = {
    "logs athena-table": Case({"place": PLACE}, "failed: "),
    "health watch": Case({"once": True, "queue": ["https://127.0.0.1:1/1/q"]}, "failed: "),
    "notify run": Case(outcome="1 sent"),
    "notify test": Case({"channel": "hook"}, "1 sent"),
}
TOOLS = [one for one in all_tools() if one.effect is Effect.CHANGE]
WITH_FLAG = [one for one in TOOLS if one.confirm]


@pytest.fixture
def capture() -> Iterator[Capture]:
    with serve(lambda call: (200, {}, {})) as listening:
        yield listening


@pytest.fixture
def estate(tmp_path: Path, capture: Capture, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An estate with something to tell, and somebody to tell it to."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    file = tmp_path / "offcall.yaml"
    file.write_text(
        f"""\
history: {tmp_path}/history.sqlite
notify:
  channels:
    hook: {{kind: webhook, url: "{capture.url}/hook"}}
  routes:
    - {{name: all, to: [hook]}}
"""
    )
    with Context(Estate.load(file)) as ctx:
        record(open_history(ctx), "lifecycle", [A], ctx.now)
    return file


def changes(estate: Path) -> list[AuditLine]:
    with Context(Estate.load(estate)) as ctx:
        lines = audit_lines(open_history(ctx), subject=None, limit=100).lines
    return [one for one in lines if one.action == "change"]


def command(tool: Tool, arguments: dict[str, Any], estate: Path) -> list[str]:
    words = [*tool.name.split(), "--estate", str(estate), "--by", "ann"]
    positional = {one.name for one in tool.parameters if one.about.positional}
    words += [str(arguments[name]) for name in arguments if name in positional]
    for name, value in arguments.items():
        if name in positional:
            continue
        flag = "--" + name.replace("_", "-")
        several = value if isinstance(value, list) else [value]
        words += [word for one in several for word in ([flag] if one is True else [flag, str(one)])]
    return words


async def over_mcp(tool: Tool, arguments: dict[str, Any], estate: Path) -> None:
    with closing(
        Contexts(lambda: Context(Estate.load(estate), journal=journal), shared=False)
    ) as contexts:
        async with Client(build_server(offers([tool], changes=True), contexts)) as client:
            await client.call_tool(tool.slug, {**arguments, "by": "ann"})


def test_every_one_has_a_case() -> None:
    assert set(CASES) == {one.name for one in TOOLS}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_server_offers_it_only_when_changes_are_allowed(tool: Tool) -> None:
    assert offers([tool], record=True) == {}
    assert "by" in offers([tool], changes=True)[tool.slug].input_schema()["required"]


@pytest.mark.parametrize("caller", ["cli", "mcp"])
@pytest.mark.parametrize("tool", WITH_FLAG, ids=lambda tool: tool.name)
def test_without_its_flag_it_talks_to_nobody(
    tool: Tool, caller: str, estate: Path, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: asked.append(address))
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_: asked.append(args))
    if caller == "cli":
        assert run(command(tool, CASES[tool.name].arguments, estate)) == 0
    else:
        anyio.run(over_mcp, tool, CASES[tool.name].arguments, estate)
    assert asked == []
    assert capture.calls == []
    assert changes(estate) == []


@pytest.mark.parametrize("caller", ["cli", "mcp"])
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_with_its_flag_the_audit_has_one_line(tool: Tool, caller: str, estate: Path) -> None:
    case = CASES[tool.name]
    arguments = {**case.arguments, **({tool.confirm: True} if tool.confirm else {})}
    if caller == "cli":
        run(command(tool, arguments, estate))
    else:
        anyio.run(over_mcp, tool, arguments, estate)
    (line,) = changes(estate)
    assert (line.who, line.subject) == ("ann", f"offcall {tool.name}")
    assert line.detail["outcome"].startswith(case.outcome)
    assert set(line.detail["arguments"]) == set(arguments)


def test_what_is_refused_has_a_line_that_says_so(estate: Path, capture: Capture) -> None:
    capture.instead += [(403, {}, {"error": "no"})]
    code = run(["notify", "test", "--channel", "hook", "--send", "--estate", str(estate)])
    (line,) = changes(estate)
    assert (code, len(capture.calls)) == (2, 1)
    assert line.who == "tester"
    assert line.detail["outcome"].startswith("failed: channel 'hook'")
