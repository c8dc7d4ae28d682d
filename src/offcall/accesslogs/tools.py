"""The `offcall logs` commands, and the tools of the same names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from offcall.accesslogs.anomalies.tool import anomalies
from offcall.accesslogs.anomalies.watching import watch_logs
from offcall.accesslogs.connecting import connections
from offcall.accesslogs.engine.table import make_table
from offcall.accesslogs.fetching import fetch_logs
from offcall.accesslogs.needs import need_reader
from offcall.accesslogs.parameters import Measure, asks
from offcall.accesslogs.questions.dimensions import DimensionName
from offcall.accesslogs.report import Report
from offcall.accesslogs.results.changes import Comparison
from offcall.accesslogs.results.checked import Checked
from offcall.accesslogs.results.groups import Steps, Top
from offcall.accesslogs.results.objectives import Objectives, Rules
from offcall.accesslogs.results.parties import ClientList, TargetList
from offcall.accesslogs.results.requests import ErrorList, SlowList, SqlRows
from offcall.core.errors import UserError
from offcall.core.parameters import Limit, Param
from offcall.core.registry import tool

if TYPE_CHECKING:
    from offcall.accesslogs.asked import Asked
    from offcall.core.context import Context

__all__ = ["anomalies", "connections", "fetch_logs", "make_table", "watch_logs"]


@tool("logs top")
@asks(engines=True)
def top(
    ctx: Context,
    asked: Asked,
    by: Annotated[DimensionName, Param("what to count by")] = "route",
    measure: Measure = "target",
    sort: Annotated[
        Literal["count", "errors", "error-share", "bytes", "p50", "p90", "p95", "p99", "max"],
        Param("what to sort by, the greatest first"),
    ] = "count",
    limit: Limit = 20,
) -> Top:
    """Who calls what, how often, how fast, with how many errors.

    Counts requests by route, status, client, target or another dimension; the percentiles of
    their times are exact. Routes are paths with placeholders for ids: /orders/{id}.
    """
    from offcall.accesslogs.asking import top_of

    return top_of(ctx, asked, by, measure, sort, limit)


@tool("logs timeline")
@asks(engines=True)
def timeline(
    ctx: Context,
    asked: Asked,
    every: Annotated[
        str, Param("the length of one step", metavar="TIME", examples=("1m", "1h", "1d"))
    ] = "5m",
    measure: Measure = "target",
) -> Steps:
    """Requests, errors and times over time."""
    from offcall.accesslogs.asking import steps_of

    step = int(ctx.length(every).total_seconds())
    if step < 1:
        raise UserError("--every", value=every, expected="a second or more")
    return steps_of(ctx, asked, step, measure)


@tool("logs slow")
@asks(engines=True)
def slow(
    ctx: Context,
    asked: Asked,
    measure: Measure = "target",
    limit: Limit = 20,
) -> SlowList:
    """The requests that took longest, each with its times, target and trace."""
    from offcall.accesslogs.asking import slow_list

    return slow_list(ctx, asked, measure, limit)


@tool("logs errors")
@asks(engines=True)
def errors(
    ctx: Context,
    asked: Asked,
    least: Annotated[int, Param("the least status that counts as an error", least=400)] = 500,
) -> ErrorList:
    """Errors, told apart: made by the balancer, by the target, by Lambda; with the likely cause."""
    from offcall.accesslogs.asking import error_list

    return error_list(ctx, asked, least)


@tool("logs clients")
@asks(engines=True)
def clients(
    ctx: Context,
    asked: Asked,
    sort: Annotated[
        Literal["count", "client-errors", "server-errors", "bytes", "busiest", "paths"],
        Param("what to sort by, the greatest first"),
    ] = "count",
    limit: Limit = 20,
) -> ClientList:
    """Who calls: how much, how fast, how many different paths, with what success."""
    from offcall.accesslogs.asking import client_list

    return client_list(ctx, asked, sort, limit)


@tool("logs targets")
@asks(engines=True)
def targets(
    ctx: Context,
    asked: Asked,
    measure: Measure = "target",
) -> TargetList:
    """Which target is bad: each compared with the others of its group."""
    from offcall.accesslogs.asking import target_list

    return target_list(ctx, asked, measure)


@tool("logs compare")
@asks(places=False, times=False, engines=True)
def compare(
    ctx: Context,
    asked: Asked,
    before: Annotated[
        str, Param("logs from before; with --within, a window of time", positional=True)
    ],
    after: Annotated[
        str, Param("logs from after; with --within, a window of time", positional=True)
    ],
    within: Annotated[
        list[str] | None,
        Param(
            "compare two windows of time in these logs; 'estate' is the estate's",
            metavar="LOGS",
        ),
    ] = None,
    by: Annotated[DimensionName, Param("what to compare")] = "route",
    measure: Measure = "target",
    limit: Limit = 50,
) -> Comparison:
    """Before and after a deploy: what became slower, fails more, is new or gone.

    What is said to be worse is beyond chance.
    """
    from offcall.accesslogs.asking import comparison

    sides = []
    for side in (before, after):
        one = replace(asked, places=(side,))
        if within is not None:
            window = ctx.window(side)
            places = () if within == ["estate"] else tuple(within)
            one = replace(
                asked, places=places, filter=asked.filter.between(window.start, window.end)
            )
        sides.append((side, one))
    return comparison(ctx, sides[0], sides[1], by, measure, limit)


@tool("logs report")
@asks()
def report(
    ctx: Context,
    asked: Asked,
    measure: Measure = "target",
    limit: Limit = 10,
) -> Report:
    """Everything at a glance, with pictures: one file with --output html.

    Traffic, errors and times over time, with what was not as usual marked and told; a heat map of
    how long requests took; the top of routes, statuses, clients and agents; errors with their
    causes; targets; the slowest requests.
    """
    from offcall.accesslogs.report import make_report

    return make_report(ctx, asked, measure, limit)


@tool("logs slo")
@asks(times=False)
def slo(
    ctx: Context,
    asked: Asked,
    objective: Annotated[
        list[str] | None,
        Param(
            "what was promised; the estate's by default",
            metavar="TEXT",
            examples=("99.9% under 200 ms over 30 days", "99.95% without 5xx over 30 days"),
        ),
    ] = None,
) -> Objectives:
    """How objectives are kept: the error budget that is left, and how fast it burns.

    A request is good when it was answered without a 5xx and within the bound. Burn rates and
    their limits are those of Google's Site Reliability Workbook: an alert needs both windows.
    """
    from offcall.accesslogs.slo.asking import objectives

    return objectives(ctx, asked, objective or ())


@tool("logs rules")
def rules(
    ctx: Context,  # noqa: ARG001 - every tool has one
    service: Annotated[str, Param("what it is about", positional=True, metavar="SERVICE")],
    objective: Annotated[
        str,
        Param(
            "what was promised",
            positional=True,
            metavar="OBJECTIVE",
            examples=("99.9% under 200 ms over 30 days",),
        ),
    ],
    metric: Annotated[
        str, Param("a histogram of seconds; its _bucket and _count are used", metavar="NAME")
    ] = "http_request_duration_seconds",
    label: Annotated[
        list[str] | None,
        Param(
            "which series are the service's; job=SERVICE by default",
            metavar="NAME=VALUE",
            examples=("job=shop", "namespace=prod"),
        ),
    ] = None,
    code: Annotated[str, Param("the label with the status", metavar="NAME")] = "code",
) -> Rules:
    """Prometheus recording and alerting rules for an objective.

    The alerts have the windows and the burn rates of `logs slo`. With --output json the rules
    stand in the field `text`, ready for a file.
    """
    from offcall.accesslogs.slo.objective import parse_objective
    from offcall.accesslogs.slo.rules import rules as make

    labels = {}
    for one in label or ():
        name, equals, value = one.partition("=")
        if not equals:
            raise UserError("--label", value=one, expected="NAME=VALUE")
        labels[name] = value
    text = make(
        service, parse_objective(objective), metric=metric, labels=labels or None, code=code
    )
    return Rules(service=service, objective=objective, text=text)


@tool("logs check", snapshot=True)
def check(ctx: Context) -> Checked:
    """Judge the logs of the estate's sources: bad targets, server errors, logs that are missing."""
    from offcall.accesslogs.read import read_traffic
    from offcall.accesslogs.snapshot import Traffic
    from offcall.catalog import open_catalog
    from offcall.core.checks import checks_of, run_checks

    if ctx.load is None:
        need_reader()
    traffic = ctx.snapshot(Traffic, lambda: read_traffic(ctx))
    findings = run_checks(checks_of("logs"), traffic, ctx.now)
    return Checked(
        source=traffic.source,
        findings=open_catalog(ctx).annotate(findings),
        unread=traffic.unread,
    )


@tool("logs sql")
@asks(narrows=False)
def sql(
    ctx: Context,
    asked: Asked,
    query: Annotated[
        str,
        Param(
            "one SELECT over the tables requests and connections",
            positional=True,
            metavar="QUERY",
            examples=("SELECT host, count(*) FROM requests GROUP BY host",),
        ),
    ],
    limit: Limit = 1000,
) -> SqlRows:
    """Any question, in SQL (DuckDB's).

    The query sees the logs and nothing else of this machine. Only the columns that it names are
    kept, on disk if they are many.
    """
    from offcall.accesslogs.asking import sql_rows

    return sql_rows(ctx, asked, query, limit)
