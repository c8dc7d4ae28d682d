"""Every question that there is, and hostile logs to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from offcall.accesslogs.columns import REQUESTS
from offcall.accesslogs.engine.duck import Logs, connect, load
from offcall.accesslogs.patterns.written import route_sql
from offcall.accesslogs.questions.dimensions import DIMENSIONS, MEASURES
from offcall.accesslogs.questions.filters import Filter
from offcall.accesslogs.questions.question import Question
from offcall.accesslogs.questions.single import CLIENT_SORTS, balancer, clients, errors, slow
from offcall.accesslogs.questions.top import (
    SORTS,
    count_by,
    heat,
    targets,
    timeline,
    top,
    whole,
)
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.stream import File
from offcall.accesslogs.slo.measuring import question as kept
from offcall.accesslogs.slo.objective import parse_objective
from tests.accesslogs import lines

ALL = 10**6
NAMES = [one.name for one in REQUESTS]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

CHOSEN = (
    Filter.of(["status>=400", "path!~/o", "target_time>0.01"], path_prefix="/", method="get"),
    Filter.of([r"user_agent~\x22", "host!=a''b"]),
    Filter.of(["target=-", "path~%"], since=datetime(2020, 1, 1, tzinfo=UTC)),
    Filter.of(until=datetime(2026, 11, 24, 9, 0, 0, 186641, tzinfo=UTC)),
)
WRITTEN = route_sql(["/orders/{order}", "/users/{user}/profile", "/a*b/{c}"])


def questions(*, sorts: bool = True) -> dict[str, Question]:
    """By name; each whole, so that no tie is cut in two.

    Args:
        sorts: in every order that there is; else in a few.
    """
    found = {
        "all columns": Question(f"SELECT {', '.join(NAMES)} FROM requests", tuple(NAMES)),
        "count by route": count_by("route"),
        "count by written routes": count_by("route", route=WRITTEN),
        "errors": errors((), 400),
        "balancers": balancer(()),
        "objective": kept(parse_objective("99% under 300 ms over 30 days"), NOW, ()),
    }
    for dimension in DIMENSIONS:
        found[f"top {dimension}"] = top(dimension, limit=ALL)
    for sort in SORTS if sorts else ("error-share", "p95"):
        found[f"top by {sort}"] = top("path", sort=sort, limit=ALL)
    for measure in MEASURES:
        found[f"{measure}: top"] = top("status", measure=measure, limit=ALL)
        found[f"{measure}: slow"] = slow(measure, (), ALL)
        found[f"{measure}: heat"] = heat(60, measure=measure, conditions=())
        found[f"{measure}: whole"] = whole(measure=measure, conditions=())
    for step in (1, 3600):
        found[f"timeline {step}"] = timeline(step)
    found["targets"] = targets()
    for sort in CLIENT_SORTS if sorts else ("bytes",):
        found[f"clients by {sort}"] = clients((), sort, ALL)
    for number, one in enumerate(CHOSEN):
        found[f"filter {number}"] = top("path", conditions=one.conditions, limit=ALL)
    return found


def write(folder: Path, *seeds: int, count: int = 150) -> list[Path]:
    """Files with hostile lines."""
    files = [folder / f"{seed} +%41[x].log" for seed in seeds]
    for file, seed in zip(files, seeds, strict=True):
        file.write_bytes(lines.content("alb", seed, count))
    return files


def expected(files: Sequence[Path], asked: dict[str, Question]) -> tuple[dict[str, Any], Tally]:
    """The answers of the built-in engine, from one pass."""
    tally = Tally()
    logs = Logs([File(str(one), lambda one=one: one.open("rb")) for one in files], tally, threads=1)
    with connect(logs) as db:
        load(db, "requests", NAMES, logs)
        answers = {name: db.execute(one.sql).fetchall() for name, one in asked.items()}
    return answers, tally


def same(name: str, found: Sequence[tuple[Any, ...]], wanted: Sequence[tuple[Any, ...]]) -> None:
    """The same rows, in the same order if the question names one that leaves no tie."""
    rows = list(map(tuple, found))
    assert wanted, name
    assert Counter(rows) == Counter(wanted), name
    if name.startswith(("top ", "clients ", "timeline ")):
        assert rows == list(wanted), name
