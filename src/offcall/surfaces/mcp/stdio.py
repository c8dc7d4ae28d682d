"""Standard input and output: the client starts offcall and talks to it over pipes."""

from __future__ import annotations

from typing import Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

__all__ = ["serve_stdio"]


def serve_stdio(server: Server[Any]) -> None:
    """Serve one client until it closes standard input.

    The library keeps the real standard output to itself: whatever a tool prints goes to
    standard error.
    """

    async def serve() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(serve)
