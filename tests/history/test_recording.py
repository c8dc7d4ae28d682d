"""Findings: new, still there, resolved, back again."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from offcall.core.findings import Severity
from offcall.history.database import History
from offcall.history.findings import lookup
from offcall.history.recording import record
from offcall.history.schema.findings import findings as table
from tests.history.build import DAY, NOW, A, B, finding


def test_from_new_to_resolved_and_back(history: History) -> None:
    first = record(history, "lifecycle", [A, B], NOW)
    assert (first.new, first.still, first.resolved) == ((A, B), (), ())
    second = record(history, "lifecycle", [A], NOW + DAY)
    assert (second.new, second.still, second.resolved) == ((), (A,), (B,))
    third = record(history, "lifecycle", [A, B], NOW + 2 * DAY)
    assert (third.new, third.still, third.resolved) == ((B,), (A,), ())
    with history.read() as conn:
        known = {one.finding.resource.id: one for one in lookup(conn, now=NOW + 2 * DAY)}
    assert (known["a"].first_seen, known["a"].new_since) == (NOW, NOW)
    assert (known["b"].first_seen, known["b"].new_since) == (NOW, NOW + 2 * DAY)
    assert known["b"].times_back == 1
    assert known["b"].state == "open"


def test_one_scope_does_not_resolve_anothers(history: History) -> None:
    record(history, "lifecycle", [A], NOW)
    seen = record(history, "health", [B], NOW)
    assert seen.resolved == ()
    assert record(history, "health", [], NOW).resolved == (B,)
    with history.read() as conn:
        assert [one.finding for one in lookup(conn, now=NOW, present=True)] == [A]
        assert [one.finding for one in lookup(conn, now=NOW, present=False)] == [B]
        assert [one.finding for one in lookup(conn, now=NOW, scope="health")] == [B]


def test_what_could_not_be_read_is_not_taken_for_resolved(history: History) -> None:
    record(history, "lifecycle", [A, B], NOW)
    assert record(history, "lifecycle", [A], NOW + DAY, complete=False).resolved == ()
    assert record(history, "lifecycle", [A, B], NOW + 2 * DAY).still == (A, B)


def test_the_newest_words_are_kept(history: History) -> None:
    record(history, "lifecycle", [A], NOW)
    worse = A.model_copy(update={"severity": Severity.CRITICAL})
    record(history, "lifecycle", [worse], NOW)
    with history.read() as conn:
        (known,) = lookup(conn, A.fingerprint[:6], now=NOW)
    assert known.finding.severity is Severity.CRITICAL


def test_a_finding_given_twice_counts_once(history: History) -> None:
    assert record(history, "lifecycle", [A, A], NOW).new == (A,)


def test_two_runs_at_once_agree(history_url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from offcall.history.opening import open_url

    many = [finding(f"db-{number}") for number in range(30)]

    def run(_: int) -> int:
        with open_url(history_url) as history:
            return len(record(history, "lifecycle", many, NOW).new)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [0, 0, 0, 30]


RUNS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abc"), st.sampled_from(("old", "older"))), st.booleans()
    ),
    max_size=6,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RUNS)
def test_the_lives_of_findings_are_those_that_a_plain_model_gives(
    history: History, runs: list[tuple[dict[str, str], bool]]
) -> None:
    """When each was first seen, became new and ended, and how often it came back."""
    with history.write() as conn:
        conn.execute(delete(table))
    lives: dict[str, dict[str, Any]] = {}
    for day, (found, complete) in enumerate(runs):
        now = NOW + day * DAY
        seen = record(
            history,
            "health",
            [finding(name).model_copy(update={"title": title}) for name, title in found.items()],
            now,
            complete=complete,
        )
        there = {name for name, life in lives.items() if life["resolved_at"] is None}
        gone = there - found.keys() if complete else set()
        assert {one.resource.id for one in seen.new} == found.keys() - there
        assert {one.resource.id for one in seen.still} == found.keys() & there
        assert {one.resource.id for one in seen.resolved} == gone
        for name in gone:
            lives[name]["resolved_at"] = now
        for name, title in found.items():
            fresh = name not in there
            life = lives.setdefault(name, {"first_seen": now, "times_back": -1})
            life |= {"title": title, "last_seen": now, "resolved_at": None}
            if fresh:
                life |= {"new_since": now, "times_back": life["times_back"] + 1}
    with history.read() as conn:
        kept = lookup(conn, now=NOW)
    assert lives == {
        one.finding.resource.id: {
            "first_seen": one.first_seen,
            "times_back": one.times_back,
            "title": one.finding.title,
            "last_seen": one.last_seen,
            "resolved_at": one.resolved_at,
            "new_since": one.new_since,
        }
        for one in kept
    }
