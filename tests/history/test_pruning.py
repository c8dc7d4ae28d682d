"""What is over and old goes; what is open stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.findings import Finding
from offcall.core.registry import find_tool
from offcall.core.render import View, render
from offcall.health.model import Origin
from offcall.health.parse import parse
from offcall.health.schema import deliveries
from offcall.health.storage import quarantine as held
from offcall.health.storage import store
from offcall.history import pruning
from offcall.history.database import History
from offcall.history.findings import lookup, mute
from offcall.history.pruning import prune
from offcall.history.recording import record
from offcall.history.schema.findings import audit
from offcall.notify.schema import messages, threads
from tests.health.messages import message
from tests.history.build import A, B

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OLD = NOW - timedelta(days=500)
LONG = timedelta(days=400)
CLOSED = {"status": "closed", "lastUpdatedTime": "Sun, 01 Jun 2025 10:00:00 GMT"}


def took(history: History, length: timedelta = LONG, *, really: bool = True) -> dict[str, int]:
    result = prune(history, length, "ana", NOW, really=really)
    return {one.table: one.rows for one in result.tables if one.rows}


def bring(history: History, body: str, at: datetime = OLD) -> None:
    store.ingest(history, parse(body, origin=Origin(how="file")), at)


def tell(history: History, key: str, state: str, at: datetime, last: str = "sent") -> None:
    same = {"channel": "chat", "key": key, "version": 1, "alert": {}}
    with history.write() as conn:
        conn.execute(
            threads.insert().values(**same, state=state, revision="r", reference={}, updated_at=at)
        )
        told = {"occasion": "new", "severity": "high", "title": "t", "rule": "r", "attempts": 1}
        conn.execute(messages.insert().values(**same, **told, state=last, created_at=at, due_at=at))


def test_closed_events_go_with_their_messages_and_open_ones_stay(history: History) -> None:
    old = datetime(2025, 6, 1, tzinfo=UTC)
    bring(history, message(1, start=old, **CLOSED))
    bring(history, message(2, start=old))
    bring(history, message(3, start=old, **CLOSED), NOW)
    bring(history, message(4, status="closed", start=OLD, end=NOW))
    store.act(history, "000001", None, "acknowledge", "ana", OLD)
    would = took(history, really=False)
    assert would == {"health_event": 1, "health_delivery": 1, "health_action": 1}
    assert len(store.events(history)) == 4, "a dry run takes nothing"
    assert took(history) == would
    assert {int(one.arn[-1]) for one in store.events(history)} == {2, 3, 4}
    with history.read() as conn:
        assert len(conn.execute(select(deliveries.c.id)).all()) == 3
    assert took(history) == {}


def test_many_go_in_several_transactions(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 3)
    for number in range(8):
        bring(history, message(number, start=datetime(2025, 6, 1, tzinfo=UTC), **CLOSED))
    assert took(history) == {"health_event": 8, "health_delivery": 8}


def test_threads_that_ended_go_with_their_messages(history: History) -> None:
    tell(history, "over", "resolved", OLD)
    tell(history, "open", "open", OLD)
    tell(history, "new", "resolved", NOW)
    tell(history, "unsaid", "resolved", OLD, last="waiting")
    assert took(history) == {"notify_thread": 1, "notify_message": 1}
    with history.read() as conn:
        for table in (threads, messages):
            assert set(conn.execute(select(table.c.key)).scalars()) == {"open", "new", "unsaid"}


def test_resolved_findings_go_unless_somebody_still_waits_to_hear_it(history: History) -> None:
    record(history, "lifecycle", [A, B], OLD)
    record(history, "lifecycle", [], OLD)
    tell(history, f"finding|{B.fingerprint}", "open", OLD)
    other = Finding.model_validate({**A.model_dump(), "rule": "lifecycle-other"})
    record(history, "lifecycle", [other], OLD)
    assert took(history) == {"finding": 1}
    with history.read() as conn:
        left = {one.finding.fingerprint for one in lookup(conn, now=NOW)}
    assert left == {B.fingerprint, other.fingerprint}


def test_settled_messages_and_mutes_that_ran_out_go(history: History) -> None:
    bring(history, "{ one")
    bring(history, "{ two")
    held.discard(history, held.listed(history)[0].id, "ana", "a test", OLD)
    record(history, "lifecycle", [A, B], OLD)
    mute(history, A.fingerprint, "ana", "known", OLD + timedelta(days=1), OLD)
    mute(history, B.fingerprint, "ana", "known", None, OLD)
    assert took(history) == {"health_quarantine": 1, "mute": 1}
    assert len(held.listed(history)) == 1


def test_it_is_audited_and_the_audit_stays(history: History) -> None:
    record(history, "lifecycle", [A], OLD)
    mute(history, A.fingerprint, "ana", "known", None, OLD)
    took(history, really=False)
    took(history)
    with history.read() as conn:
        rows = conn.execute(select(audit.c.who, audit.c.action).order_by(audit.c.id)).all()
    assert [tuple(row) for row in rows] == [("ana", "mute finding"), ("ana", "prune history")]


def test_not_what_is_in_use(history: History) -> None:
    with pytest.raises(UserError, match="still in use"):
        prune(history, timedelta(hours=1), "ana", NOW, really=True)


def test_the_command(tmp_path: Path) -> None:
    with Context(Estate({"history": str(tmp_path / "h.sqlite")}), now=NOW) as ctx:
        tool = find_tool("history prune")
        dry = render(tool.call(ctx, older_than="400d"), "plain", View(now=NOW))
        assert "0 rows of what ended before Mon 20 Oct 2025 09:00 UTC would be taken" in dry
        done = render(tool.call(ctx, older_than="400d", yes=True), "plain", View(now=NOW))
        assert "taken out." in done
