"""How many, how fast, how bad: requests counted by something, with exact percentiles."""

from __future__ import annotations

import re

from offcall.accesslogs.questions.dimensions import (
    DIMENSIONS,
    MEASURES,
    DimensionName,
    MeasureName,
)
from offcall.accesslogs.questions.question import Question, both, columns_in

__all__ = [
    "HEAT",
    "PERCENTILES",
    "SORTS",
    "count_by",
    "every",
    "greatest",
    "heat",
    "summed",
    "targets",
    "timeline",
    "top",
    "whole",
]

PERCENTILES = (50, 90, 95, 99)

SORTS: dict[str, str] = {
    "count": "n",
    "errors": "server_errors",
    "error-share": "server_errors * 1e0 / n",  # Trino divides 1.0 as a decimal with one digit
    "bytes": "sent",
    "p50": "p50",
    "p90": "p90",
    "p95": "p95",
    "p99": "p99",
    "max": "longest",
}
"""What can be sorted by, the greatest first."""


def counted(key: str, measure: str, conditions: tuple[str, ...]) -> str:
    """SELECT of k, v (the time, or NULL), n, bytes and errors: one row for each k and v."""
    return f"""\
SELECT {key} AS k, {measure} AS v, COUNT(*) AS n,
  SUM(sent_bytes) AS sent, SUM(received_bytes) AS received,
  SUM(CASE WHEN elb_status_code BETWEEN 400 AND 499 THEN 1 ELSE 0 END) AS client_errors,
  SUM(CASE WHEN elb_status_code BETWEEN 500 AND 599 THEN 1 ELSE 0 END) AS server_errors
FROM requests
WHERE {both(conditions)}
GROUP BY {key}, {measure}"""


def summed(rows: str) -> str:
    """SELECT of k, n, bytes, errors, how many were timed, percentiles, from rows of `counted`."""
    shares = ",\n  ".join(
        f"MIN(CASE WHEN v IS NOT NULL AND upto * 100 >= timed * {one} THEN v END) AS p{one}"
        for one in PERCENTILES
    )
    timed = "SUM(CASE WHEN v IS NULL THEN 0 ELSE n END)"
    return f"""\
SELECT k, SUM(n) AS n, SUM(sent) AS sent, SUM(received) AS received,
  SUM(client_errors) AS client_errors, SUM(server_errors) AS server_errors,
  MAX(timed) AS timed,
  {shares},
  MAX(v) AS longest
FROM (
  SELECT k, v, n, sent, received, client_errors, server_errors,
    {timed} OVER (
      PARTITION BY k ORDER BY v ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS upto,
    {timed} OVER (PARTITION BY k) AS timed
  FROM ({rows}) AS counted
) AS ranked
GROUP BY k"""


def count_by(
    dimension: DimensionName,
    *,
    measure: MeasureName = "target",
    conditions: tuple[str, ...] = (),
    route: str = "route",
) -> Question:
    """The requests counted by the values of a dimension and their times: see `counted`.

    Args:
        route: what a route is, as SQL.
    """
    key = re.sub(r"\broute\b", lambda _: route, DIMENSIONS[dimension].sql)
    rows = counted(key, MEASURES[measure], conditions)
    return Question(rows, columns_in(rows))


def greatest(rows: str, dimension: DimensionName, sort: str, limit: int) -> str:
    """Of rows of `count_by`: the values with the most of something, and the sum of all.

    Columns: those of `summed`, then how many values and requests there are in all.
    """
    none = "-1" if DIMENSIONS[dimension].number else "''"
    return f"""\
SELECT *, COUNT(*) OVER () AS all_groups, SUM(n) OVER () AS all_requests
FROM (
{summed(rows)}
) AS summed
ORDER BY COALESCE({SORTS[sort]}, -1) DESC, n DESC, COALESCE(k, {none}),
  CASE WHEN k IS NULL THEN 0 ELSE 1 END
LIMIT {limit}"""


def top(
    dimension: DimensionName,
    *,
    measure: MeasureName = "target",
    conditions: tuple[str, ...] = (),
    sort: str = "count",
    limit: int = 20,
    route: str = "route",
) -> Question:
    """Both in one question."""
    rows = count_by(dimension, measure=measure, conditions=conditions, route=route)
    return Question(greatest(rows.sql, dimension, sort, limit), rows.uses)


def whole(*, measure: MeasureName, conditions: tuple[str, ...]) -> Question:
    """All requests as one."""
    inside = f"SELECT 'all' AS everything, * FROM requests WHERE {both(conditions)}"
    rows = counted("everything", MEASURES[measure], ()).replace(
        "FROM requests", f"FROM ({inside}) AS requests"
    )
    return Question(summed(rows), columns_in(rows))


def every(rows: str) -> str:
    """Of rows of `count_by`: all values."""
    return f"{summed(rows)}\nORDER BY k"


def targets(*, measure: MeasureName = "target", conditions: tuple[str, ...] = ()) -> Question:
    """All targets; k is the ARN of the target group, a space, and the target."""
    key = "COALESCE(target_group_arn, '') || ' ' || target"
    rows = counted(key, MEASURES[measure], (*conditions, "target IS NOT NULL"))
    return Question(every(rows), columns_in(rows))


HEAT = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Upper bounds of the classes of time in a heat map, in seconds; the last class has none."""


def heat(seconds: int, *, measure: MeasureName, conditions: tuple[str, ...]) -> Question:
    """Requests by step of time and class of time taken: step in epoch seconds, class, n."""
    took = MEASURES[measure]
    cases = " ".join(f"WHEN {took} <= {bound} THEN {number}" for number, bound in enumerate(HEAT))
    step = f"second - MOD(second, {seconds})"
    inside = f"""\
SELECT {step} AS step, CASE {cases} ELSE {len(HEAT)} END AS class
FROM requests
WHERE {both((*conditions, f"({took}) IS NOT NULL"))}"""
    sql = f"SELECT step, class, COUNT(*) AS n FROM ({inside}) AS timed GROUP BY step, class"
    return Question(sql, columns_in(inside))


def timeline(
    seconds: int, *, measure: MeasureName = "target", conditions: tuple[str, ...] = ()
) -> Question:
    """The same in steps of time, in their order; k is where a step begins, in epoch seconds."""
    rows = counted(f"second - MOD(second, {seconds})", MEASURES[measure], conditions)
    return Question(f"{summed(rows)}\nORDER BY k", columns_in(rows))
