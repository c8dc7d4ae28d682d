"""Events as rows: with id, owner, runbook, next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from offcall.catalog import open_catalog
from offcall.core.findings import Finding
from offcall.health.findings import findings_of, taken, title_of
from offcall.health.model import EventState
from offcall.health.over import over
from offcall.health.resources import account_resource, resources_of
from offcall.health.results import EventRow

if TYPE_CHECKING:
    from offcall.catalog.book import Catalog
    from offcall.core.context import Context
    from offcall.health.seen import Seen

__all__ = ["annotated", "owners_of", "rows_of"]


def annotated(ctx: Context, events: Iterable[EventState]) -> tuple[Finding, ...]:
    """What is to do about events, with owner and runbook, soonest first."""
    from offcall.core.checks import sort_key

    found = open_catalog(ctx).annotate(findings_of(events, ctx.now))
    return tuple(
        sorted(found, key=lambda one: (one.deadline or one.starts or ctx.now, sort_key(one)))
    )


def owners_of(catalog: Catalog, event: EventState) -> tuple[str, ...]:
    """Who owns what the event is about."""
    about = resources_of(event) or (account_resource(event),)
    owners = (catalog.owner_of(one) for one in about)
    return tuple(dict.fromkeys(owner.name for owner in owners if owner))


def rows_of(ctx: Context, seen: Seen, events: Sequence[EventState]) -> tuple[EventRow, ...]:
    """One row for each."""
    return tuple(
        _row(ctx, event, short) for event, short in zip(events, seen.ids(events), strict=True)
    )


def _row(ctx: Context, event: EventState, short: str) -> EventRow:
    catalog = open_catalog(ctx)
    resources = resources_of(event)
    about = resources or (account_resource(event),)
    runbooks = (catalog.runbook_for(one, event.code) for one in about)
    findings = list(findings_of([event], ctx.now))
    return EventRow(
        id=short,
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
        pending=sum(one.status != "RESOLVED" for one in event.entities if one.listed),
        owners=owners_of(catalog, event),
        runbook=next((runbook for runbook in runbooks if runbook), None),
        next_step=findings[0].next_step if findings else None,
        taken=taken(event),
        stands=event.phase(ctx.now),
        over=over(event, ctx.now),
        notes=event.notes,
    )
