"""The notify tools: run, test, list, retry, channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from offcall.core.parameters import Limit
from offcall.core.registry import Effect, Param, tool
from offcall.notify.results import ChannelList, MessageList, Retried, RunResult

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["channels", "messages", "retry", "run", "try_channel"]


@tool("notify run", effect=Effect.CHANGE, confirm="send", goes_on_with="every")
def run(
    ctx: Context,
    send: Annotated[bool, Param("really send; without it nothing leaves this machine")] = False,
    every: Annotated[
        str | None, Param("go on, looking again after this time: 60s, 5m", metavar="TIME")
    ] = None,
    shown: Annotated[int, Param("how many messages a dry run shows in full", least=0)] = 5,
) -> RunResult:
    """Tell people what is new, has changed, is due, or is over.

    Looks at the events and findings in the history, decides by the routes of the estate who is
    told, and, with --send, sends. Without --send it shows what would be sent, to whom, and by
    which route. Several workers may run at once.
    """
    from offcall.notify.running import run_for_ever, run_once

    if every is not None:
        return run_for_ever(ctx, send=send, every=every, shown=shown)
    return run_once(ctx, send=send, shown=shown)


@tool("notify test", effect=Effect.CHANGE, confirm="send")
def try_channel(
    ctx: Context,
    channel: Annotated[str, Param("name of the channel in the estate")],
    send: Annotated[bool, Param("really send; without it the message is only shown")] = False,
) -> RunResult:
    """Send one harmless message to one channel, to see that it arrives.

    On PagerDuty it opens an alert of severity info and resolves it at once.
    """
    from offcall.notify.trial import try_one

    return try_one(ctx, channel, send=send)


@tool("notify list")
def messages(
    ctx: Context,
    state: Annotated[
        Literal["waiting", "sending", "sent", "skipped", "failed", "replaced"] | None,
        Param("only messages in this state"),
    ] = None,
    channel: Annotated[str | None, Param("only this channel")] = None,
    key: Annotated[
        str | None, Param("only alerts whose key has this text: an account, an ARN")
    ] = None,
    limit: Limit = 50,
) -> MessageList:
    """What was told, to whom, and what came of it; the newest first."""
    from offcall.notify.looking import list_messages

    return list_messages(ctx, state=state, channel=channel, key=key, limit=limit)


@tool("notify retry", effect=Effect.RECORD)
def retry(
    ctx: Context,
    ids: Annotated[
        list[int] | None, Param("ids of `notify list`; all that failed by default", positional=True)
    ] = None,
) -> Retried:
    """Let messages that were given up be tried again by the next run."""
    from offcall.history import open_history
    from offcall.notify import outbox

    return Retried(count=outbox.retry(open_history(ctx), ctx.now, ids or ()))


@tool("notify channels")
def channels(ctx: Context) -> ChannelList:
    """The channels and routes of the estate, and whether they can be used.

    Looks up every secret that the channels refer to, without showing it; sends nothing.
    """
    from offcall.notify.looking import list_channels

    return list_channels(ctx)
