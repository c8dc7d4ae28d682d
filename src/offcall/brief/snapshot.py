"""What a brief is made of: what every room contributed, at one time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.findings import Finding, Resource
from offcall.core.snapshots import Snapshot, Unread

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.windows import Window

__all__ = ["BriefFacts", "RoomFacts", "read_facts"]


class RoomFacts(BaseModel):
    """What one room said, with owners and runbooks.

    `later` begins after the window: it is recorded, not shown. `complete` is False when the room
    could not read everything: what it does not name may still be there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    room: str
    complete: bool = True
    findings: tuple[Finding, ...] = ()
    later: tuple[Finding, ...] = ()
    resources: tuple[Resource, ...] = Field(
        default=(), exclude=True, description="What it looked at; not part of a saved snapshot."
    )


class BriefFacts(Snapshot):
    """What the rooms said.

    `looked_at` counts the resources that were looked at; `ownerless` are the labels of those that
    nobody owns. `configured` is False when no room had anything to look at.
    """

    kind: ClassVar[str] = "offcall.brief/1"

    estate: str
    window: str
    rooms: tuple[RoomFacts, ...] = ()
    looked_at: int = 0
    accounts: dict[str, str] = Field(default_factory=dict, description="Names of accounts.")
    ownerless: tuple[str, ...] = ()
    configured: bool = True

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the brief shows, room by room."""
        return tuple(one for room in self.rooms for one in room.findings)


def read_facts(ctx: Context, window: Window) -> BriefFacts:
    """Ask every room. One whose source is away is named in `unread`; the others are in."""
    from offcall.catalog import open_catalog
    from offcall.catalog.resources import can_be_owned, contributed, is_about_ours
    from offcall.core.contributions import ask_rooms

    catalog = open_catalog(ctx)
    rooms: list[RoomFacts] = []
    unread: list[Unread] = []
    resources = {}
    looks = False
    parts = ask_rooms(ctx, window)
    catalog.learn(contributed(parts.values()))
    for room, part in parts.items():
        looks = looks or part.looks
        rooms.append(
            RoomFacts(
                room=room,
                complete=not part.unread,
                findings=catalog.annotate(part.findings),
                later=catalog.annotate(part.later),
                resources=part.resources,
            )
        )
        unread += part.unread
        resources.update({one.id: one for one in part.resources})
    findings = [one for room in rooms for one in room.findings]
    unread += [
        Unread(what=f"catalog {one.place}", why=one.message, hint="see `offcall catalog check`")
        for one in catalog.problems
    ]
    resources.update({one.resource.id: one.resource for one in findings if is_about_ours(one)})
    return BriefFacts(
        taken_at=ctx.now,
        source=str(ctx.estate.path or "no estate file"),
        unread=tuple(unread),
        estate=ctx.estate.common.name,
        window=window.text,
        rooms=tuple(rooms),
        looked_at=len(resources),
        accounts={
            number: account.name
            for number, account in catalog.section.accounts.items()
            if account.name
        },
        ownerless=tuple(
            sorted(
                one.label
                for one in resources.values()
                if can_be_owned(one) and catalog.owner_of(one) is None
            )
        ),
        configured=bool(ctx.estate.path or findings or resources or looks),
    )
