"""Which events are upcoming, open or over, asked of the database.

The rule is `EventState.phase`; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, text

from offcall.health.model import Status
from offcall.health.schema import events

__all__ = ["Phases"]


@dataclass(frozen=True, slots=True)
class Phases:
    """Events that are in one of these phases at a moment.

    Attributes:
        names: of "upcoming", "open", "closed".
        now: the moment.
    """

    names: Collection[str]
    now: datetime

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows of these events fulfil."""
        wanted = [str(name) for name in self.names]
        # An event whose status nobody said, or in a word that is new, is judged by its dates.
        unknown = events.c.status.not_in([str(one) for one in Status])
        over = func.coalesce(events.c.ends < self.now, False)
        ahead = func.coalesce(events.c.starts > self.now, False)
        by_dates = {
            Status.CLOSED: and_(unknown, over),
            Status.UPCOMING: and_(unknown, ~over, ahead),
            Status.OPEN: and_(unknown, ~over, ~ahead),
        }
        found = or_(
            events.c.status.in_(wanted),
            *(condition for status, condition in by_dates.items() if status in wanted),
        )
        # Said so that the index of what is not closed is used.
        alive = [] if Status.CLOSED in wanted else [events.c.status != text("'closed'")]
        return [*alive, found]
