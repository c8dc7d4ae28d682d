"""Every question agrees with plain loops over what the reference reads."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offcall.accesslogs.columns import REQUESTS
from offcall.accesslogs.engine.duck import Logs, answer, answer_by_route, answer_sides
from offcall.accesslogs.patterns.learning import learn
from offcall.accesslogs.questions.dimensions import AGENTS, DIMENSIONS, MEASURES
from offcall.accesslogs.questions.filters import Filter
from offcall.accesslogs.questions.single import SLOW, clients, errors, slow
from offcall.accesslogs.questions.top import (
    SORTS,
    count_by,
    every,
    greatest,
    targets,
    timeline,
    top,
)
from offcall.accesslogs.reading.rejects import Tally
from offcall.core.errors import UserError
from tests.accesslogs import lines, plain, reference
from tests.accesslogs.reading import in_memory

NAMES = {one.name for one in REQUESTS}


class Case:
    """Two files of two kinds: their rows, and the files for the reader."""

    def __init__(self, seed: int, count: int = 150) -> None:
        contents = [
            lines.content(kind, seed + n, count) for n, kind in enumerate(("alb", "classic"))
        ]
        self.files = [in_memory(f"{n}.log", text) for n, text in enumerate(contents)]
        self.rows: list[dict[str, Any]] = []
        for number, text in enumerate(contents):
            for row in reference.read(text).rows:
                self.rows.append({**dict.fromkeys(NAMES), **row, "file": f"{number}.log"})

    def logs(self) -> Logs:
        return Logs(self.files, Tally(), threads=2)


@pytest.fixture(scope="module")
def case() -> Case:
    return Case(11, 400)


def same(found: list[tuple[Any, ...]], expected: dict[Any, Any]) -> None:
    got = {row[0]: tuple(row[1:12]) for row in found}
    assert got == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("dimension", sorted(set(DIMENSIONS) - {"agent", "file", "node"}))
@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_top(case: Case, dimension: Any, measure: Any) -> None:
    found = answer(top(dimension, measure=measure, limit=10**6), case.logs())
    same(found, plain.grouped(case.rows, plain.KEYS[dimension], measure))
    assert {row[12] for row in found} == {len(found)}
    assert {row[13] for row in found} == {len(case.rows)}


def test_top_by_file(case: Case) -> None:
    found = answer(top("file", limit=10), case.logs())
    same(found, plain.grouped(case.rows, lambda row: row["file"], "target"))


def test_top_by_node() -> None:
    """Its address stands in the name that AWS gives a file, zipped or not."""
    stem = "111122223333_elasticloadbalancing_eu-west-1_app.shop.50dc6c495c0c9188_20261124T0205Z_"
    names = {
        f"a/2026/11/24/{stem}10.0.1.7_1abc.log.gz": "10.0.1.7",
        f"{stem}10.0.1.7_2xyz.log": "10.0.1.7",
        f"{stem}203.0.113.9_1abc.log": "203.0.113.9",
        "b_1.2.3.4/access.log": None,
        "x_1.2.3_y.log": None,
    }
    content = lines.content("alb", 3, 20, wrong=0)
    logs = Logs([in_memory(name, content) for name in names], Tally(), threads=2)
    assert {row[0]: row[1] for row in answer(top("node", limit=9), logs)} == {
        "10.0.1.7": 40,
        "203.0.113.9": 20,
        None: 40,
    }


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**20))
def test_top_on_hostile_logs(seed: int) -> None:
    case = Case(seed, 60)
    same(
        answer(top("path", limit=10**6), case.logs()),
        plain.grouped(case.rows, plain.KEYS["path"], "target"),
    )


@pytest.mark.parametrize("sort", sorted(SORTS))
def test_the_greatest_stand_first(case: Case, sort: str) -> None:
    found = answer(top("status", sort=sort, limit=5), case.logs())
    every_one = answer(top("status", sort=sort, limit=10**6), case.logs())
    assert found == every_one[:5]
    place = {
        "count": 1,
        "errors": 5,
        "bytes": 2,
        "p50": 7,
        "p90": 8,
        "p95": 9,
        "p99": 10,
        "max": 11,
    }
    value = (lambda row: row[5] / row[1]) if sort == "error-share" else None
    values = [
        value(row) if value else (-1 if row[place[sort]] is None else row[place[sort]])
        for row in every_one
    ]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("step", [1, 60, 3600, 86_400])
def test_timeline(case: Case, step: int) -> None:
    found = answer(timeline(step), case.logs())
    same(found, plain.grouped(case.rows, lambda row: row["second"] // step * step, "target"))
    assert [row[0] for row in found] == sorted(row[0] for row in found)


def test_targets(case: Case) -> None:
    rows = [row for row in case.rows if row["target"] is not None]
    same(
        answer(targets(), case.logs()),
        plain.grouped(
            rows, lambda row: f"{row['target_group_arn'] or ''} {row['target']}", "target"
        ),
    )


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_slow(case: Case, measure: Any) -> None:
    found = answer(slow(measure, (), 25), case.logs())
    times = sorted(
        (time for row in case.rows if (time := plain.took(row, measure)) is not None), reverse=True
    )
    column = plain.TIMES[measure]
    if column in SLOW:
        assert [row[SLOW.index(column)] for row in found] == times[:25]
    known = Counter(tuple(row[name] for name in SLOW if name != "time") for row in case.rows)
    assert all(tuple(one for n, one in enumerate(row) if n) in known for row in found)


@pytest.mark.parametrize("least", [400, 500])
def test_errors(case: Case, least: int) -> None:
    found = answer(errors((), least), case.logs())
    got = {
        (status, answered, reason, bool(alone), actions, bool(silent)): n
        for status, answered, reason, alone, actions, silent, n, _, _ in found
    }
    assert got == dict(plain.errors(case.rows, least))


def test_clients(case: Case) -> None:
    found = answer(clients((), "count", 10**6), case.logs())
    assert len(found) == len({row["client"] for row in case.rows})
    for row in found:
        mine = [one for one in case.rows if one["client"] == row[0]]
        minutes = Counter(one["second"] // 60 for one in mine)
        assert row[1:] == (
            len(mine),
            plain.total(mine, "sent_bytes"),
            sum(plain.between(one, 400, 499) for one in mine),
            sum(plain.between(one, 500, 599) for one in mine),
            max(minutes.values()),
            min(one["second"] for one in mine),
            max(one["second"] for one in mine),
            len({one["path"] for one in mine} - {None}),
            len(agents := {one["user_agent"] for one in mine} - {None}),
            min(agents, default=None),
            len(found),
            len(case.rows),
        )


@pytest.mark.parametrize(
    ("where", "keeps"),
    [
        ("status>=500", lambda row: (row["elb_status_code"] or 0) >= 500),
        ("status != 200", lambda row: row["elb_status_code"] not in (200, None)),
        ("method=GET", lambda row: row["method"] == "GET"),
        ("method!=GET", lambda row: row["method"] != "GET"),
        ("path~/o", lambda row: "/o" in (row["path"] or "")),
        ("path!~/o", lambda row: "/o" not in (row["path"] or "")),
        ("path~%", lambda row: "%" in (row["path"] or "")),
        ("user_agent~_", lambda row: "_" in (row["user_agent"] or "")),
        ("target=-", lambda row: row["target"] is None),
        ("target!=-", lambda row: row["target"] is not None),
        ("target_time>0.1", lambda row: (row["target_processing_time"] or 0) > 0.1),
        ("host='a'' OR 1=1 --'", lambda row: row["host"] == "a'' OR 1=1 --"),
    ],
)
def test_conditions(case: Case, where: str, keeps: Any) -> None:
    chosen = Filter.of([where])
    found = answer(top("log", conditions=chosen.conditions, limit=9), case.logs())
    assert sum(row[1] for row in found) == sum(map(keeps, case.rows))


def test_the_other_filters(case: Case) -> None:
    times = sorted(row["time"] for row in case.rows)
    since, until = (
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=times[len(times) * n // 3])
        for n in (1, 2)
    )
    chosen = Filter.of(path_prefix="/", method="get", since=since, until=until)
    found = answer(top("log", conditions=chosen.conditions, limit=9), case.logs())
    first, last = times[len(times) // 3], times[len(times) * 2 // 3]
    assert sum(row[1] for row in found) == sum(
        (row["path"] or "").startswith("/")
        and row["method"] == "GET"
        and first <= row["time"] < last
        for row in case.rows
    )


@pytest.mark.parametrize(
    "where",
    [
        "statuss=1",
        "status",
        "status=abc",
        "path>3",
        "time>1",
        "status~5",
        "1=1",
        "",
        "status=5 OR 1=1",
    ],
)
def test_what_is_no_condition(where: str) -> None:
    with pytest.raises(UserError):
        Filter.of([where])


def test_learned_routes_are_counted_together(case: Case) -> None:
    counted = count_by("route")
    found = answer_by_route(
        counted, lambda rows: greatest(rows, "route", "count", 10**6), case.logs()
    )
    names = learn(Counter(row["route"] for row in case.rows if row["route"] is not None))
    same(
        found,
        plain.grouped(case.rows, lambda row: names.get(row["route"], row["route"]), "target"),
    )


def test_sides(case: Case) -> None:
    before, after = Filter.of(["status<400"]), Filter.of(["status>=400"])
    found = answer_sides(
        [(count_by("status", conditions=one.conditions), case.logs()) for one in (before, after)],
        every,
        by_route=False,
    )
    rows = [row for row in case.rows if row["elb_status_code"] is not None]
    same(
        found,
        plain.grouped(
            rows,
            lambda row: f"{int(row['elb_status_code'] >= 400)}{row['elb_status_code']}",
            "target",
        ),
    )


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("curl/8.5.0", "curl"),
        ("ELB-HealthChecker/2.0", "ELB health check"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0", "Edge"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", "Chrome"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15", "Safari"),
        ("something/1", "other"),
    ],
)  # fmt: skip
def test_families_of_user_agents(agent: str, family: str) -> None:
    line = lines.join("alb", lines.alb(lines.random.Random(3), 18)).split(b'"')
    line[3] = agent.encode()
    logs = Logs([in_memory("one", b'"'.join(line) + b"\n")], Tally(), threads=1)
    assert [row[0] for row in answer(top("agent"), logs)] == [family]
    assert family == "other" or family in dict(AGENTS)
