"""A room brings its tables along: the history makes, counts and prunes them unasked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

import offcall
from offcall.history.looking import describe
from offcall.history.opening import open_url
from offcall.history.pruning import prune
from offcall.history.schema import metadata, parts, whole

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

SCHEMA = """
from sqlalchemy import Column, Table, Text, func, select

from offcall.history.schema import Part, Prunable, UTCDateTime, metadata

drills = Table(
    "sample_drill",
    metadata,
    Column("name", Text, primary_key=True),
    Column("ended", UTCDateTime, nullable=False),
)
PART = Part(
    prunable=(Prunable(drills, (drills.c.name,), lambda before: drills.c.ended < before),),
    keeps=((drills, drills.c.name == "famous"),),
    begins=(drills.c.ended,),
    counts={"drills": select(func.count()).select_from(drills)},
)
"""


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A room with a table."""
    room = tmp_path / "rooms" / "sample"
    room.mkdir(parents=True)
    (room / "__init__.py").touch()
    (room / "schema.py").write_text(SCHEMA)
    monkeypatch.setattr(offcall, "__path__", [*offcall.__path__, str(room.parent)])
    yield
    metadata.remove(whole().tables["sample_drill"])
    for name in [name for name in sys.modules if name.startswith("offcall.sample")]:
        del sys.modules[name]


@pytest.mark.usefixtures("sample")
def test_the_tables_of_a_room_are_made_counted_and_pruned(history_url: str) -> None:
    with open_url(history_url) as history:
        table = metadata.tables["sample_drill"]
        rows = [
            {"name": name, "ended": NOW - timedelta(days=days)}
            for name, days in {"old": 500, "famous": 500, "new": 5}.items()
        ]
        with history.write() as conn:
            conn.execute(insert(table), rows)
        before = describe(history)
        assert (before.rows["sample_drill"], before.counts["drills"]) == (3, 3)
        assert before.oldest == NOW - timedelta(days=500)
        result = prune(history, timedelta(days=400), "ana", NOW, really=True)
        assert {one.table: one.rows for one in result.tables}["sample_drill"] == 1
        with history.read() as conn:
            assert set(conn.execute(select(table.c.name)).scalars()) == {"famous", "new"}


def test_every_room_says_what_of_its_tables_can_go() -> None:
    """Or it would only ever grow."""
    assert {"health", "history", "notify"} <= parts().keys()
    pruned = {
        table.name
        for part in parts().values()
        for what in part.prunable
        for table in (what.table, *(other for other, _ in what.parts))
    }
    for_ever = {"audit", "health_feed", "resource"}
    assert pruned | for_ever >= whole().tables.keys()
