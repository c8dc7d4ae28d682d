"""Streamable HTTP: the real command, and who may talk to it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.surfaces.mcp.http import (
    TOKEN_VARIABLE,
    RequireToken,
    application,
    is_loopback,
    read_token,
)
from offcall.surfaces.mcp.offer import offers
from offcall.surfaces.mcp.server import Contexts, build_server

OFFCALL = Path(sys.executable).with_name("offcall")
TOKEN = "0123456789abcdef0123456789abcdef"
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def serving(*options: str, token: str | None = None) -> Iterator[str]:
    """Run `offcall mcp --http` on a free port; its URL."""
    environment = {key: value for key, value in os.environ.items() if key != TOKEN_VARIABLE}
    if token:
        environment[TOKEN_VARIABLE] = token
    with subprocess.Popen(
        [OFFCALL, "mcp", "--http", "--port", "0", "--demo", *options],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert line.startswith("serving on "), line + process.stderr.read()
            yield line.split()[-1]
        finally:
            process.terminate()
    assert process.returncode == 0


@pytest.mark.anyio
async def test_a_client_lists_and_calls() -> None:
    with serving() as url:
        async with Client(url) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            result = await client.call_tool("health_changes", {"window": "next week"})
    assert {"health_changes", "lifecycle_list", "brief"} <= tools
    assert not result.is_error
    assert result.structured_content


@pytest.mark.anyio
async def test_it_leaves_nothing_behind_when_it_is_told_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving() as url:
        async with Client(url) as client:
            await client.call_tool("health_list", {})
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_with_a_token_a_client_that_shows_it_is_served() -> None:
    import httpx2

    bearer = httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"})
    with serving(token=TOKEN) as url:
        async with bearer, Client(streamable_http_client(url, http_client=bearer)) as client:
            assert (await client.list_tools()).tools
        for wrong in ({}, {"Authorization": "Bearer " + TOKEN[:-1]}, {"Authorization": TOKEN}):
            answer = httpx.post(url, json=PING, headers={**HEADERS, **wrong})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_browser_and_a_rebound_name_are_kept_out() -> None:
    with serving("--allow-host", "offcall.internal") as url:

        def status(**headers: str) -> int:
            return httpx.post(url, json=PING, headers={**HEADERS, **headers}).status_code

        assert status(Host="evil.example:80") == 421
        assert status(Origin="https://evil.example") == 403
        assert status(Host="offcall.internal") not in (421, 403)
        assert status(Origin="http://localhost:3000") not in (421, 403)


@pytest.mark.anyio
async def test_nothing_but_http_goes_in_without_the_token_either() -> None:
    sent: list[Any] = []
    passed: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        passed.append(scope["type"])

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    guarded = RequireToken(app, TOKEN)
    await guarded({"type": "websocket", "headers": []}, receive, send)
    assert (passed, sent) == ([], [{"type": "websocket.close"}])
    await guarded({"type": "lifespan"}, receive, send)
    assert passed == ["lifespan"]


def test_others_may_not_connect_without_a_token() -> None:
    environment = {key: value for key, value in os.environ.items() if key != TOKEN_VARIABLE}
    done = subprocess.run(
        [OFFCALL, "mcp", "--http", "--host", "0.0.0.0", "--port", "0", "--demo"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=environment,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: only this machine may connect without a token")
    assert "--token-file FILE" in done.stderr


def test_a_port_that_cannot_be_is_refused() -> None:
    done = subprocess.run(
        [OFFCALL, "mcp", "--http", "--port", "99999", "--demo"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "99999 is not in the range 0<=x<=65535" in done.stderr


def test_a_port_in_use_is_said() -> None:
    with serving() as url:
        port = url.split(":")[2].split("/")[0]
        done = subprocess.run(
            [OFFCALL, "mcp", "--http", "--port", port, "--demo"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 2
    assert "cannot listen: Address already in use" in done.stderr
    assert f"127.0.0.1:{port}" in done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "offcall.internal"])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)
    server = build_server(offers([]), Contexts(lambda: Context(Estate()), shared=False))
    with pytest.raises(UserError, match="without a token"):
        application(server, host=host, token=None)
    assert application(server, host=host, token=TOKEN)


def test_a_token_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    assert read_token(None) is None
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    assert read_token(None) == TOKEN
    file = tmp_path / "token"
    file.write_text(TOKEN[::-1] + "\n")
    assert read_token(file) == TOKEN[::-1]


def test_a_token_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="cannot read the token"):
        read_token(tmp_path / "missing")
    (tmp_path / "empty").touch()
    with pytest.raises(UserError, match="too weak"):
        read_token(tmp_path / "empty")
    monkeypatch.setenv(TOKEN_VARIABLE, "short")
    with pytest.raises(UserError, match="too weak"):
        read_token(None)
