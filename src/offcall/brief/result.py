"""A brief: its lines, what they were compared to, and how it looks."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, computed_field

from offcall.brief.lines import BriefLine, Parts, needs_somebody
from offcall.core.documents import Document
from offcall.core.findings import Finding
from offcall.core.results import Result
from offcall.core.snapshots import Unread

__all__ = ["Brief"]


class Brief(Result):
    """What `offcall brief` answers.

    `window` is how far it looks (`start`, `end`), `compared_to` the time of the brief that `new`
    and `resolved` are against (None: there was none). `ownerless` are resources without owner.
    """

    estate: str
    now: datetime
    time_zone: str
    window: str
    start: datetime | None
    end: datetime | None
    owners: tuple[str, ...] = ()
    parts: Parts
    compared_to: datetime | None
    resolved: tuple[Finding, ...] = ()
    muted: int = 0
    looked_at: int = 0
    accounts: dict[str, str] = Field(default_factory=dict, description="Names of accounts.")
    ownerless: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    configured: bool = True

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property
    @property
    def headline(self) -> str:
        """How much there is to do, the worst, and the nearest deadline, in words."""
        from offcall.brief.words import headline

        return headline(self)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are named."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            # A zone of the machine without a name, such as a fixed offset.
            return ZoneInfo("UTC")

    @cached_property
    def needing(self) -> tuple[BriefLine, ...]:
        """What is wrong now or due within a week and nobody has taken, soonest first."""
        found = [line for line in self.parts.all() if needs_somebody(line, self.now)]
        far = float("inf")
        return tuple(sorted(found, key=lambda line: line.at.timestamp() if line.at else far))

    def new(self) -> list[BriefLine]:
        """What was not in the brief that this one is compared to."""
        return [line for line in self.parts.all() if line.new]

    def document(self, zone: tzinfo) -> Document:
        from offcall.brief.looks import document

        return document(self)

    def all_findings(self) -> tuple[Finding, ...]:
        return tuple(line.finding for line in (*self.parts.all(), *self.parts.notices))

    def incomplete(self) -> tuple[str, ...]:
        return tuple(f"{one.what}: {one.why}" for one in self.unread)
