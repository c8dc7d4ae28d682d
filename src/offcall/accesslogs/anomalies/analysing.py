"""From counted requests to incidents with their explanations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from offcall.accesslogs.anomalies.counting import count_in, read_series
from offcall.accesslogs.anomalies.detecting import Run, detect
from offcall.accesslogs.anomalies.expecting import has_season
from offcall.accesslogs.anomalies.explaining import explain
from offcall.accesslogs.anomalies.model import Anomalies, Incident

if TYPE_CHECKING:
    import duckdb

__all__ = ["MOST", "analyse", "anomalies_of"]

MOST = 50
"""So many incidents are told, those furthest from usual; a person reads no more."""
_ONGOING_SECONDS = 600


def anomalies_of(db: duckdb.DuckDBPyConnection, conditions: Sequence[str] = ()) -> Anomalies:
    """The incidents in the table `requests`, which has the columns `counting.USES`.

    Args:
        conditions: SQL that narrows the requests down.

    Raises:
        MissingExtra: pandas or statsmodels are not installed.
    """
    count_in(db, conditions=tuple(conditions))
    return analyse(db, conditions)


def analyse(db: duckdb.DuckDBPyConnection, conditions: Sequence[str] = ()) -> Anomalies:
    """The incidents in what is counted; the table `requests` explains them."""
    looked = read_series(db)
    runs = [run for one in looked.series for run in detect(one)]
    groups = sorted(_together(runs), key=lambda group: -group[0].score)[:MOST]
    incidents = [
        _incident(group, looked.last, db, conditions)
        for group in sorted(groups, key=lambda group: (group[0].start, group[0].kind))
    ]
    routes = [one for one in looked.series if one.route is not None]
    minutes = (looked.last - looked.first) // 60
    return Anomalies(
        incidents=tuple(incidents),
        left_out=len(_together(runs)) - len(incidents),
        minutes=minutes,
        seasonal=has_season(minutes, 60),
        routes=len(routes),
        coarse_routes=sum(one.step > 60 for one in routes),
        skipped_routes=looked.skipped_routes,
        skipped_requests=looked.skipped_requests,
    )


def _together(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs of one kind that overlap are one incident; the one that says most of it comes first.

    That is the one of all requests, if there is one: its explanation names the route.
    """
    found: list[list[Run]] = []
    for run in sorted(runs, key=lambda one: (one.kind, one.start)):
        group = found[-1] if found else []
        if group and group[0].kind == run.kind and run.start < max(one.end for one in group):
            group.append(run)
        else:
            found.append([run])
    for group in found:
        group.sort(key=lambda one: (one.series.route is not None, -one.score))
    return found


def _incident(
    group: list[Run], last: int, db: duckdb.DuckDBPyConnection, conditions: Sequence[str]
) -> Incident:
    lead = group[0]
    part = slice(lead.first, lead.last + 1)
    detected = lead.series.start + (lead.detected + 1) * lead.series.step
    others = dict.fromkeys(one.series.route for one in group[1:] if one.series.route is not None)
    return Incident(
        kind=lead.kind,
        route=lead.series.route,
        start=_time(lead.start),
        end=_time(lead.end),
        detected=_time(detected),
        ongoing=last - lead.end <= max(_ONGOING_SECONDS, lead.series.step),
        step_seconds=lead.series.step,
        observed=lead.observed,
        expected=lead.expected,
        requests=int(lead.series.requests[part].sum()),
        excess=lead.excess,
        score=lead.score,
        routes=tuple(one for one in others if one != lead.series.route),
        causes=explain(db, lead, conditions),
    )


def _time(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
