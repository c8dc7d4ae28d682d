"""The answer to "was it AWS?", for `health during`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from offcall.core.render.humane import duration_text, time_text
from offcall.core.text import plural
from offcall.core.windows import Window
from offcall.health.during import Subject, likelihood, rank, service_of, the_resource
from offcall.health.model import Category
from offcall.health.names import NOTHING, check_account, doubts
from offcall.health.resources import resources_of
from offcall.health.results import Around, RankRow
from offcall.health.rows import rows_of
from offcall.health.seen import Asked, Seen, seen

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["around"]

READ = 200
"""Changes around a moment whose texts are read."""


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
    check_account(account)
    events = seen(ctx)
    window = Window(at - within, at + within, "", ctx.zone)
    found = events.events(Asked(window=window), texts=False)
    odd = list(doubts(region, service, found))
    subject = Subject(service=service.upper() if service else None, region=region, account=account)
    if resource is not None:
        known = [one for event in found for one in resources_of(event)]
        one = the_resource(
            resource, [*known, *events.resources(resource)], region=region, account=account
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
    events.add_texts(changes[:READ])
    ranks = rank(near, at, subject, within)
    rows = rows_of(ctx, events, [one.event for one in ranks[:limit]])
    newest = events.newest()
    # Who has heard nothing, or does not know what is meant, cannot say that there was nothing.
    kind = likelihood(ranks) if newest is not None else "unknown"
    if kind == "none" and subject.resource is not None and subject.service is None:
        kind = "unknown"
    length = duration_text(within)
    return Around(
        at=at,
        subject=subject.words(),
        within=length,
        likelihood=kind,
        verdict=_verdict(
            kind, subject, sum(one.counts for one in ranks), length, heard=newest is not None
        )
        + (_UNTIL if newest is not None and newest < at and kind in ("none", "unlikely") else ""),
        ranks=tuple(
            RankRow(event=row, score=one.score, reasons=one.reasons)
            for row, one in zip(rows, ranks[:limit], strict=True)
        ),
        unsure=(*odd, *_unsure(ctx, events, at, subject)),
    )


_UNTIL = " But no message came after that time; see the AWS Health Dashboard too."


def _verdict(kind: str, subject: Subject, count: int, length: str, *, heard: bool) -> str:
    if kind == "likely":
        return f"Probably yes: AWS had {subject.words()} in hand at that time; see 1."
    if kind == "possible":
        return f"Perhaps: {plural(count, 'event')} could have touched {subject.words()}."
    if kind == "unlikely":
        return (
            f"Probably not: nothing names {subject.words()}; "
            f"{plural(count, 'event')} of AWS within {length} is only near."
        )
    if kind == "unknown" and heard:
        return (
            f"Nothing can be said of {subject.words()}: offcall does not know what it is. Give its "
            "ARN, or --service and --region."
        )
    if kind == "unknown":
        return "Nothing can be said: offcall never got an event of AWS Health. See the dashboard."
    return (
        f"Nothing from AWS explains this: no event touches {subject.words()}, its service or "
        f"its region within {length} of that time. Look on your own side."
    )


def _unsure(ctx: Context, events: Seen, at: datetime, subject: Subject) -> list[str]:
    """Why an empty answer may be empty."""
    last = events.newest()
    if last is None:
        return [NOTHING]
    said = []
    if last < at:
        said.append(
            f"the newest message is from {time_text(last, ctx.zone)}, before the time asked about"
        )
    if subject.service is None and subject.resource is not None:
        said.append(
            f"no event ever named {subject.resource.label}, so its service and region are not "
            "known; give its ARN, or --service and --region"
        )
    if not events.has_public():
        said.append("no public event was ever taken in; public outages would not be seen here")
    return said
