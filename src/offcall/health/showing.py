"""One event with everything that is known of it, for `health show`."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from offcall.catalog import open_catalog
from offcall.core.render.humane import time_text
from offcall.health.findings import taken
from offcall.health.guidance import guide_for
from offcall.health.model import Change
from offcall.health.names import check_account
from offcall.health.resources import resource_of
from offcall.health.results import EventDetail, ResourceRow, Update
from offcall.health.rows import annotated, rows_of
from offcall.health.seen import seen

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["detail"]


def detail(ctx: Context, text: str, account: str | None, *, raw: bool) -> EventDetail:
    """See `health show`."""
    check_account(account)
    events = seen(ctx)
    event = events.event(text, account)
    (row,) = rows_of(ctx, events, [event])
    catalog = open_catalog(ctx)
    guide = guide_for(event.code, event.category)
    findings = annotated(ctx, [event])
    # The steps in the words of the first resource; a closed event has none that is still open.
    fix = findings[0].fix if findings else None
    facts = {
        "updated": time_text(event.last_updated, ctx.zone) if event.last_updated else "",
        "actionability": event.actionability or "",
        "personas": ", ".join(event.personas),
        "received by": ", ".join(event.receiving_accounts),
        "pages missing": ", ".join(map(str, event.missing_pages)),
        **event.metadata,
    }
    return EventDetail(
        event=row,
        description=event.description,
        why=guide.why.format(service=event.service),
        source=guide.source,
        steps=fix.steps if fix else (f"Nothing: {row.over}",),
        command=fix.command if fix else None,
        resources=tuple(
            ResourceRow(
                resource=(resource := resource_of(one, event)),
                status=one.status,
                listed=one.listed,
                owner=catalog.owner_of(resource),
                taken=taken(event, one.value),
            )
            for one in event.entities
        ),
        timeline=tuple(
            Update(at=one.at, changes=tuple(_change(change, ctx.zone) for change in one.changes))
            for one in event.timeline
        ),
        people=tuple(
            f"{time_text(one.at, ctx.zone)}: {one.by}: {one.kind} {one.entity or 'the event'}"
            + (f" for {time_text(one.planned_for, ctx.zone)}" if one.planned_for else "")
            + (f": {one.note}" if one.note else "")
            for one in event.actions
        ),
        facts={key: value for key, value in facts.items() if value},
        notes=event.notes,
        raw=tuple(body.decode(errors="replace") for body in events.messages(event)) if raw else (),
        findings=findings,
    )


def _change(one: Change, zone: tzinfo) -> str:
    def said(value: str | None) -> str:
        if one.what not in ("start", "end") or value is None:
            return value or "gone"
        return time_text(datetime.fromisoformat(value), zone)

    what = f"{one.what} of {one.entity}" if one.entity else one.what
    if one.what == "text":
        return "new text"
    if one.before is None:
        return f"{what}: {said(one.after)}"
    return f"{what}: {said(one.before)} → {said(one.after)}"
