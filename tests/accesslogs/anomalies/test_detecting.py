"""How well incidents are found in seasonal traffic, and how seldom where there are none."""

from __future__ import annotations

from datetime import UTC

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offcall.accesslogs.anomalies.detecting import detect
from offcall.accesslogs.anomalies.expecting import season
from offcall.accesslogs.anomalies.results import AnomalyList
from offcall.accesslogs.anomalies.series import Series
from offcall.core.documents import Line
from tests.accesslogs.anomalies.scoring import Score
from tests.accesslogs.anomalies.seasonal import DAY, Injected, incidents, make


def test_injected_incidents_are_found() -> None:
    """The floor; `benchmarks/anomalies.py` shows more of it."""
    score = Score()
    for seed in (1, 2):
        injected = incidents(seed)
        score.add(injected, detect(make(seed, injected=injected)))
    assert score.there == 24
    assert score.recall >= 0.95
    assert score.precision >= 0.85
    assert score.delay <= 2


@pytest.mark.parametrize(
    ("days", "rate"),
    [(14, 300), (14, 20), (1, 300), (0.25, 2000), (3, 50)],
)
def test_quiet_traffic_gives_few_alarms(days: float, rate: float) -> None:
    """At most two a week, weekends that begin and end among them."""
    found = [run for seed in (11, 12) for run in detect(make(seed, days, rate))]
    assert len(found) <= 2 * 2 * days / 7


def test_an_incident_has_its_size_and_its_time() -> None:
    one = Injected("fewer-requests", 2 * DAY + 600, 30, 0.3)
    (run,) = detect(make(3, 3, injected=(one,)))
    assert run.kind == "fewer-requests"
    assert abs(run.first - one.first) <= 1
    assert abs(run.last + 1 - one.first - one.minutes) <= 1
    assert run.observed == pytest.approx(0.3 * run.expected, rel=0.15)
    assert run.excess == pytest.approx((run.observed - run.expected) * 30, rel=0.1)
    assert run.first <= run.detected <= run.first + 2


def test_what_comes_every_day_at_its_time_is_usual() -> None:
    nightly = tuple(Injected("more-requests", day * DAY + 180, 12, 4.0) for day in range(6))
    assert detect(make(4, 6, injected=nightly)) == []
    # Once it is an incident.
    assert [run.kind for run in detect(make(4, 6, injected=nightly[3:4]))] == ["more-requests"]


def test_an_incident_of_hours_is_one_and_its_end_is_none() -> None:
    one = Injected("more-requests", 400, 170, 3.0)
    (run,) = detect(make(5, 0.7, injected=(one,)))
    assert (run.first, run.last + 1) == pytest.approx((400, 570), abs=2)


def test_requests_that_were_not_delivered_yet_are_no_outage() -> None:
    late = Injected("fewer-requests", DAY - 4, 4, 0.1)
    assert detect(make(6, 1, injected=(late,))) == []


def test_a_minute_alone_is_nobodys_incident() -> None:
    one = make(7, 1)
    one.server_errors[900] = one.requests[900]
    assert detect(one) == []
    one.server_errors[901] = one.requests[901]
    assert [(run.kind, run.first, run.last) for run in detect(one)] == [("server-errors", 900, 901)]


def test_errors_are_judged_by_their_share() -> None:
    """Twice as many errors with twice as many requests are no more errors than usual."""
    one = make(8, 1, injected=(Injected("more-requests", 700, 40, 3.0),))
    assert {run.kind for run in detect(one)} == {"more-requests"}


def test_two_days_have_a_season_and_less_has_none() -> None:
    values = np.sin(np.arange(3 * DAY) * 2 * np.pi / DAY)
    assert not season(values[: 2 * DAY - 1], 60).any()
    found = season(values, 60)
    assert np.abs(found - values).max() < 0.2


def test_weeks_have_a_season_of_the_week() -> None:
    days = np.repeat([1.0, 1, 1, 1, 1, 0, 0] * 3, 96)
    found = season(days, 900)
    assert found[: 5 * 96].mean() - found[5 * 96 : 7 * 96].mean() == pytest.approx(1, abs=0.2)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@settings(max_examples=40, deadline=None)
@given(
    length=st.integers(1, 130),
    step=st.sampled_from([60, 300, 3600]),
    seed=st.integers(0, 1000),
    zeros=st.floats(0, 1),
    scale=st.sampled_from([0.5, 30, 1e6]),
)
def test_whatever_the_series_runs_lie_inside(
    length: int, step: int, seed: int, zeros: float, scale: float
) -> None:
    dice = np.random.default_rng(seed)
    requests = np.where(dice.random(length) < zeros, 0.0, dice.poisson(scale, length))
    failed = np.floor(requests * dice.random(length))
    p95 = np.where(requests > 0, dice.lognormal(0, 2, length), np.nan)
    one = Series("/", 0, step, requests, failed, failed, requests, p95)
    for run in detect(one):
        assert 0 <= run.first <= run.last < length
        assert run.first <= run.detected < length
        assert np.isfinite([run.observed, run.expected, run.excess, run.score]).all()
        assert run.start < run.end
    none = np.zeros(length)
    assert detect(Series("/", 0, step, none, none, none, none, none * np.nan)) == []


def test_of_no_requests_nothing_is_said() -> None:
    document = AnomalyList().document(UTC)
    assert [type(block) for block in document.blocks] == [Line]
    assert "nothing can be said" in document.blocks[0].text
