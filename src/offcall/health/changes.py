"""What AWS is going to change in a window of time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from offcall.core.windows import Window
from offcall.health.model import Category, EventState

__all__ = ["Split", "split"]


@dataclass(frozen=True, slots=True)
class Split:
    """Scheduled changes that are not closed, and what may be some.

    Attributes:
        inside: they begin in the window, or last into it.
        overdue: their date was before the window, and they are not done.
        undated: AWS names no date.
    """

    inside: tuple[EventState, ...]
    overdue: tuple[EventState, ...]
    undated: tuple[EventState, ...]


def split(events: Iterable[EventState], window: Window) -> Split:
    """Sort scheduled changes into the window, before it, and without a date.

    An event of an unknown kind counts as one. A notice is one when its start is in the window.
    """
    inside, overdue, undated = [], [], []
    for event in events:
        if event.is_closed or event.category in (Category.ISSUE, Category.INVESTIGATION):
            continue
        start = event.start
        if event.category == Category.ACCOUNT_NOTIFICATION:
            if start is not None and _within(start, window):
                inside.append(event)
            continue
        if start is None:
            undated.append(event)
        elif window.end is not None and start >= window.end:
            continue
        elif window.start is None or max(start, event.end or start) >= window.start:
            inside.append(event)
        else:
            overdue.append(event)
    return Split(tuple(inside), tuple(overdue), tuple(undated))


def _within(moment: datetime, window: Window) -> bool:
    return (window.start is None or moment >= window.start) and (
        window.end is None or moment < window.end
    )
