"""What was seen and said before: events, findings and their lifecycle, notifications, audit."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offcall.core.changes import Change
    from offcall.core.context import Context
    from offcall.history.database import History

__all__ = ["journal", "open_history"]


def open_history(ctx: Context) -> History:
    """The history of this run: opened at the first call, closed with `ctx`.

    It is where the estate's `history:` says, else OFFCALL_HISTORY, else a SQLite file in the
    user's data folder. A demo has a temporary one of its own, which `ctx.prepare` fills. A run
    that only reads makes none: until there is one it gets an empty one in memory.

    Raises:
        UserError: the URL is not understood.
        MissingExtra: PostgreSQL without its driver.
        StoreError: locked, corrupt, away, of a newer offcall, …
    """
    from offcall.history.opening import for_context, nothing_yet

    if not (ctx.records or ctx.demo or ctx.has("history")):
        # Under a name of its own: what this context writes later must not go into it.
        empty = ctx.keep("no history", lambda: nothing_yet(ctx))
        if empty is not None:
            return empty
    return ctx.keep("history", lambda: for_context(ctx))


def journal(ctx: Context, change: Change) -> AbstractContextManager[Callable[[str], None]]:
    """Record a change in the audit while the block runs: the `journal` of a context.

    Raises:
        StoreError: it cannot be recorded now.
    """
    from offcall.history.audit import recorded

    return recorded(ctx, change)
