"""A database in trouble: every kind is a sentence that a person can act on."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from offcall.core.errors import StoreError
from offcall.history import audit, database
from offcall.history.database import History, connect
from offcall.history.opening import open_url
from offcall.history.problems import BusyError
from offcall.history.schema.findings import audit as table

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def fill(history: History) -> None:
    for _ in range(50):
        write(history, 30_000)


def write_and_fail(history: History) -> None:
    with history.write() as conn:
        audit.record(conn, "ann", "test", "x", {}, NOW)
        raise ZeroDivisionError


def write_read_only(history: History) -> None:
    with history.write() as conn:
        conn.execute(text("SET TRANSACTION READ ONLY"))
        audit.record(conn, "ann", "test", "x", {}, NOW)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "history.sqlite"
    open_url(f"sqlite:///{path}").close()
    return path


def write(history: History, size: int = 1) -> None:
    with history.write() as conn:
        audit.record(conn, "ann", "test", "x" * size, {}, NOW)


def test_locked(file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with open_url(f"sqlite:///{file}?timeout=0.05") as history:
        with history.read() as conn:
            assert conn.execute(select(table)).all() == []
        with pytest.raises(StoreError, match="is locked by another program") as caught:
            write(history)
        assert "wait for the other" in str(caught.value)
        other.execute("ROLLBACK")
        write(history)
    other.close()


def test_waiting_for_another_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        other.execute("ROLLBACK")

    with open_url(f"sqlite:///{file}", say=say) as history:
        write(history)
        assert said == [f"waiting for another process that writes to {file}"]
        write(history)
        assert len(said) == 1, "nobody is in the way now"
        with history.write() as conn:
            assert conn.exec_driver_sql("PRAGMA busy_timeout").scalar() == 15000
    other.close()


def test_a_writer_waits_for_another(file: Path) -> None:
    with open_url(f"sqlite:///{file}") as history:
        write(history)
        other = sqlite3.connect(file, isolation_level=None)
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert history.engine.raw_connection().execute("PRAGMA busy_timeout").fetchone() == (  # type: ignore[attr-defined]
            15000,
        )
        other.close()


def test_full(file: Path) -> None:
    with open_url(f"sqlite:///{file}") as history:
        with history.engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA max_page_count=40")
        with pytest.raises(StoreError, match="the disk is full"):
            fill(history)
        with history.read() as conn:
            stored = conn.execute(select(table)).all()
        assert stored
        assert {len(one.subject) for one in stored} == {30_000}


def test_corrupt(file: Path) -> None:
    body = bytearray(file.read_bytes())
    body[100:40_000] = b"\xff" * 39_900
    file.write_bytes(body)
    with pytest.raises(StoreError, match="is damaged") as caught:
        open_url(f"sqlite:///{file}")
    assert "backup" in str(caught.value)


def test_not_a_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are my notes. " * 100)
    with pytest.raises(StoreError, match="is not a SQLite database"):
        open_url(f"sqlite:///{path}")
    assert path.read_text().startswith("These are my notes")


def test_read_only(file: Path) -> None:
    with connect(f"sqlite:///{file}") as history:
        with history.engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(StoreError, match="is read-only"):
            write(history)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot make the folder"):
        open_url(f"sqlite:///{tmp_path}/file/below/history.sqlite")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_url(f"sqlite:///{tmp_path}")


def test_a_transaction_that_raises_is_undone(history: History) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail(history)
    with history.read() as conn:
        assert conn.execute(select(table)).all() == []


def test_a_reader_sees_one_state(history: History) -> None:
    with history.read() as conn:
        assert conn.execute(select(table)).all() == []
        write(history)
        assert conn.execute(select(table)).all() == []


def test_times_come_back_aware_and_naive_ones_are_refused(history: History) -> None:
    write(history)
    with history.read() as conn:
        assert conn.execute(select(table.c.at)).scalar() == NOW
    with pytest.raises(Exception, match="keeps aware datetimes"), history.write() as conn:
        audit.record(conn, "ann", "test", "x", {}, NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"database": "nowhere"}, "/nowhere does not exist"),
        ({"port": 1}, "cannot be reached"),
        ({"username": "nobody"}, "does not let us in"),
    ],
)
def test_a_server_that_will_not(postgres_url: str, change: dict[str, object], said: str) -> None:
    from sqlalchemy.engine import make_url

    url = make_url(postgres_url).set(**change)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=said):
        open_url(str(url))


def test_a_server_that_only_reads(postgres_url: str) -> None:
    with open_url(postgres_url) as history, pytest.raises(StoreError, match="read-only"):
        write_read_only(history)


def test_two_that_wait_for_each_other_are_told_to_try_again(postgres_url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    meet = Barrier(2)
    with open_url(postgres_url) as history:
        for name in ("a", "b"):
            with history.write() as conn:
                audit.record(conn, name, "test", name, {}, NOW)

        def work(first: str, second: str) -> bool:
            try:
                with history.write() as conn:
                    for name in (first, second):
                        conn.execute(table.update().where(table.c.who == name).values(action=name))
                        if name == first:
                            meet.wait(20)
            except BusyError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(work, ("a", "b"), ("b", "a")))
        assert sorted(ended) == [False, True]
