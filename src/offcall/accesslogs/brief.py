"""What access logs add to the brief: what fails, and which target is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offcall.accesslogs.estate import Section
from offcall.core.contributions import Contribution

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.windows import Window

__all__ = ["contribute"]


def contribute(ctx: Context, window: Window) -> Contribution:  # noqa: ARG001 - see below
    """Findings on the time before now that the estate names; the window lies after it.

    An estate that names no logs says nothing.
    """
    if not ctx.estate.section("logs", Section).sources:
        return Contribution()
    from offcall.accesslogs.needs import need_reader
    from offcall.core.checks import checks_of, run_checks

    need_reader()
    from offcall.accesslogs.read import read_traffic

    traffic = read_traffic(ctx)
    return Contribution(
        findings=tuple(run_checks(checks_of("logs"), traffic, ctx.now)),
        unread=traffic.unread,
        resources=tuple(one.resource for one in traffic.sources),
        looks=True,
    )
