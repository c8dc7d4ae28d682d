"""`logs anomalies`: what was not as usual in the logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offcall.accesslogs.anomalies.results import AnomalyList
from offcall.accesslogs.parameters import asks
from offcall.core.registry import tool

if TYPE_CHECKING:
    from offcall.accesslogs.asked import Asked
    from offcall.core.context import Context

__all__ = ["anomalies"]


@tool("logs anomalies")
@asks()
def anomalies(
    ctx: Context,
    asked: Asked,
) -> AnomalyList:
    """What was not as usual, since when, and what made the difference.

    Requests, 5xx, 4xx and p95 of each minute are compared with what is usual, for all requests and
    for each route: from two days of logs on with the same time of other days, before with the time
    before. Nothing needs to be tuned. Minutes beyond chance are put together to incidents, and
    each is explained by the routes, targets, clients, statuses and user agents that account for it.
    """
    from offcall.accesslogs.anomalies.looking import look

    return look(ctx, asked)
