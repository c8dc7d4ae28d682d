"""Reading the history for the tools that show events: rows with owner, runbook, next step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from offcall.catalog import open_catalog
from offcall.core.findings import Finding
from offcall.core.render.humane import duration_text, time_text
from offcall.core.text import plural
from offcall.core.windows import Window
from offcall.health.changes import split
from offcall.health.during import Subject, likelihood, rank, service_of, the_resource
from offcall.health.findings import findings_of, taken, title_of
from offcall.health.guidance import guide_for
from offcall.health.interest import OPEN, section, shown
from offcall.health.model import Category, Change, EventState, Scope
from offcall.health.over import over
from offcall.health.resources import account_resource, resource_of, resources_of
from offcall.health.results import (
    Around,
    ChangeList,
    EventDetail,
    EventList,
    EventRow,
    RankRow,
    ResourceRow,
    Update,
)
from offcall.health.storage import store
from offcall.health.storage.naming import resources_named
from offcall.health.storage.phases import Phases
from offcall.history import open_history

if TYPE_CHECKING:
    from offcall.core.context import Context

READ = 200
"""Changes around a moment whose texts are read."""

__all__ = ["around", "changes", "detail", "listed", "row", "section", "shown"]


def annotated(ctx: Context, events: Iterable[EventState]) -> tuple[Finding, ...]:
    """What is to do about events, with owner and runbook, soonest first."""
    from offcall.core.checks import sort_key

    found = open_catalog(ctx).annotate(findings_of(events, ctx.now))
    return tuple(
        sorted(found, key=lambda one: (one.deadline or one.starts or ctx.now, sort_key(one)))
    )


def row(ctx: Context, event: EventState) -> EventRow:
    """One event in one line."""
    catalog = open_catalog(ctx)
    resources = resources_of(event)
    about = resources or (account_resource(event),)
    owners = (catalog.owner_of(one) for one in about)
    runbooks = (catalog.runbook_for(one, event.code) for one in about)
    findings = list(findings_of([event], ctx.now))
    entities = [one for one in event.entities if one.listed]
    return EventRow(
        arn=event.arn,
        account=event.account,
        code=event.code,
        title=title_of(event),
        service=event.service,
        category=event.category,
        region=event.region,
        scope=event.scope,
        status=event.status,
        actionability=event.actionability,
        starts=event.start,
        ends=event.end,
        last_updated=event.last_updated,
        resources=tuple(one.id for one in resources),
        names=tuple(one.label for one in resources),
        pending=sum(one.status != "RESOLVED" for one in entities),
        owners=tuple(dict.fromkeys(owner.name for owner in owners if owner)),
        runbook=next((runbook for runbook in runbooks if runbook), None),
        next_step=findings[0].next_step if findings else None,
        taken=taken(event),
        stands=event.phase(ctx.now),
        over=over(event, ctx.now),
    )


def listed(
    ctx: Context,
    *,
    window: Window | None,
    region: str | None,
    account: str | None,
    service: str | None,
    category: str | None,
    status: str | None,
    owner: str | None,
    limit: int,
) -> EventList:
    """See `health list`."""
    # What is over counts as closed here, whatever AWS says of it.
    wanted = {"active": OPEN, "all": None, "closed": None}.get(status or "all", (str(status),))
    found = shown(
        ctx,
        store.events(
            open_history(ctx),
            window=window,
            region=region,
            account=account,
            service=service,
            category=category,
            phases=Phases(wanted, ctx.now) if wanted else None,
        ),
    )
    if status != "all":
        found = [one for one in found if (over(one, ctx.now) is not None) == (status == "closed")]
    if owner is not None:
        wants = open_catalog(ctx).owner_filter([owner])
        found = [one for one in found if any(map(wants, row(ctx, one).owners or (None,)))]
    parts = [status if status != "all" else "open and closed", window.text if window else None]
    about = ", ".join(filter(None, [*parts, region, account, service, category, owner]))
    some = found[:limit]
    return EventList(
        about=f"{plural(len(found), 'event')}: {about}",
        events=tuple(row(ctx, one) for one in some),
        findings=annotated(ctx, some),
        left_out=len(found) - len(some),
    )


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
    found = shown(
        ctx,
        store.events(
            open_history(ctx),
            region=region,
            account=account,
            service=service,
            phases=Phases(OPEN, ctx.now),
        ),
    )
    parts = split(found, window)
    lists = [annotated(ctx, part) for part in (parts.inside, parts.overdue, parts.undated)]
    if owner is not None:
        wants = open_catalog(ctx).owner_filter([owner])
        lists = [
            tuple(f for f in part if wants(f.owner.name if f.owner else None)) for part in lists
        ]
    about = ", ".join(filter(None, [str(window), region, account, service, owner]))
    inside, overdue, undated = lists
    return ChangeList(
        window=window.text, about=about, changes=inside, overdue=overdue, undated=undated
    )


def detail(ctx: Context, arn: str, account: str | None, *, raw: bool) -> EventDetail:
    """See `health show`."""
    history = open_history(ctx)
    event = store.event(history, arn, account)
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
        event=row(ctx, event),
        description=event.description,
        why=guide.why.format(service=event.service),
        source=guide.source,
        steps=fix.steps if fix else (f"Nothing: {over(event, ctx.now)}",),
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
        raw=tuple(body.decode(errors="replace") for body in store.messages(history, event))
        if raw
        else (),
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


def around(
    ctx: Context,
    at: datetime,
    *,
    resource: str | None,
    service: str | None,
    region: str | None,
    account: str | None,
    within: timedelta,
    limit: int,
) -> Around:
    """See `health during`."""
    history = open_history(ctx)
    window = Window(at - within, at + within, "", ctx.zone)
    found = store.events(history, window=window, texts=False)
    subject = Subject(service=service.upper() if service else None, region=region, account=account)
    if resource is not None:
        known = [one for event in found for one in resources_of(event)]
        one = the_resource(
            resource, [*known, *resources_named(history, resource)], region=region, account=account
        )
        subject = Subject(
            resource=one,
            service=subject.service or service_of(one),
            region=region or one.region,
            account=account or one.account,
        )
    near = [one.event for one in rank(found, at, subject, within)]
    changes = [one for one in near if one.category == Category.SCHEDULED_CHANGE]
    # Whether a change was cancelled stands in its text alone.
    store.add_texts(history, changes[:READ])
    ranks = rank(near, at, subject, within)
    kind = likelihood(ranks)
    length = duration_text(within)
    return Around(
        at=at,
        subject=subject.words(),
        within=length,
        likelihood=kind,
        verdict=_verdict(kind, subject, sum(one.counts for one in ranks), length),
        ranks=tuple(
            RankRow(event=row(ctx, one.event), score=one.score, reasons=one.reasons)
            for one in ranks[:limit]
        ),
        unsure=tuple(_unsure(ctx, at, subject)),
    )


def _verdict(kind: str, subject: Subject, count: int, length: str) -> str:
    if kind == "likely":
        return f"Probably yes: AWS had {subject.words()} in hand at that time; see 1."
    if kind == "possible":
        return f"Perhaps: {plural(count, 'event')} could have touched {subject.words()}."
    if kind == "unlikely":
        return (
            f"Probably not: nothing names {subject.words()}; "
            f"{plural(count, 'event')} of AWS within {length} is only near."
        )
    return (
        f"Nothing from AWS explains this: no event touches {subject.words()}, its service or "
        f"its region within {length} of that time. Look on your own side."
    )


def _unsure(ctx: Context, at: datetime, subject: Subject) -> list[str]:
    """Why an empty answer may be empty."""
    feeds = store.feeds(open_history(ctx))
    if not feeds:
        return ["no event was ever taken in, so nothing can be said: `offcall health doctor`"]
    said = []
    last = max(one.last_sent or one.last_seen for one in feeds)
    if last < at:
        said.append(
            f"the newest message is from {time_text(last, ctx.zone)}, before the time asked about"
        )
    if subject.service is None and subject.resource is not None:
        said.append(
            f"no event ever named {subject.resource.label}, so its service and region are not "
            "known; give its ARN, or --service and --region"
        )
    if not _any_public(ctx):
        said.append("no public event was ever taken in; public outages would not be seen here")
    return said


def _any_public(ctx: Context) -> bool:
    return bool(store.events(open_history(ctx), scope=str(Scope.PUBLIC), limit=1))
