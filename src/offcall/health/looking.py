"""Lists of events and of changes, for the tools that show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offcall.catalog import open_catalog
from offcall.core.text import plural
from offcall.core.windows import Window
from offcall.health.changes import split
from offcall.health.interest import OPEN, section, shown
from offcall.health.model import EventState
from offcall.health.names import NOTHING, check_account, doubts
from offcall.health.over import over
from offcall.health.results import ChangeList, EventList
from offcall.health.rows import annotated, owners_of, rows_of
from offcall.health.seen import Asked, Seen, seen
from offcall.health.storage.phases import Phases

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["annotated", "changes", "listed", "section", "shown"]


def listed(
    ctx: Context,
    *,
    window: Window | None,
    region: str | None,
    account: str | None,
    service: str | None,
    category: str | None,
    status: str,
    owner: str | None,
    noted: bool,
    limit: int,
) -> EventList:
    """See `health list`."""
    check_account(account)
    # What is over counts as closed here, whatever AWS says of it.
    wanted = {"active": OPEN, "all": None, "closed": None}.get(status, (status,))
    asked = Asked(
        window=window,
        region=region,
        account=account,
        service=service,
        category=category,
        phases=Phases(wanted, ctx.now) if wanted else None,
    )
    events = seen(ctx)
    fitting = events.events(asked)
    found = shown(ctx, fitting)
    if status != "all":
        found = [one for one in found if (over(one, ctx.now) is not None) == (status == "closed")]
    if noted:
        found = [one for one in found if one.notes]
    if owner is not None:
        catalog = open_catalog(ctx)
        wants = catalog.owner_filter([owner])
        found = [one for one in found if any(map(wants, owners_of(catalog, one) or (None,)))]
    parts = [status if status != "all" else "open and closed", window.text if window else None]
    odd = "something odd in them" if noted else None
    about = ", ".join(filter(None, [*parts, region, account, service, category, owner, odd]))
    some = found[:limit]
    return EventList(
        about=f"{plural(len(found), 'event')}: {about}",
        events=rows_of(ctx, events, some),
        findings=annotated(ctx, some),
        left_out=len(found) - len(some),
        noted=noted,
        unsure=(*doubts(region, service, fitting), *_nothing(events, fitting)),
    )


def _nothing(events: Seen, fitting: list[EventState]) -> tuple[str, ...]:
    return () if fitting or events.newest() is not None else (NOTHING,)


def changes(
    ctx: Context,
    window: Window,
    *,
    region: str | None,
    account: str | None,
    service: str | None,
    owner: str | None,
) -> ChangeList:
    """See `health changes`."""
    check_account(account)
    asked = Asked(region=region, account=account, service=service, phases=Phases(OPEN, ctx.now))
    events = seen(ctx)
    fitting = events.events(asked)
    parts = split(shown(ctx, fitting), window)
    lists = [annotated(ctx, part) for part in (parts.inside, parts.overdue, parts.undated)]
    if owner is not None:
        wants = open_catalog(ctx).owner_filter([owner])
        lists = [
            tuple(f for f in part if wants(f.owner.name if f.owner else None)) for part in lists
        ]
    about = ", ".join(filter(None, [str(window), region, account, service, owner]))
    inside, overdue, undated = lists
    return ChangeList(
        window=window.text,
        about=about,
        changes=inside,
        overdue=overdue,
        undated=undated,
        unsure=(*doubts(region, service, fitting), *_nothing(events, fitting)),
    )
