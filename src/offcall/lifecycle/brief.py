"""What versions and their support add to the brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offcall.core.contributions import Contribution
from offcall.lifecycle.estate import Section

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.windows import Window

__all__ = ["contribute"]


def contribute(ctx: Context, window: Window) -> Contribution:  # noqa: ARG001 - see below
    """All findings on versions: their deadlines lie months ahead, so the window cuts nothing off.

    An estate that names no inventory, account or region says nothing.
    """
    section = ctx.estate.section("lifecycle", Section)
    if not (section.inventory or section.reads_aws):
        return Contribution()
    from offcall.core.checks import checks_of, run_checks
    from offcall.lifecycle.acquire import read_inventory

    inventory = read_inventory(ctx)
    return Contribution(
        findings=tuple(run_checks(checks_of("lifecycle"), inventory, ctx.now)),
        unread=inventory.unread,
        resources=tuple(item.resource for item in inventory.resources),
    )
