"""Which events the estate wants to hear of: light, for the brief."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from typing import TYPE_CHECKING

from offcall.health.estate import Section
from offcall.health.model import EventState

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["DOCTOR", "LIVE", "OPEN", "section", "shown"]

OPEN = ("open", "upcoming")

DOCTOR = "health-doctor"
"""The scope under which the history keeps what the doctor found."""

LIVE = frozenset({"health-feed-silent", "health-no-feed", "health-quarantine"})
"""Checks that need only the history: the brief asks them itself."""


def section(ctx: Context) -> Section:
    """The estate's `health` section."""
    return ctx.estate.section("health", Section)


def shown(ctx: Context, events: Iterable[EventState]) -> list[EventState]:
    """Without the event types that the estate wants to hear nothing of."""
    ignored = section(ctx).ignore
    return [
        one for one in events if not any(fnmatch.fnmatchcase(one.code, name) for name in ignored)
    ]
