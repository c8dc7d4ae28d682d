"""The window itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

__all__ = ["Window"]


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` (included) to `end` (excluded), aware UTC; None is open on that side.

    `text` is how it was asked for; `zone` is the one in which days begin.
    """

    start: datetime | None
    end: datetime | None
    text: str
    zone: tzinfo

    def contains(self, at: datetime) -> bool:
        """Whether the moment lies in the window."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def overlaps(self, start: datetime | None, end: datetime | None) -> bool:
        """Whether something that lasts from `start` to `end` touches the window.

        None is open on that side; equal ends are a moment.
        """
        if start is not None and end is not None and start >= end:
            return self.contains(start)
        begins_before = self.end is None or start is None or start < self.end
        return begins_before and (self.start is None or end is None or end > self.start)

    def __str__(self) -> str:
        from offcall.core.render.humane import span_text

        return span_text(self.start, self.end, self.zone)
