"""The requests in a table, with routes as somebody wrote them down."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from offcall.accesslogs.engine.duck import Logs, load

if TYPE_CHECKING:
    import duckdb

__all__ = ["load_requests"]


def load_requests(
    db: duckdb.DuckDBPyConnection,
    uses: Collection[str],
    logs: Logs,
    route: str = "route",
    name: str = "requests",
) -> None:
    """Keep columns of all requests in a table: see `duck.load`.

    Args:
        route: what a route is, as SQL: see `patterns.written.route_sql`.
    """
    written = route != "route" and "route" in uses
    load(db, "requests", sorted({*uses, "path"} if written else uses), logs, name=name)
    if written:
        db.execute(f'UPDATE "{name}" SET route = {route}')
