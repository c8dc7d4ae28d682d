"""Findings: new, still there, resolved, back again, muted until a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from offcall.core.errors import UserError
from offcall.core.findings import Finding, Resource, Severity
from offcall.history.database import History
from offcall.history.findings import lookup, mute, muted, record, unmute
from offcall.history.schema.findings import audit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def finding(name: str, **more: object) -> Finding:
    return Finding(
        rule="test-rule",
        severity=Severity.HIGH,
        title=f"{name} is old",
        resource=Resource(kind="rds instance", id=name, account="1"),
        **more,  # type: ignore[arg-type]
    )


A, B = finding("a"), finding("b")


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


def test_muted_until_a_day(history: History) -> None:
    record(history, "lifecycle", [A, B], NOW)
    known = mute(history, A.fingerprint, "ann", "next quarter", NOW + 2 * DAY, NOW)
    assert known.state == "muted"
    assert known.mute is not None
    assert (known.mute.by, known.mute.why) == ("ann", "next quarter")
    during = record(history, "lifecycle", [A, B], NOW + DAY)
    assert (during.still, during.muted) == ((B,), (A,))
    after = record(history, "lifecycle", [A, B], NOW + 2 * DAY)
    assert (after.still, after.muted) == ((A, B), ())
    with history.read() as conn:
        assert muted(conn, NOW + 3 * DAY) == {}


def test_a_muted_one_is_resolved_in_silence(history: History) -> None:
    record(history, "lifecycle", [A], NOW)
    mute(history, A.fingerprint, "ann", "known", None, NOW)
    assert record(history, "lifecycle", [], NOW + DAY).resolved == ()
    with history.read() as conn:
        (known,) = lookup(conn, A.fingerprint, now=NOW + DAY)
    assert known.state == "resolved"


def test_muting_is_audited_and_can_be_undone(history: History) -> None:
    record(history, "lifecycle", [A], NOW)
    mute(history, A.fingerprint[:8], "ann", "known", None, NOW)
    mute(history, A.fingerprint, "bob", "known well", None, NOW)
    assert unmute(history, A.fingerprint, "bob", NOW + DAY).mute is None
    assert record(history, "lifecycle", [A], NOW + DAY).still == (A,)
    with history.read() as conn:
        lines = conn.execute(select(audit).order_by(audit.c.id)).all()
    assert [(one.who, one.action, one.at) for one in lines] == [
        ("ann", "mute finding", NOW),
        ("bob", "mute finding", NOW),
        ("bob", "unmute finding", NOW + DAY),
    ]
    assert {one.subject for one in lines} == {A.fingerprint}


@pytest.mark.parametrize(
    ("print_", "why", "until", "said"),
    [
        (A.fingerprint, " ", None, "needs a reason"),
        (A.fingerprint, "x", NOW, "end before it begins"),
        ("ffff0000", "x", None, "no such finding"),
        ("", "x", None, "several findings begin like this"),
    ],
)
def test_a_mute_that_makes_no_sense(
    history: History, print_: str, why: str, until: datetime | None, said: str
) -> None:
    record(history, "lifecycle", [A, B], NOW)
    with pytest.raises(UserError, match=said):
        mute(history, print_, "ann", why, until, NOW)
    with pytest.raises(UserError, match="is not muted"):
        unmute(history, A.fingerprint, "ann", NOW)


def test_two_runs_at_once_agree(history_url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from offcall.history.opening import open_url

    many = [finding(f"db-{number}") for number in range(30)]

    def run(_: int) -> int:
        with open_url(history_url) as history:
            return len(record(history, "lifecycle", many, NOW).new)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [0, 0, 0, 30]
