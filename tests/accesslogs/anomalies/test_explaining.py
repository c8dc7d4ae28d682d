"""From generated lines to explained incidents."""

from __future__ import annotations

import math
from datetime import UTC, timedelta

import duckdb
import pytest

from offcall.accesslogs.anomalies.analysing import anomalies_of
from offcall.accesslogs.anomalies.counting import USES, count_in, read_series
from offcall.accesslogs.anomalies.model import Anomalies
from offcall.accesslogs.anomalies.wording import sentence
from offcall.accesslogs.engine.duck import Logs, connect, load
from offcall.accesslogs.reading.rejects import Tally
from tests.accesslogs.anomalies.traffic import QUIET, SCENARIOS, Scenario, lines
from tests.accesslogs.reading import in_memory


def found_in(scenario: Scenario, seed: int = 1) -> Anomalies:
    logs = Logs([in_memory("x.log", b"".join(lines(scenario, seed)))], Tally(), 1)
    with connect(logs) as db:
        load(db, "requests", USES, logs)
        assert logs.tally.rejected == 0
        return anomalies_of(db)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_an_incident_is_found_and_explained(scenario: Scenario) -> None:
    (one,) = found_in(scenario).incidents
    assert one.kind == scenario.kind
    slowly = timedelta(minutes=20 if scenario.name == "slow leak" else 2)
    assert scenario.start - timedelta(minutes=3) <= one.start <= scenario.start + slowly
    assert abs(one.end - scenario.end) <= timedelta(minutes=2)
    assert one.detected <= scenario.start + slowly
    causes = {(each.dimension, each.value): each.share for each in one.causes}
    assert set(scenario.causes) <= causes.keys()
    assert all(causes[each] > 0.9 for each in scenario.causes)
    if not scenario.causes:
        assert one.causes == ()
        assert "spread over all" in sentence(one, UTC)
    for _, value in scenario.causes:
        assert value in sentence(one, UTC)


def test_quiet_logs_have_none() -> None:
    found = found_in(QUIET)
    assert found.incidents == ()
    assert found.routes == 4
    assert not found.seasonal
    assert 178 <= found.minutes <= 180


def counted(rows: list[tuple[int, str | None, float | None, int]]) -> duckdb.DuckDBPyConnection:
    """Requests of second, route, time and status."""
    db = duckdb.connect()
    db.execute(
        "CREATE TABLE requests (second BIGINT, route VARCHAR, target_processing_time DOUBLE, "
        "elb_status_code INTEGER)"
    )
    db.executemany("INSERT INTO requests VALUES (?, ?, ?, ?)", rows)
    count_in(db)
    return db


def test_series_are_counts_of_minutes() -> None:
    rows = []
    for minute in range(50):
        for i in range(minute % 7 + 20):
            status = 503 if i == 0 else 404 if i in (1, 2) else 200
            rows.append((minute * 60 + i, "/a", 0.001 * (i + 1), status))
    with counted(rows) as db:
        looked = read_series(db)
    whole, one = looked.series
    assert (whole.route, one.route, one.step, one.start) == (None, "/a", 60, 60)
    # The first and the last minute may not be whole.
    assert len(one.requests) == 48
    for at in range(48):
        n = (at + 1) % 7 + 20
        seen = (one.requests[at], one.server_errors[at], one.client_errors[at], one.timed[at])
        assert seen == (n, 1, 2, n)
        assert one.p95[at] == pytest.approx(0.001 * math.ceil(0.95 * n), rel=0.011)
    assert (whole.requests == one.requests).all()


def test_rare_routes_have_longer_steps_or_are_counted_as_skipped() -> None:
    rows = [(second, "/often", 0.1, 200) for second in range(0, 6 * 3600, 2)]
    rows += [(second, "/seldom", 0.1, 200) for second in range(0, 6 * 3600, 20)]
    rows += [(second, "/rare", 0.1, 200) for second in range(0, 6 * 3600, 1800)]
    rows += [(second, None, None, 400) for second in range(0, 6 * 3600, 20)]
    with counted(rows) as db:
        looked = read_series(db)
    assert {one.route: one.step for one in looked.series} == {
        None: 60, "/often": 60, "/seldom": 300, "": 300,
    }  # fmt: skip
    assert (looked.skipped_routes, looked.skipped_requests) == (1, 11)


def test_no_requests_have_no_series() -> None:
    with counted([(5, "/a", 0.1, 200)]) as db:
        db.execute("DELETE FROM counted")
        assert read_series(db).series == []
    with counted([(5, "/a", 0.1, 200)]) as db:
        assert read_series(db).series == []


def test_counts_can_be_added_to() -> None:
    rows = [(second, "/a", None, 200) for second in range(0, 3600, 3)]
    with counted(rows) as once, counted(rows[::2]) as twice:
        twice.execute("DELETE FROM requests")
        twice.executemany("INSERT INTO requests VALUES (?, ?, ?, ?)", rows[1::2])
        count_in(twice)
        first, second = read_series(once).series, read_series(twice).series
    assert [one.requests.tolist() for one in first] == [one.requests.tolist() for one in second]
    assert all(math.isnan(one) for one in first[0].p95)
