"""What telling people adds to the brief: messages that did not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offcall.core.checks import checks_of, run_checks
from offcall.core.contributions import Contribution

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.windows import Window

__all__ = ["contribute"]


def contribute(
    ctx: Context,
    window: Window,  # noqa: ARG001 - what did not arrive matters whenever it was
) -> Contribution:
    """Findings of `offcall.notify.checks` on the history."""
    from offcall.history import open_history
    from offcall.notify.snapshot import read_deliveries

    if "notify" not in ctx.estate.node:
        return Contribution()
    facts = read_deliveries(open_history(ctx), ctx.now)
    return Contribution(tuple(run_checks(checks_of("notify"), facts, ctx.now)))
