"""Reading the logs of the estate's sources: one pass over each, several questions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from offcall.accesslogs.asking import Asked, error_rows, group_of
from offcall.accesslogs.engine.duck import Logs, Rows, connect, load
from offcall.accesslogs.estate import LogSource, Section
from offcall.accesslogs.questions.filters import Filter
from offcall.accesslogs.questions.single import balancer, errors
from offcall.accesslogs.questions.top import targets
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.snapshot import Served, SourceTraffic, Traffic
from offcall.core.errors import OffcallError, UserError
from offcall.core.findings import Resource
from offcall.core.snapshots import Unread

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["read_traffic"]


def read_traffic(ctx: Context) -> Traffic:
    """What the sources of the estate say of the time before now that it names.

    A source that cannot be read is named in `unread`.

    Raises:
        UserError: the estate has no sources.
    """
    section = ctx.estate.section("logs", Section)
    if not section.sources:
        raise UserError("the estate names no logs", expected="logs: sources: in the estate file")
    since = ctx.now - ctx.length(section.look_back)
    found, unread = [], []
    for source in section.sources:
        try:
            found.append(_read(ctx, source, since))
        except OffcallError as error:
            unread.append(Unread(what=f"logs of {source.name}", why=str(error), hint=error.hint))
    return Traffic(
        taken_at=ctx.now,
        source=", ".join(one.name for one in section.sources),
        unread=tuple(unread),
        sources=tuple(found),
    )


def _read(ctx: Context, source: LogSource, since: datetime) -> SourceTraffic:
    chosen = Filter.of(since=since, until=ctx.now + timedelta(seconds=1))
    places = [
        place if "://" in place else str(ctx.estate.folder / place) for place in source.places
    ]
    asked = Asked(places, chosen)
    files = asked.files(ctx)
    tally = Tally()
    of_targets, of_errors = targets(conditions=chosen.conditions), errors(chosen.conditions, 500)
    uses = sorted({*of_targets.uses, *of_errors.uses, "elb", "second"})
    with ctx.progress.task(f"reading logs of {source.name}", total=len(files)) as advance:
        logs = Logs(files, tally, asked.workers(), lambda _: advance(1))
        with connect(logs) as db:
            load(db, "requests", uses, logs)
            served = db.execute(of_targets.sql).fetchall()
            failed = db.execute(of_errors.sql).fetchall()
            balancers = db.execute(balancer(chosen.conditions).sql).fetchall()
    count, first, last = (
        sum(row[2] for row in balancers),
        min((row[3] for row in balancers), default=None),
        max((row[4] for row in balancers), default=None),
    )
    return SourceTraffic(
        name=source.name,
        since=since,
        reading=asked.read(tally),
        balancer=_balancer(balancers),
        first=None if first is None else datetime.fromtimestamp(first, UTC),
        last=None if last is None else datetime.fromtimestamp(last, UTC),
        requests=count,
        errors=error_rows(failed),
        targets=tuple(_served(row, count) for row in served),
    )


def _served(row: tuple[object, ...], total: int) -> Served:
    group, _, target = str(row[0]).rpartition(" ")
    return Served(group=group or None, requests=group_of((target, *row[1:]), total))


def _balancer(named: Rows) -> Resource | None:
    """The balancer by its ARN, where a target group tells region and account."""
    if not named:
        return None
    elb, group = named[0][:2]
    if elb is None:
        return None
    name = elb.split("/")[1] if elb.count("/") == 2 else elb
    parts = (group or "").split(":")
    if len(parts) < 6:
        return Resource(kind="load balancer", id=elb, name=name, service="elasticloadbalancing")
    partition, region, account = parts[1], parts[3], parts[4]
    return Resource(
        kind="load balancer",
        id=f"arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{elb}",
        name=name,
        account=account,
        region=region,
        service="elasticloadbalancing",
    )
