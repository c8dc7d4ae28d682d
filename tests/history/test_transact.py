"""Transactions that are tried again, connections that run out, and marks in SQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection, create_engine
from sqlalchemy.pool import QueuePool

from offcall.core.errors import StoreError
from offcall.history import audit
from offcall.history.database import TRIES, History
from offcall.history.placeholders import placed
from offcall.history.problems import BusyError
from offcall.history.schema.findings import audit as table

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def lines(history: History) -> list[str]:
    with history.read() as conn:
        return list(conn.execute(select(table.c.subject).order_by(table.c.id)).scalars())


@pytest.mark.parametrize("failures", [0, 1, TRIES - 1])
def test_what_others_were_in_the_way_of_is_done_once(history: History, failures: int) -> None:
    tries = []

    def work(conn: Connection) -> int:
        tries.append(1)
        audit.record(conn, "ann", "test", f"try {len(tries)}", {}, NOW)
        if len(tries) <= failures:
            raise BusyError("busy")
        return len(tries)

    assert history.transact(work) == failures + 1
    assert lines(history) == [f"try {failures + 1}"]


def test_others_that_are_always_in_the_way_are_told(history: History) -> None:
    tries = []

    def work(conn: Connection) -> None:
        tries.append(1)
        raise BusyError("busy")

    with pytest.raises(BusyError):
        history.transact(work)
    assert len(tries) == TRIES
    assert lines(history) == []


def test_other_errors_are_not_tried_again(history: History) -> None:
    tries = []

    def work(conn: Connection) -> None:
        tries.append(1)
        raise StoreError("full")

    with pytest.raises(StoreError, match="full"):
        history.transact(work)
    assert len(tries) == 1


def test_when_all_connections_are_in_use(history: History) -> None:
    pool = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0, "pool_timeout": 0.01}
    small = History(create_engine(history.engine.url, **pool))
    with small, small.read(), pytest.raises(StoreError, match=r"every connection .* is in use"):
        small.read().__enter__()


def test_marks_in_quotes_and_percent_signs_stay(history: History) -> None:
    with history.write() as conn:
        history.many(
            conn,
            "INSERT INTO audit (at, who, action, subject, detail) "
            "SELECT ?, 'who? 100%', ?, ?, '{\"a?\": 1}' WHERE ? LIKE '%x%' AND 'it''s ?' <> ?",
            [(history.timestamp(NOW), "what?", str(one), f"ax{one}%", "") for one in range(3)]
            + [(history.timestamp(NOW), "what?", "left out", "a", "")],
        )
        rows = conn.execute(select(table.c.who, table.c.action, table.c.subject, table.c.detail))
        assert [tuple(row) for row in rows] == [
            ("who? 100%", "what?", str(one), {"a?": 1}) for one in range(3)
        ]


def test_a_wrong_number_of_values_is_a_mistake(history: History) -> None:
    with history.write() as conn, pytest.raises(ValueError, match="2 parameters for 1 values"):
        history.many(conn, "UPDATE audit SET who = ? WHERE who = ?", [("a",)])


def test_marks_for_a_driver() -> None:
    assert placed("a = ? AND b LIKE '?%' AND \"c?\" % 2 = ?", "%s") == (
        "a = %s AND b LIKE '?%%' AND \"c?\" %% 2 = %s",
        2,
    )
    assert placed("a = ? AND b LIKE '?%'", "?") == ("a = ? AND b LIKE '?%'", 1)
