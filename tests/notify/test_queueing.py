"""Threads and what is queued for them, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

from offcall.history.database import History
from offcall.notify import queueing
from offcall.notify.estate import QuietHours
from tests.notify.build import NOW, alert, place, rules
from tests.notify.queues import due, planned, sent, states


def test_what_ended_is_read_only_when_it_is_asked_for(history: History) -> None:
    book = rules()
    for state in ("open", "resolved"):
        one = alert(key="k", state=state, status=state)
        queueing.enqueue(history, planned(history, [one], book, NOW), NOW)
        sent(history, NOW)
    other = alert(key="other")
    queueing.enqueue(history, planned(history, [other], book, NOW), NOW)
    with history.read() as conn:
        assert {key for _, key in queueing.open_threads(conn)} == {"other"}
        assert {key for _, key in queueing.threads_of(conn, ["k", "nowhere"])} == {"k"}
        assert queueing.threads_of(conn, []) == {}
        assert queueing.told_of(conn, ["k", "other", "nowhere"]) == {"k", "other"}


def test_queued_once_and_sent_once(history: History) -> None:
    first = planned(history, [alert()], rules(), NOW)
    assert queueing.enqueue(history, first, NOW) == first
    assert planned(history, [alert()], rules(), NOW) == []
    assert queueing.enqueue(history, first, NOW) == []
    assert sent(history, NOW) == 1
    assert due(history, NOW + timedelta(days=1)) == []
    assert states(history) == [("new", "sent")]


def test_something_newer_replaces_what_waits(history: History) -> None:
    night = QuietHours.model_validate({"from": "22:00", "to": "07:00"})
    book = rules(places=(place(quiet=night),))
    late = NOW.replace(hour=23)
    queueing.enqueue(history, planned(history, [alert()], book, late), late)
    assert due(history, late) == []
    queueing.enqueue(history, planned(history, [alert(status="open")], book, late), late)
    morning = NOW + timedelta(days=1)
    assert sent(history, morning) == 1
    assert states(history) == [("new", "replaced"), ("new", "sent")]


def test_what_is_taken_back_is_not_said(history: History) -> None:
    night = QuietHours.model_validate({"from": "22:00", "to": "07:00"})
    book = rules(places=(place(quiet=night),))
    late = NOW.replace(hour=23)
    queueing.enqueue(history, planned(history, [alert()], book, NOW), NOW)
    sent(history, NOW)
    queueing.enqueue(history, planned(history, [alert(status="open")], book, late), late)
    queueing.enqueue(history, planned(history, [alert()], book, late), late)
    assert sent(history, NOW + timedelta(days=1)) == 0
    assert states(history) == [("new", "sent"), ("update", "replaced"), ("unsaid", "skipped")]
