"""Requests counted by minute, route and time taken, in DuckDB; series are made of these counts.

Counts can be added to as logs come, and are few: times are kept in classes 2 % wide, so that the
p95 of a step is within 1 % of the exact one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from offcall.accesslogs.anomalies.series import Floats, Series
from offcall.accesslogs.patterns.learning import learn
from offcall.accesslogs.questions.dimensions import MEASURES
from offcall.accesslogs.questions.question import both

if TYPE_CHECKING:
    import duckdb

__all__ = ["LONGEST_DAYS", "USES", "Looked", "count_in", "learn_routes", "read_series"]

USES = (
    "client", "elb_status_code", "route", "second", "target", "target_processing_time",
    "user_agent",
)  # fmt: skip
"""The columns of requests that are needed here, and to explain what is found."""
LONGEST_DAYS = 35
"""Of longer logs the last days are looked at: what was usual before is so no more."""

_CLASSES = 50
_STEPS = (60, 300, 900, 3600)
_ENOUGH = 10
"""A step must usually have so many requests of a route; else a longer one is taken."""
_MOST_ROUTES = 40
_LEAST_STEPS = 40

# Balancers write milliseconds. GREATEST would make a time of none.
_TOOK = f"CASE WHEN {MEASURES['target']} < 0.001 THEN 0.001 ELSE {MEASURES['target']} END"
_COUNTED = f"""\
SELECT second - MOD(second, 60) AS minute, COALESCE(route, '') AS route,
  CAST(ROUND(LN({_TOOK}) * {_CLASSES}) AS INTEGER) AS class,
  COUNT(*) AS n, COUNT(*) FILTER (elb_status_code BETWEEN 400 AND 499) AS client_errors,
  COUNT(*) FILTER (elb_status_code BETWEEN 500 AND 599) AS server_errors
FROM {{source}} WHERE second IS NOT NULL AND {{conditions}}
GROUP BY 1, 2, 3"""


@dataclass(slots=True)
class Looked:
    """What series there are, and which routes have none.

    Attributes:
        first, last: epoch seconds; the first and the last minute are not whole, and left out.
    """

    series: list[Series] = field(default_factory=list)
    first: int = 0
    last: int = 0
    skipped_routes: int = 0
    skipped_requests: int = 0


def count_in(
    db: duckdb.DuckDBPyConnection, source: str = "requests", conditions: tuple[str, ...] = ()
) -> None:
    """Count the requests of a table, besides what was counted before."""
    counted = _COUNTED.format(source=source, conditions=both(conditions))
    db.execute(f"CREATE TABLE IF NOT EXISTS counted AS {counted} LIMIT 0")
    db.execute(f"INSERT INTO counted {counted}")


def learn_routes(db: duckdb.DuckDBPyConnection) -> None:
    """Find routes with parameters in what is counted; they stand in the table `learned_routes`."""
    import pyarrow as pa

    rows = db.execute("SELECT route, SUM(n) FROM counted WHERE route <> '' GROUP BY route")
    learned = learn({route: int(n) for route, n in rows.fetchall()})
    names = pa.schema([("known", pa.string()), ("shown", pa.string())])
    columns = {"known": list(learned), "shown": list(learned.values())}
    db.register("learning", pa.table(columns, schema=names))
    db.execute("CREATE OR REPLACE TABLE learned_routes AS SELECT * FROM learning")
    db.unregister("learning")


def read_series(db: duckdb.DuckDBPyConnection) -> Looked:
    """The series of all requests and of each route that has enough, from what is counted."""
    learn_routes(db)
    first, last = db.execute("SELECT MIN(minute), MAX(minute) FROM counted").fetchall()[0]
    if first is None:
        return Looked()
    first = max(first, last - LONGEST_DAYS * 86_400)
    found = Looked(first=first, last=last)
    db.execute(f"""\
CREATE OR REPLACE TABLE routed AS
SELECT minute, COALESCE(shown, route) AS route, class, SUM(n) AS n,
  SUM(client_errors) AS client_errors, SUM(server_errors) AS server_errors
FROM counted LEFT JOIN learned_routes ON route = known
WHERE minute > {first} AND minute < {last}
GROUP BY 1, 2, 3""")
    minutes = max((last - first) // 60, 1)
    rows = db.execute("SELECT route, SUM(n) FROM routed GROUP BY route ORDER BY 2 DESC, 1")
    steps: dict[str | None, int] = {None: 60}
    for route, n in rows.fetchall():
        step = next((one for one in _STEPS if n / minutes * one / 60 >= _ENOUGH), None)
        fits = step is not None and minutes * 60 // step >= _LEAST_STEPS
        if step is not None and fits and len(steps) <= _MOST_ROUTES:
            steps[route] = step
        else:
            found.skipped_routes += 1
            found.skipped_requests += int(n)
    found.series = list(_series(db, steps, first, last))
    return found


def _series(
    db: duckdb.DuckDBPyConnection, steps: Mapping[str | None, int], first: int, last: int
) -> Iterator[Series]:
    for step in sorted(set(steps.values())):
        routes = [route for route, one in steps.items() if one == step]
        # Whole steps only: the first and the last minute are not known to be.
        start, end = -(-(first + 60) // step) * step, last // step * step
        if end <= start:
            continue
        named = [one for one in routes if one is not None]
        rows = _rows(db, "route", step, (start, end), named)
        if None in routes:
            rows = _rows(db, "CAST(NULL AS VARCHAR)", step, (start, end), None) + rows
        by_route: dict[str | None, list[tuple[Any, ...]]] = {}
        for row in rows:
            by_route.setdefault(row[0], []).append(row[1:])
        for route, mine in by_route.items():
            yield _of_rows(route, mine, step, start, (end - start) // step)


def _rows(
    db: duckdb.DuckDBPyConnection,
    key: str,
    step: int,
    within: tuple[int, int],
    routes: list[str] | None,
) -> list[tuple[Any, ...]]:
    start, end = within
    only = "" if routes is None else "AND list_contains(?, route)"
    sql = f"""\
SELECT k, t, SUM(n), SUM(client_errors), SUM(server_errors), MAX(timed),
  MIN(CASE WHEN class IS NOT NULL AND upto >= 0.95 * timed THEN class END)
FROM (
  SELECT *, SUM(CASE WHEN class IS NULL THEN 0 ELSE n END) OVER (
      PARTITION BY k, t ORDER BY class NULLS FIRST) AS upto,
    SUM(CASE WHEN class IS NULL THEN 0 ELSE n END) OVER (PARTITION BY k, t) AS timed
  FROM (
    SELECT {key} AS k, minute - MOD(minute, {step}) AS t, class, SUM(n) AS n,
      SUM(client_errors) AS client_errors, SUM(server_errors) AS server_errors
    FROM routed WHERE minute >= {start} AND minute < {end} {only}
    GROUP BY 1, 2, 3
  )
)
GROUP BY k, t ORDER BY k, t"""
    return db.execute(sql, [] if routes is None else [routes]).fetchall()


def _of_rows(
    route: str | None, rows: list[tuple[Any, ...]], step: int, start: int, length: int
) -> Series:
    numbers = np.array([[np.nan if one is None else float(one) for one in row] for row in rows])
    places = ((numbers[:, 0] - start) // step).astype(int)

    def grid(column: int, empty: float = 0.0) -> Floats:
        found = np.full(length, empty)
        found[places] = numbers[:, column]
        return found

    p95 = np.exp(grid(5, np.nan) / _CLASSES)
    return Series(route, start, step, grid(1), grid(2), grid(3), grid(4), p95)
