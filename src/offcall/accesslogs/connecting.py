"""`logs connections`: who connects, how, and how long the handshake takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from offcall.accesslogs.parameters import asks
from offcall.accesslogs.questions.connections import ByName, TookName
from offcall.accesslogs.results.connections import ConnectionGroup, ConnectionList
from offcall.core.parameters import Limit, Param
from offcall.core.registry import tool

if TYPE_CHECKING:
    from offcall.accesslogs.asked import Asked
    from offcall.core.context import Context

__all__ = ["connections"]

_SPEECH: dict[TookName, str] = {
    "handshake": "time of the TLS handshake",
    "connection": "how long the connection was open",
}


@tool("logs connections")
@asks(table="connections")
def connections(
    ctx: Context,
    asked: Asked,
    by: Annotated[ByName, Param("what to count by")] = "tls",
    measure: Annotated[TookName, Param("which time")] = "handshake",
    sort: Annotated[
        Literal["count", "failed", "bytes", "p95", "max"],
        Param("what to sort by, the greatest first"),
    ] = "count",
    limit: Limit = 20,
) -> ConnectionList:
    """Who connects, with which TLS, what fails, and how long handshakes take.

    Reads the logs of network load balancers and the connection logs of application load balancers.
    Failed are connections whose client sent an alert or whose certificate was refused.
    """
    from offcall.accesslogs.questions.connections import top_connections

    question = top_connections(by, measure, asked.conditions, sort, limit)
    rows, reading = asked.ask(ctx, question)
    total = rows[0][-1] if rows else 0
    return ConnectionList(
        asked=", ".join(asked.filter.words),
        reading=reading,
        by=by,
        measure=_SPEECH[measure],
        sort=sort,
        groups=tuple(
            ConnectionGroup(
                key=key,
                connections=n,
                share=n / total,
                failed=failed,
                sent_bytes=sent,
                received_bytes=received,
                timed=timed,
                **dict(zip(("p50", "p90", "p95", "p99", "max"), times, strict=True)),
            )
            for key, n, sent, received, _, failed, timed, *times in (row[:12] for row in rows)
        ),
        total_groups=rows[0][-2] if rows else 0,
        total_connections=total,
    )
