"""Opening: made when missing, migrated when old, refused when newer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, select, text

from offcall.core.context import Context
from offcall.core.errors import StoreError, UserError
from offcall.core.estate import Estate
from offcall.history import open_history
from offcall.history.database import History, connect
from offcall.history.migrate import config
from offcall.history.opening import head, location, open_url, version_of
from offcall.history.schema import whole
from offcall.history.schema.findings import findings


def shape(history: History) -> dict[str, object]:
    """Everything about the tables that a migration could get wrong."""
    with history.read() as conn:
        look = inspect(conn)
        return {
            table: {
                "columns": [
                    (one["name"], str(one["type"]), one["nullable"], one["default"])
                    for one in look.get_columns(table)
                ],
                "key": look.get_pk_constraint(table),
                "unique": sorted(str(one) for one in look.get_unique_constraints(table)),
                "indexes": sorted(
                    (
                        str(one["name"]),
                        one["column_names"],
                        one["unique"],
                        {name: str(value) for name, value in one["dialect_options"].items()},
                    )
                    for one in look.get_indexes(table)
                ),
                "foreign": sorted(str(one) for one in look.get_foreign_keys(table)),
            }
            for table in look.get_table_names()
        }


def test_a_fresh_history_is_made_and_stamped(history: History) -> None:
    with history.read() as conn:
        assert version_of(conn) == head()
        assert set(inspect(conn).get_table_names()) == {*whole().tables, "alembic_version"}


def test_the_version_in_the_file_names_is_the_one_alembic_knows(history: History) -> None:
    with history.read() as conn:
        assert ScriptDirectory.from_config(config(conn)).get_current_head() == head()


def test_migrations_from_nothing_give_the_schema_that_is_made_at_once(
    history: History, history_url: str, postgres_url: str, tmp_path: Path
) -> None:
    other = f"sqlite:///{tmp_path}/other.sqlite" if history.is_sqlite else postgres_url
    with connect(other) as migrated:
        with migrated.write() as conn:
            command.upgrade(config(conn), "head")
        assert shape(migrated) == shape(history)
        with migrated.read() as conn:
            assert compare_metadata(MigrationContext.configure(conn), whole()) == []


def test_an_old_history_is_migrated_when_it_is_opened(history_url: str) -> None:
    with connect(history_url) as old, old.write() as conn:
        command.upgrade(config(conn), "0001")
        conn.execute(
            text("INSERT INTO mute VALUES ('f', 'ann', 'known', :now, NULL)"),
            {"now": datetime(2026, 1, 1, tzinfo=UTC) if not old.is_sqlite else "2026-01-01"},
        )
    with open_url(history_url) as new, new.read() as conn:
        assert version_of(conn) == head()
        assert conn.execute(text("SELECT why FROM mute")).scalar() == "known"
        assert set(inspect(conn).get_table_names()) == {*whole().tables, "alembic_version"}


def test_copies_of_a_finding_become_one_life(history_url: str) -> None:
    with connect(history_url) as old, old.write() as conn:
        command.upgrade(config(conn), "0002")
        copies = [
            ("brief next 7 days", "f1", "lifecycle-forced-upgrade", True, 3, 4),
            ("brief next 30 days", "f1", "lifecycle-forced-upgrade", True, 1, 5),
            ("worker", "f1", "lifecycle-forced-upgrade", False, 2, 6),
            ("worker", "f2", "health-event-change", True, 2, 6),
            ("notify", "f3", "notify-undelivered", True, 2, 6),
        ]
        old.many(
            conn,
            "INSERT INTO finding (scope, fingerprint, rule, severity, title, resource, body, "
            "present, first_seen, new_since, last_seen, times_back) "
            "VALUES (?, ?, ?, 'high', '50%?', 'r', '{}', ?, ?, ?, ?, 0)",
            [(*row[:4], *map(old.timestamp, map(day, (row[4], row[4], row[5])))) for row in copies],
        )
    with open_url(history_url) as new, new.read() as conn:
        rows = conn.execute(select(findings).order_by(findings.c.fingerprint)).all()
    assert [(row.scope, row.fingerprint, row.present, row.title) for row in rows] == [
        ("lifecycle", "f1", False, "50%?"),
        ("health", "f2", True, "50%?"),
        ("notify", "f3", True, "50%?"),
    ]
    assert (rows[0].first_seen, rows[0].new_since, rows[0].last_seen) == (day(1), day(1), day(6))


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def test_a_newer_history_is_refused_in_words(history_url: str) -> None:
    with open_url(history_url) as history, history.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"written by a newer offcall .*9999") as caught:
        open_url(history_url)
    assert "upgrade offcall" in str(caught.value)


def test_many_may_open_a_history_that_is_not_there_yet(history_url: str) -> None:
    def opened(_: int) -> str | None:
        with open_url(history_url) as history, history.read() as conn:
            return version_of(conn)

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(opened, range(6))) == {head()}


def test_every_table_has_a_primary_key() -> None:
    assert isinstance(whole(), MetaData)
    assert all(table.primary_key.columns for table in whole().tables.values())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "not given as a URL"),
        ("mysql://host/db", "history cannot be kept in 'mysql'"),
        ("sqlite://", "history needs a file"),
    ],
)
def test_a_url_that_cannot_be_used_is_explained(url: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        connect(url)
    assert "expected" in str(caught.value)


def test_a_password_is_never_shown() -> None:
    with connect("postgresql://ann:secret@127.0.0.1:1/x") as history:
        assert "secret" not in history.url
        with pytest.raises(StoreError, match="cannot be reached") as caught, history.read():
            pass
        assert "secret" not in str(caught.value)


def test_the_estate_says_where_it_is_then_the_environment_then_the_user_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFCALL_HISTORY", "sqlite:////from/environment")
    estate = Estate({"history": "kept/here.sqlite"}, path=tmp_path / "offcall.yaml")
    assert location(Context(estate)) == f"sqlite:///{tmp_path}/kept/here.sqlite"
    assert location(Context(Estate())) == "sqlite:////from/environment"
    monkeypatch.delenv("OFFCALL_HISTORY")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert location(Context(Estate())) == f"sqlite:///{tmp_path}/offcall/history.sqlite"


def test_one_run_shares_one_history(tmp_path: Path) -> None:
    estate = Estate({"history": str(tmp_path / "h.sqlite")})
    with Context(estate) as ctx:
        assert open_history(ctx) is open_history(ctx)
    assert (tmp_path / "h.sqlite").is_file()


def test_a_demo_has_its_own_history_prepared_and_gone_at_the_end() -> None:
    prepared = []
    with Context(Estate(), demo=True, prepare=lambda ctx, history: prepared.append(history)) as ctx:
        history = open_history(ctx)
        assert prepared == [history]
        file = history.file
        assert file is not None
        assert file.is_file()
    assert not file.exists()
