"""From what was asked to incidents: read the logs once, analyse, make findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from offcall.accesslogs.anomalies.analysing import anomalies_of
from offcall.accesslogs.anomalies.counting import USES
from offcall.accesslogs.anomalies.finding import problem
from offcall.accesslogs.anomalies.model import Incident
from offcall.accesslogs.anomalies.results import AnomalyList
from offcall.accesslogs.checks.anomaly import anomaly
from offcall.accesslogs.engine.duck import Logs, Rows, connect
from offcall.accesslogs.engine.routing import load_requests
from offcall.accesslogs.questions.question import columns_in
from offcall.accesslogs.questions.single import balancer
from offcall.accesslogs.read import balancer_of
from offcall.accesslogs.reading.rejects import Tally
from offcall.catalog import open_catalog
from offcall.core.findings import Finding, Resource

if TYPE_CHECKING:
    from offcall.accesslogs.asked import Asked
    from offcall.core.context import Context

__all__ = ["NEEDS", "findings_of", "look"]

NEEDS = tuple(sorted({*USES, *balancer(()).uses}))
"""The columns that the analysis and the name of the balancer need."""


def look(ctx: Context, asked: Asked) -> AnomalyList:
    """`logs anomalies`.

    Raises:
        UserError: nothing could be read.
    """
    files = asked.files(ctx)
    tally = Tally(keep=asked.rejects)
    conditions = asked.filter.conditions
    needs = {*NEEDS, *columns_in(*conditions)}
    with ctx.progress.task("reading logs", total=len(files)) as advance:
        logs = Logs(files, tally, asked.workers(), lambda _: advance(1))
        with connect(logs) as db:
            load_requests(db, needs, logs, asked.route)
            found = anomalies_of(db, conditions)
            named = db.execute(balancer(conditions).sql).fetchall()
    return AnomalyList(
        asked=", ".join(asked.filter.words),
        reading=asked.read(tally),
        anomalies=found,
        findings=findings_of(ctx, named, found.incidents),
    )


def findings_of(ctx: Context, named: Rows, incidents: Iterable[Incident]) -> tuple[Finding, ...]:
    """A finding for each, about the balancer of most lines, with owner and runbook.

    Args:
        named: rows of `questions.single.balancer`.
    """
    resource = balancer_of(named) or Resource(kind="load balancer", id="logs", name="logs")
    found = [anomaly.finding(problem(resource, one)) for one in incidents]
    return tuple(open_catalog(ctx).annotate(found))
