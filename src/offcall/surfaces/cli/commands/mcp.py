"""Serve the tools to assistants over the Model Context Protocol."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from offcall.surfaces.cli.options import Command, with_common

__all__ = ["command"]


@with_common("mcp")
@click.command("mcp", cls=Command, short_help="Serve the tools over the Model Context Protocol")
@click.option("--http", is_flag=True, help="Streamable HTTP instead of standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port to listen on; 0 is any free.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Callers must show this bearer token; OFFCALL_MCP_TOKEN does the same.",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="A further host name under which callers reach the server.",
)
@click.option(
    "--allow-record", is_flag=True, help="Also serve tools that write offcall's own history."
)
@click.option(
    "--allow-changes", is_flag=True, help="Also serve tools that change something outside."
)
def command(
    *,
    http: bool,
    host: str,
    port: int,
    token_file: Path | None,
    allow_host: tuple[str, ...],
    allow_record: bool,
    allow_changes: bool,
    **common: Any,
) -> None:
    """Serve the tools to assistants over the Model Context Protocol.

    Without --http a client starts this command itself and talks to it over standard input and
    output. Tools that only read are served; the others when you allow them.

    Over HTTP callers cannot name files on this machine, and without a token only this machine
    may connect.
    """
    from offcall.core.extras import require
    from offcall.core.registry import all_tools
    from offcall.surfaces.cli.session import open_context

    require("mcp", "mcp")
    from offcall.surfaces.mcp.offer import offers
    from offcall.surfaces.mcp.server import Contexts, build_server

    # Calls have a progress of their own.
    options = {**common, "quiet": True}
    # Once before the first call, so that a broken estate file is told at once.
    with open_context(options) as ctx:
        ctx.estate.check()
    offered = offers(all_tools(), record=allow_record, changes=allow_changes, files=not http)
    contexts = Contexts(lambda: open_context(options), shared=common["demo"])
    server = build_server(offered, contexts)
    try:
        if http:
            from offcall.surfaces.mcp.http import read_token, serve_http

            token = read_token(token_file)
            note = None if common["quiet"] else partial(click.echo, err=True)
            serve_http(server, host=host, port=port, token=token, names=allow_host, note=note)
        else:
            from offcall.surfaces.mcp.stdio import serve_stdio

            serve_stdio(server)
    finally:
        contexts.close()
