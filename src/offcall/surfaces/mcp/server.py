"""The protocol server: lists the offered tools and runs them, each call in a thread."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import mcp_types as protocol
from mcp.server import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from offcall import __version__
from offcall.core.bugs import describe_bug
from offcall.core.context import Context
from offcall.core.errors import OffcallError
from offcall.core.render import View, render
from offcall.core.text import did_you_mean
from offcall.surfaces.mcp.offer import Offer
from offcall.surfaces.mcp.shortening import narrowing, shorten, shorten_text

__all__ = ["Contexts", "build_server"]

INSTRUCTIONS = (
    "offcall answers what an on-call engineer asks about AWS: what changes next and who owns it "
    "(health_changes), what nears the end of its support (lifecycle_list), was it AWS "
    "(health_during), and the summary of all that (brief). Answers are computed from recorded "
    "facts; quote their dates, owners and sources as they stand."
)

# A client that shows a bar gains nothing from more.
PROGRESS_SECONDS = 0.25


class Contexts:
    """A context for each call.

    The demo keeps one for as long as the server runs, and its calls follow one another: its
    history lives in a temporary file, and what a caller recorded there must still be there.
    """

    def __init__(self, make: Callable[[], Context], *, shared: bool) -> None:
        self._make = make
        self._shared: Context | None = None
        self._keep = shared
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def open(self) -> Iterator[Context]:
        """The context of one call."""
        if not self._keep:
            with self._make() as ctx:
                yield ctx
            return
        with self._lock:
            if self._shared is None:
                self._shared = self._make()
            yield self._shared

    def close(self) -> None:
        """Close the shared context, if one was opened."""
        with self._lock:
            if self._shared is not None:
                self._shared.__exit__(None, None, None)
                self._shared = None


class _Progress:
    """Progress notifications from the thread in which a tool runs. See `core.context.Progress`."""

    def __init__(self, request: ServerRequestContext[Any]) -> None:
        self._request = request
        self._loop = anyio.lowlevel.current_token()
        self._lock = threading.Lock()
        self.thread: int | None = None
        self.notes: list[str] = []

    @contextlib.contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """Report at most every `PROGRESS_SECONDS`; stop here when the caller cancelled."""
        done = 0.0
        said = time.monotonic()

        def advance(amount: float) -> None:
            nonlocal done, said
            if threading.get_ident() == self.thread:
                anyio.from_thread.check_cancelled()
            with self._lock:
                done += amount
                if time.monotonic() - said < PROGRESS_SECONDS:
                    return
                said = time.monotonic()
            # A tool may have threads of its own, which know of no event loop.
            anyio.from_thread.run(
                self._request.session.report_progress, done, total, title, token=self._loop
            )

        yield advance

    def note(self, text: str) -> None:
        """Notes stand below the answer."""
        self.notes.append(text)


def build_server(offered: Mapping[str, Offer], contexts: Contexts) -> Server[Any]:
    """A server of these tools.

    Args:
        offered: the tools, by the name that callers use.
        contexts: where the context of a call comes from.
    """
    listing = protocol.ListToolsResult(tools=[offer.describe() for offer in offered.values()])
    schemas = {tool.name: tool.input_schema for tool in listing.tools}

    async def list_tools(
        _request: ServerRequestContext[Any], _params: protocol.PaginatedRequestParams | None
    ) -> protocol.ListToolsResult:
        return listing

    async def call_tool(
        request: ServerRequestContext[Any], params: protocol.CallToolRequestParams
    ) -> protocol.CallToolResult:
        offer = offered.get(params.name)
        if offer is None:
            hint = did_you_mean(params.name, offered)
            raise MCPError(
                protocol.INVALID_PARAMS,
                f"there is no tool {params.name!r}" + (f"; {hint}" if hint else ""),
            )
        return await anyio.to_thread.run_sync(
            _call, offer, params.arguments or {}, contexts, _Progress(request)
        )

    return Server(
        "offcall",
        version=__version__,
        title="offcall",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        get_tool_input_schema=schemas.get,
    )


def _call(
    offer: Offer, arguments: dict[str, Any], contexts: Contexts, progress: _Progress
) -> protocol.CallToolResult:
    """Run the tool: Markdown for people, the model as JSON for programs; errors as text."""
    progress.thread = threading.get_ident()
    refusal = offer.refusal(arguments)
    if refusal is not None:
        return _failed(refusal)
    try:
        with contexts.open() as ctx:
            ctx.progress = progress
            ctx.freeze()
            result = offer.tool.call(ctx, **arguments, **offer.fixed)
            text = render(result, "markdown", View(now=ctx.now, zone=ctx.zone))
    except OffcallError as error:
        return _failed(str(error))
    except Exception as error:  # noqa: BLE001 - the last resort: a caller never sees a traceback
        return _failed(describe_bug(error))
    data, cut = shorten(result.model_dump(mode="json", by_alias=True))
    short = shorten_text(text)
    below = [f"incomplete: {line}" for line in result.incomplete()]
    below += [f"note: {line}" for line in progress.notes]
    below += [f"the structured result has fewer: {line}" for line in cut]
    if cut or short != text:
        below.append(narrowing(offer.tool.parameters, offer.hidden))
    return protocol.CallToolResult(
        content=[protocol.TextContent(text="\n".join([short, *below]))],
        structured_content=data,
    )


def _failed(text: str) -> protocol.CallToolResult:
    return protocol.CallToolResult(content=[protocol.TextContent(text=text)], is_error=True)
