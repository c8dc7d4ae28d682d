"""`logs anomalies`: what was not as usual in the logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offcall.accesslogs.anomalies.results import AnomalyList
from offcall.accesslogs.parameters import (
    Host,
    MaxRejects,
    Method,
    PathPrefix,
    Places,
    Rejects,
    Since,
    Threads,
    Until,
    Where,
    asked_for,
)
from offcall.core.registry import tool

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["anomalies"]


@tool("logs anomalies")
def anomalies(
    ctx: Context,
    places: Places = None,
    where: Where = None,
    path_prefix: PathPrefix = None,
    method: Method = None,
    host: Host = None,
    since: Since = None,
    until: Until = None,
    rejects: Rejects = None,
    max_rejects: MaxRejects = "1%",
    threads: Threads = None,
) -> AnomalyList:
    """What was not as usual, since when, and what made the difference.

    Requests, 5xx, 4xx and p95 of each minute are compared with what is usual, for all requests and
    for each route: from two days of logs on with the same time of other days, before with the time
    before. Nothing needs to be tuned. Minutes beyond chance are put together to incidents, and
    each is explained by the routes, targets, clients, statuses and user agents that account for it.
    """
    asked = asked_for(
        ctx, places, where, path_prefix, method, host, since, until, rejects, max_rejects, threads
    )
    from offcall.accesslogs.anomalies.looking import look

    return look(ctx, asked)
