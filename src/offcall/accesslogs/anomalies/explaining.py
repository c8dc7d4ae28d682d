"""What made the difference: an incident's requests compared with those of the time before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from offcall.accesslogs.anomalies.detecting import Run
from offcall.accesslogs.anomalies.model import Contribution, Dimension
from offcall.accesslogs.questions.dimensions import DIMENSIONS, MEASURES
from offcall.accesslogs.questions.question import both

if TYPE_CHECKING:
    import duckdb

__all__ = ["explain"]

_BEFORE_SECONDS = 3_600
_LIFT = 0.2
"""So much more of the difference than of the requests: else it is only what is frequent."""
_PART, _MOST, _VALUES = 0.15, 0.5, 3
"""The values that are named each account for so much, together for so much, and are so many."""

_OF = {
    "more-requests": "1 = 1",
    "fewer-requests": "1 = 1",
    "server-errors": "elb_status_code BETWEEN 500 AND 599",
    "client-errors": "elb_status_code BETWEEN 400 AND 499",
}


def explain(
    db: duckdb.DuckDBPyConnection, run: Run, conditions: Sequence[str] = ()
) -> tuple[Contribution, ...]:
    """The values that account for most of the difference; none if it is spread over all.

    Needs the tables `requests` and `learned_routes`.
    """
    of = _OF.get(run.kind, f"{MEASURES['target']} > {run.expected:.6f}")
    before = run.start - max(_BEFORE_SECONDS, run.end - run.start)
    route = "COALESCE(shown, route, '')"
    chosen = [*conditions, f"second >= {before} AND second < {run.end}"]
    parameters = []
    if run.series.route is not None:
        chosen.append(f"{route} = ?")
        parameters.append(run.series.route)
    db.execute(
        f"""\
CREATE OR REPLACE TEMP TABLE compared AS
SELECT second >= {run.start} AS inside, ({of}) AS counts, {route} AS route, target, client,
  CAST(elb_status_code AS VARCHAR) AS status, {DIMENSIONS["agent"].sql} AS agent
FROM requests LEFT JOIN learned_routes ON route = known
WHERE {both(chosen)}""",
        parameters,
    )
    found: list[Contribution] = []
    for dimension in get_args(Dimension):
        if not (dimension == "route" and run.series.route is not None):
            found += _of_dimension(db, run, dimension)
    db.execute("DROP TABLE compared")
    return tuple(sorted(found, key=lambda one: -one.share))


def _of_dimension(
    db: duckdb.DuckDBPyConnection, run: Run, dimension: Dimension
) -> list[Contribution]:
    rows = db.execute(f"""\
SELECT {dimension}, COUNT(*) FILTER (inside AND counts) AS inside,
  COUNT(*) FILTER (NOT inside AND counts) AS before,
  COUNT(*) FILTER (inside) AS all_inside, COUNT(*) FILTER (NOT inside) AS all_before
FROM compared GROUP BY 1""").fetchall()
    inside, before, all_inside, all_before = (sum(row[at] for row in rows) for at in range(1, 5))
    if run.kind.endswith("-requests"):
        scale = (inside - run.excess) / before if before else 0
    else:
        scale = all_inside / all_before if all_before else 0
    total = inside - before * scale
    if not total:
        return []
    parts = [
        (
            (row[1] - row[2] * scale) / total,
            row[4] / all_before if all_before else row[3] / all_inside,
            row[0],
        )
        for row in rows
        if row[0] is not None
    ]
    parts = sorted((one for one in parts if one[0] >= _PART), key=lambda one: (-one[0], one[2]))
    parts = parts[:_VALUES]
    if sum(one[0] for one in parts) < _MOST or sum(one[0] - one[1] for one in parts) < _LIFT:
        return []
    return [
        Contribution(dimension=dimension, value=value, share=min(part, 1.0), before=usual)
        for part, usual, value in parts
    ]
