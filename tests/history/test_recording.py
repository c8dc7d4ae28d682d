"""Findings: new, still there, resolved, back again."""

from __future__ import annotations

from offcall.core.findings import Severity
from offcall.history.database import History
from offcall.history.findings import lookup
from offcall.history.recording import record
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
