"""Streamable HTTP: loopback as it is, any other address only with a token.

A browser is kept out by its Origin, a rebound DNS name by its Host. Beyond loopback the token
travels in the clear unless something in front speaks TLS.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offcall.core.errors import UserError

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.server.transport_security import TransportSecuritySettings
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["RequireToken", "application", "is_loopback", "read_token", "serve_http"]

TOKEN_VARIABLE = "OFFCALL_MCP_TOKEN"  # noqa: S105 - the name, not the token
MIN_TOKEN_LENGTH = 16
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


class RequireToken:
    """ASGI middleware: `Authorization: Bearer <token>`, or 401."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = b"Bearer " + token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what carries the token; compare in constant time."""
        # All but the start and the end of the application itself.
        if scope["type"] != "lifespan":
            given = next((v for k, v in scope["headers"] if k == b"authorization"), b"")
            if not hmac.compare_digest(given, self._expected):
                from starlette.responses import PlainTextResponse

                if scope["type"] != "http":
                    await send({"type": f"{scope['type']}.close"})
                    return
                answer = PlainTextResponse(
                    "a bearer token is needed", 401, {"WWW-Authenticate": "Bearer"}
                )
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(file: Path | None) -> str | None:
    """The token from `file`, else from OFFCALL_MCP_TOKEN, else None.

    Raises:
        UserError: the file cannot be read, or the token is too short to be one.
    """
    if file is not None:
        try:
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError("cannot read the token", file=str(file)) from error
    else:
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            return None
    if len(token) < MIN_TOKEN_LENGTH or not token.isascii():
        raise UserError(
            "the token is too weak",
            file=str(file) if file else None,
            expected=f"at least {MIN_TOKEN_LENGTH} ASCII characters; try `openssl rand -hex 32`",
        )
    return token


def application(
    server: Server[Any], *, host: str, token: str | None, names: Sequence[str] = ()
) -> ASGIApp:
    """The ASGI application; the protocol is at /mcp.

    Args:
        host: the address that is listened on.
        token: what callers must show; None for nobody but this machine.
        names: further host names under which callers reach it.

    Raises:
        UserError: an address that others reach, and no token.
    """
    if token is None and not is_loopback(host):
        raise UserError(
            "only this machine may connect without a token",
            value=f"--host {host}",
            expected=f"--token-file FILE or {TOKEN_VARIABLE}, or --host 127.0.0.1",
        )
    app: ASGIApp = server.streamable_http_app(host=host, transport_security=_guard(host, names))
    return RequireToken(app, token) if token else app


def _guard(host: str, names: Sequence[str]) -> TransportSecuritySettings:
    from mcp.server.transport_security import TransportSecuritySettings

    known = [*LOOPBACK_NAMES, *names]
    if not is_loopback(host):
        known += [f"[{host}]" if ":" in host else host, socket.gethostname()]
    return TransportSecuritySettings(
        allowed_hosts=[form for name in known for form in (name, f"{name}:*")],
        allowed_origins=[
            form
            for name in known
            for scheme in ("http", "https")
            for form in (f"{scheme}://{name}", f"{scheme}://{name}:*")
        ],
    )


def serve_http(
    server: Server[Any],
    *,
    host: str,
    port: int,
    token: str | None,
    names: Sequence[str] = (),
    note: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted; `note` is told where. Port 0 takes a free one.

    Raises:
        UserError: the address cannot be listened on, or needs a token.
    """
    import uvicorn

    app = application(server, host=host, token=token, names=names)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise UserError(
            f"cannot listen: {error.strerror or error}", value=f"{host}:{port}"
        ) from error
    with listening:
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listening.getsockname()[1]}/mcp"
        if note is not None:
            note(f"serving on {url}")
        # uvicorn ends what is under way and then raises the signal again: this way it ends the
        # program in order, and a demo's history is removed.
        signal.signal(signal.SIGTERM, _leave)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5)
        uvicorn.Server(config).run(sockets=[listening])


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
