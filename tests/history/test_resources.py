"""What the history keeps of the resources that were looked at."""

from __future__ import annotations

from datetime import UTC, datetime

from offcall.core.findings import Resource
from offcall.history.database import History
from offcall.history.resources import known, note

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DB = Resource(kind="rds instance", id="arn:aws:rds:us-east-1:111122223333:db:a", name="a")


def test_the_last_description_counts_and_no_tags_take_nothing_away(history: History) -> None:
    tagged = DB.model_copy(update={"tags": {"team": "orders"}})
    moved = DB.model_copy(update={"tags": {"team": "shop"}})
    for one, kept in ((tagged, tagged), (DB, tagged), (moved, moved)):
        history.transact(lambda conn, one=one: note(conn, history, "lifecycle", [one, one], NOW))
        with history.read() as conn:
            assert known(conn) == [kept]
