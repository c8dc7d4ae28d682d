"""Keep the history's findings fresh between two briefs, so that notifications know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offcall.brief.snapshot import read_facts

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.snapshots import Unread

__all__ = ["Remembered", "remember"]

SCOPE = "worker"
AHEAD = "next 180 days"
"""How far ahead findings are kept: AWS gives half a year's notice of a major version's end."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """How many findings are new, are still there, and are resolved; what could not be read."""

    new: int
    still: int
    resolved: int
    unread: tuple[Unread, ...]


def remember(ctx: Context) -> Remembered:
    """Read the estate's facts and record their findings; no brief counts as read by anybody.

    When something could not be read, nothing is called resolved.

    Raises:
        EstateError: a section does not fit.
        StoreError: the history failed us.
    """
    from offcall.history import open_history
    from offcall.history.findings import record_on

    facts = read_facts(ctx, ctx.window(AHEAD))
    history = open_history(ctx)
    with history.write() as conn:
        seen = record_on(conn, history, SCOPE, facts.findings, ctx.now, complete=not facts.unread)
    return Remembered(len(seen.new), len(seen.still), len(seen.resolved), facts.unread)
