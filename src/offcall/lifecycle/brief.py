"""What versions and their support add to the brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offcall.core.checks import checks_of, run_checks
from offcall.core.contributions import Contribution
from offcall.lifecycle.acquire import configured, read_inventory

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.windows import Window

__all__ = ["contribute"]


def contribute(ctx: Context, window: Window) -> Contribution:  # noqa: ARG001
    """All findings on versions: their deadlines lie months ahead, so the window cuts nothing off.

    An estate that names no inventory, account or region says nothing.
    """
    if not configured(ctx):
        return Contribution()
    inventory = read_inventory(ctx)
    return Contribution(
        findings=tuple(run_checks(checks_of("lifecycle"), inventory, ctx.now)),
        unread=inventory.unread,
        resources=tuple(item.resource for item in inventory.resources),
    )
