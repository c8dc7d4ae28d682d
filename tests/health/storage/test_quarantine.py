"""Quarantine: nothing is dropped, everything can be tried again or discarded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from offcall.core.errors import UserError
from offcall.health.model import Delivery, Reject
from offcall.health.parse import parse
from offcall.health.storage import quarantine
from offcall.health.storage.store import events, ingest
from offcall.history.database import History
from offcall.history.schema.findings import audit
from tests.health.samples import ORIGIN, envelope

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
BROKEN = json.dumps(envelope())[:-9]


def hold(history: History, body: str = BROKEN, now: datetime = NOW) -> None:
    ingest(history, parse(body, origin=ORIGIN), now)


def test_a_broken_message_is_kept_whole_with_its_reason(history: History) -> None:
    hold(history)
    (one,) = quarantine.listed(history)
    assert one.body == BROKEN.encode()
    assert one.reason.startswith("the JSON is cut off")
    assert one.origin == ORIGIN
    assert (one.first_seen, one.last_seen, one.times) == (NOW, NOW, 1)
    assert quarantine.held(history, one.id) == one
    assert quarantine.held_count(history) == 1


def test_the_same_body_again_is_counted(history: History) -> None:
    hold(history)
    hold(history, now=LATER)
    hold(history, "{}", now=NOW)
    found = quarantine.listed(history)
    assert [(one.times, one.last_seen) for one in found] == [(2, LATER), (1, NOW)]


def test_after_an_upgrade_it_may_be_understood(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(history)
    hold(history, "{}")
    (still, _) = sorted(quarantine.retry(history, None, "ann", LATER), key=lambda one: one.id)
    assert still.settled_at is None
    assert quarantine.held_count(history) == 2

    def better(body: bytes, *, origin: object) -> list[Delivery | Reject]:
        whole = body + b'"OPERATIONS"]}}' if body == BROKEN.encode() else body
        return parse(json.dumps(envelope()) if whole != body else body, origin=ORIGIN)

    monkeypatch.setattr(quarantine, "parse", better)
    tried = quarantine.retry(history, None, "ann", LATER)
    assert sorted((one.settled_how or "") for one in tried) == ["", "parsed"]
    assert len(events(history)) == 1
    assert [one.body for one in quarantine.listed(history)] == [b"{}"]
    assert len(quarantine.listed(history, settled=True)) == 2
    with history.read() as conn:
        (line,) = conn.execute(select(audit)).all()
    assert (line.who, line.action) == ("ann", "retry message")


def test_discarding_needs_a_reason_and_is_audited(history: History) -> None:
    hold(history)
    (one,) = quarantine.listed(history)
    with pytest.raises(UserError, match="needs a reason"):
        quarantine.discard(history, one.id, "ann", " ", LATER)
    gone = quarantine.discard(history, one.id, "ann", "a test message", LATER)
    assert gone.settled_how == "discarded: a test message"
    assert gone.body == BROKEN.encode()
    assert quarantine.listed(history) == []
    with pytest.raises(UserError, match="out of quarantine already"):
        quarantine.discard(history, one.id, "ann", "again", LATER)
    with history.read() as conn:
        (line,) = conn.execute(select(audit)).all()
    assert line.detail == {"why": "a test message"}


def test_a_discarded_message_that_comes_again_stays_discarded(history: History) -> None:
    hold(history)
    (one,) = quarantine.listed(history)
    quarantine.discard(history, one.id, "ann", "noise", NOW)
    hold(history, now=LATER)
    assert quarantine.listed(history) == []
    assert quarantine.held(history, one.id).times == 2


def test_a_number_that_is_not_there(history: History) -> None:
    with pytest.raises(UserError, match="no message of that number"):
        quarantine.held(history, 7)
    with pytest.raises(UserError, match="no message of that number"):
        quarantine.retry(history, [7], "ann", NOW)
