"""Findings are kept from run to run, on SQLite and on PostgreSQL."""

from __future__ import annotations

from offcall.brief.comparing import compare
from offcall.history.database import History
from offcall.history.findings import lookup
from offcall.history.recording import record
from tests.brief.build import DAY, NOW, finding


def test_a_finding_from_new_to_resolved_and_back(history: History) -> None:
    a, b = finding("a"), finding("b")
    assert record(history, "s", [a, b], NOW).new == (a, b)
    again = record(history, "s", [a, b], NOW + DAY)
    assert (again.new, again.still) == ((), (a, b))
    gone = record(history, "s", [b], NOW + 2 * DAY)
    assert (gone.still, gone.resolved) == ((b,), (a,))
    back = record(history, "s", [a, b], NOW + 3 * DAY)
    assert back.new == (a,)
    with history.read() as conn:
        known = {one.finding.fingerprint: one for one in lookup(conn, now=NOW, scope="s")}
    assert set(known) == {a.fingerprint, b.fingerprint}
    assert known[a.fingerprint].first_seen == NOW
    assert known[a.fingerprint].new_since == known[a.fingerprint].last_seen == NOW + 3 * DAY
    assert known[a.fingerprint].times_back == 1
    assert known[a.fingerprint].resolved_at is None
    assert (known[b.fingerprint].new_since, known[b.fingerprint].last_seen) == (NOW, NOW + 3 * DAY)


def test_a_finding_that_changes_is_kept_as_it_is_now(history: History) -> None:
    before = finding("a", days=5)
    after = finding("a", days=3, title="sooner than thought")
    record(history, "s", [before], NOW)
    assert record(history, "s", [after], NOW + DAY).still == (after,)
    with history.read() as conn:
        assert [one.finding for one in lookup(conn, now=NOW)] == [after]


def test_what_was_not_seen_in_an_incomplete_run_is_neither_there_nor_resolved(
    history: History,
) -> None:
    a, b = finding("a"), finding("b")
    record(history, "s", [a, b], NOW)
    assert record(history, "s", [b], NOW + DAY, complete=False).resolved == ()
    with history.read() as conn:
        known = {one.finding.fingerprint: one for one in lookup(conn, now=NOW)}
    assert known[a.fingerprint].resolved_at is None
    assert (known[a.fingerprint].last_seen, known[b.fingerprint].last_seen) == (NOW, NOW + DAY)


def test_scopes_do_not_touch_each_other(history: History) -> None:
    record(history, "one", [finding("a")], NOW)
    assert record(history, "two", [], NOW + DAY).resolved == ()


def test_comparing_many(history: History) -> None:
    many = [finding(f"db-{number}") for number in range(1200)]
    record(history, "s", many, NOW)
    with history.read() as conn:
        found = compare(conn, {many[0].fingerprint, "news"}, NOW, {"s"})
    assert found.new == {"news"}
    assert len(found.resolved) == 1199
