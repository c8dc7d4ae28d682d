"""The history's tools: info, findings, mute, unmute, audit, prune."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from offcall.core.parameters import Limit
from offcall.core.registry import By, Effect, Param, tool
from offcall.history.results import AuditList, FindingHistory, HistoryInfo, Pruned

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["audit_list", "findings", "info", "mute", "prune", "unmute"]

Print = Annotated[
    str, Param("the finding, or the first digits of it", positional=True, metavar="FINGERPRINT")
]


@tool("history info")
def info(ctx: Context) -> HistoryInfo:
    """Where the history is kept, and how much it holds.

    It is where the estate's `history:` says, else OFFCALL_HISTORY, else a SQLite file in the
    user's data folder. Opening it brings its schema up to date.
    """
    from offcall.history import open_history
    from offcall.history.looking import describe

    return describe(open_history(ctx))


@tool("history findings")
def findings(
    ctx: Context,
    state: Annotated[
        Literal["new", "still", "open", "muted", "resolved"] | None,
        Param("only those in this state; open is new and still there"),
    ] = None,
    scope: Annotated[
        str | None, Param("only what this room named, such as lifecycle", metavar="NAME")
    ] = None,
) -> FindingHistory:
    """Findings that were recorded: new, still there, muted and resolved, newest first.

    New is what came up since the last brief, or in it; before there was a brief, what the last
    look at its room saw for the first time.
    """
    from offcall.history import open_history
    from offcall.history.looking import known_findings

    return known_findings(open_history(ctx), ctx.now, state=state, scope=scope)


@tool("history mute", effect=Effect.RECORD)
def mute(
    ctx: Context,
    fingerprint: Print,
    why: Annotated[str, Param("why it is not worth hearing of")],
    until: Annotated[
        str | None, Param("show it again from then on; for ever by default", metavar="TIME")
    ] = None,
    by: By = None,
) -> FindingHistory:
    """Do not show a finding any more, until a time or for ever."""
    from offcall.history import findings as life
    from offcall.history import open_history
    from offcall.history.looking import known_one

    end = ctx.time(until) if until else None
    history = open_history(ctx)
    return known_one(life.mute(history, fingerprint, ctx.person(by), why, end, ctx.now))


@tool("history unmute", effect=Effect.RECORD)
def unmute(ctx: Context, fingerprint: Print, by: By = None) -> FindingHistory:
    """Show a muted finding again."""
    from offcall.history import findings as life
    from offcall.history import open_history
    from offcall.history.looking import known_one

    return known_one(life.unmute(open_history(ctx), fingerprint, ctx.person(by), ctx.now))


@tool("history audit")
def audit_list(
    ctx: Context,
    subject: Annotated[
        str | None, Param("only changes of this: a fingerprint, an ARN", metavar="TEXT")
    ] = None,
    limit: Limit = 50,
) -> AuditList:
    """What people changed: mutes, acknowledgements, plans, discarded messages; newest first."""
    from offcall.history import open_history
    from offcall.history.looking import audit_lines

    return audit_lines(open_history(ctx), subject=subject, limit=limit)


@tool("history prune", effect=Effect.RECORD, confirm="yes")
def prune(
    ctx: Context,
    older_than: Annotated[str, Param("what ended longer ago than this", metavar="LENGTH")],
    yes: Annotated[bool, Param("take it out; without this, only count it")] = False,
    by: By = None,
) -> Pruned:
    """Take out of the history what is over and old.

    Closed events go with their messages and with what people said about them; ended notification
    threads with theirs; resolved findings; settled messages of the quarantine; mutes that ran out.
    What is open stays, however old it is, and so does the audit, which also says who pruned what.
    """
    from offcall.history import open_history, pruning

    length = ctx.length(older_than)
    # To count takes nobody's name.
    who = ctx.person(by) if yes else ""
    return pruning.prune(open_history(ctx), length, who, ctx.now, really=yes)
