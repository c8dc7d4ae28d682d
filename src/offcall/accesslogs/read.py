"""Reading the logs of the estate's sources: one pass over each, several questions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from offcall.accesslogs.anomalies.analysing import anomalies_of
from offcall.accesslogs.anomalies.counting import USES
from offcall.accesslogs.asked import Asked
from offcall.accesslogs.engine.duck import Logs, Rows, connect, load
from offcall.accesslogs.estate import LogSource, Section
from offcall.accesslogs.questions.filters import Filter
from offcall.accesslogs.questions.single import balancer, errors
from offcall.accesslogs.questions.top import targets
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.shaping import error_rows, group_of
from offcall.accesslogs.slo.measuring import kept
from offcall.accesslogs.slo.measuring import question as measure
from offcall.accesslogs.slo.objective import BURNS, parse_objective
from offcall.accesslogs.snapshot import Served, SourceTraffic, Traffic
from offcall.core.errors import OffcallError, UserError
from offcall.core.findings import Resource
from offcall.core.snapshots import Unread

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["balancer_of", "read_traffic", "short_name"]


def read_traffic(ctx: Context) -> Traffic:
    """What the sources of the estate say of the time before now that it names.

    A source that cannot be read is named in `unread`.

    Raises:
        UserError: the estate has no sources.
    """
    section = ctx.estate.section("logs", Section)
    if not section.sources:
        raise UserError("the estate names no logs", expected="logs: sources: in the estate file")
    found, unread = [], []
    for source in section.sources:
        try:
            found.append(_read(ctx, source, ctx.now - _look_back(ctx, section, source)))
        except OffcallError as error:
            unread.append(Unread(what=f"logs of {source.name}", why=str(error), hint=error.hint))
    return Traffic(
        taken_at=ctx.now,
        source=", ".join(one.name for one in section.sources),
        unread=tuple(unread),
        sources=tuple(found),
    )


def _look_back(ctx: Context, section: Section, source: LogSource) -> timedelta:
    """As the estate says; where a budget is kept, at least the longest window of its alerts."""
    windows = [one.long for one in BURNS] if source.objectives else []
    return max([ctx.length(section.look_back), *windows])


def _read(ctx: Context, source: LogSource, since: datetime) -> SourceTraffic:
    chosen = Filter.of(since=since, until=ctx.now + timedelta(seconds=1))
    asked = Asked(source.paths(ctx.estate.folder), chosen)
    files = asked.files(ctx)
    tally = Tally()
    promised = [parse_objective(one) for one in source.objectives]
    of_promises = [measure(one, ctx.now, chosen.conditions) for one in promised]
    of_targets, of_errors = targets(conditions=chosen.conditions), errors(chosen.conditions, 500)
    questions = (of_targets, of_errors, *of_promises)
    uses = sorted({name for one in questions for name in one.uses} | {"elb", *USES})
    with ctx.progress.task(f"reading logs of {source.name}", total=len(files)) as advance:
        logs = Logs(files, tally, asked.workers(), lambda _: advance(1))
        with connect(logs) as db:
            load(db, "requests", uses, logs)
            served = db.execute(of_targets.sql).fetchall()
            failed = db.execute(of_errors.sql).fetchall()
            counted = [db.execute(one.sql).fetchall()[0] for one in of_promises]
            balancers = db.execute(balancer(chosen.conditions).sql).fetchall()
            odd = anomalies_of(db, chosen.conditions)
    count, first, last = (
        sum(row[2] for row in balancers),
        min((row[3] for row in balancers), default=None),
        max((row[4] for row in balancers), default=None),
    )
    return SourceTraffic(
        name=source.name,
        since=since,
        reading=asked.read(tally),
        balancer=balancer_of(balancers),
        first=None if first is None else datetime.fromtimestamp(first, UTC),
        last=None if last is None else datetime.fromtimestamp(last, UTC),
        requests=count,
        errors=error_rows(failed),
        targets=tuple(_served(row, count) for row in served),
        objectives=tuple(
            kept(source.name, one, row, ctx.now) for one, row in zip(promised, counted, strict=True)
        ),
        anomalies=odd.incidents,
    )


def _served(row: tuple[object, ...], total: int) -> Served:
    group, _, target = str(row[0]).rpartition(" ")
    return Served(group=group or None, requests=group_of((target, *row[1:]), total))


def short_name(elb: str) -> str:
    """ "shop-web" of "app/shop-web/50dc6c495c0c9188"."""
    return elb.split("/")[1] if elb.count("/") == 2 else elb


def balancer_of(named: Rows) -> Resource | None:
    """The balancer by its ARN, where a target group tells region and account."""
    if not named:
        return None
    elb, group = named[0][:2]
    if elb is None:
        return None
    name = short_name(elb)
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
