"""The outbox, on SQLite and PostgreSQL: one message for one change, whoever runs and dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

from sqlalchemy import select

from offcall.history.database import History
from offcall.notify import outbox
from offcall.notify.alerts import Alert
from offcall.notify.estate import QuietHours
from offcall.notify.plan import Occasion, Sending, plan
from offcall.notify.routes import Rules
from offcall.notify.schema import messages
from tests.notify.build import NOW, alert, place, rules

DEAD = timedelta(minutes=10)


def planned(history: History, alerts: list[Alert], book: Rules, now: datetime) -> list[Sending]:
    with history.read() as conn:
        threads = outbox.open_threads(conn)
    return plan(alerts, book, threads, now)


def test_what_ended_is_read_only_when_it_is_asked_for(history: History) -> None:
    book = rules()
    for state in ("open", "resolved"):
        one = alert(key="k", state=state, status=state)
        outbox.enqueue(history, planned(history, [one], book, NOW), NOW)
        sent(history, NOW)
    other = alert(key="other")
    outbox.enqueue(history, planned(history, [other], book, NOW), NOW)
    with history.read() as conn:
        assert {key for _, key in outbox.open_threads(conn)} == {"other"}
        assert {key for _, key in outbox.threads_of(conn, ["k", "nowhere"])} == {"k"}
        assert outbox.threads_of(conn, []) == {}
        assert outbox.told_of(conn, ["k", "other", "nowhere"]) == {"k", "other"}


def due(history: History, now: datetime) -> list[outbox.Queued]:
    with history.read() as conn:
        return outbox.due(conn, now, DEAD)


def states(history: History) -> list[tuple[str, str]]:
    with history.read() as conn:
        rows = conn.execute(select(messages.c.occasion, messages.c.state).order_by(messages.c.id))
        return [(row.occasion, row.state) for row in rows]


def sent(history: History, now: datetime, reference: dict[str, str] | None = None) -> int:
    """Claim and settle everything that is due, one by one."""
    rows = due(history, now)
    for row in rows:
        mine = outbox.claim(history, [row], "w", now, DEAD)
        outbox.settle(history, mine, outcome="ok", reference=reference, now=now)
    return len(rows)


def test_queued_once_and_sent_once(history: History) -> None:
    first = planned(history, [alert()], rules(), NOW)
    assert outbox.enqueue(history, first, NOW) == first
    assert planned(history, [alert()], rules(), NOW) == []
    assert outbox.enqueue(history, first, NOW) == []
    assert sent(history, NOW) == 1
    assert due(history, NOW + timedelta(days=1)) == []
    assert states(history) == [("new", "sent")]


def test_what_was_told_and_the_reference_of_the_first_are_kept(history: History) -> None:
    outbox.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    sent(history, NOW, {"ts": "1.0"})
    (update,) = planned(history, [alert(status="open")], rules(), NOW)
    assert update.occasion is Occasion.UPDATE
    outbox.enqueue(history, [update], NOW)
    (row,) = due(history, NOW)
    assert row.reference == {"ts": "1.0"}
    assert row.told == alert()
    sent(history, NOW)
    outbox.enqueue(history, planned(history, [alert(state="resolved")], rules(), NOW), NOW)
    (row,) = due(history, NOW)
    assert row.reference == {"ts": "1.0"}


def test_something_newer_replaces_what_waits(history: History) -> None:
    night = QuietHours.model_validate({"from": "22:00", "to": "07:00"})
    book = rules(places=(place(quiet=night),))
    late = NOW.replace(hour=23)
    outbox.enqueue(history, planned(history, [alert()], book, late), late)
    assert due(history, late) == []
    outbox.enqueue(history, planned(history, [alert(status="open")], book, late), late)
    morning = NOW + timedelta(days=1)
    assert sent(history, morning) == 1
    assert states(history) == [("new", "replaced"), ("new", "sent")]


def test_what_is_taken_back_is_not_said(history: History) -> None:
    night = QuietHours.model_validate({"from": "22:00", "to": "07:00"})
    book = rules(places=(place(quiet=night),))
    late = NOW.replace(hour=23)
    outbox.enqueue(history, planned(history, [alert()], book, NOW), NOW)
    sent(history, NOW)
    outbox.enqueue(history, planned(history, [alert(status="open")], book, late), late)
    outbox.enqueue(history, planned(history, [alert()], book, late), late)
    assert sent(history, NOW + timedelta(days=1)) == 0
    assert states(history) == [("new", "sent"), ("update", "replaced"), ("unsaid", "skipped")]


def test_one_message_of_a_thread_at_a_time(history: History) -> None:
    outbox.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    (first,) = due(history, NOW)
    mine = outbox.claim(history, [first], "one", NOW, DEAD)
    outbox.enqueue(history, planned(history, [alert(status="open")], rules(), NOW), NOW)
    (second,) = due(history, NOW)
    assert outbox.claim(history, [second], "two", NOW, DEAD) == []
    outbox.settle(history, mine, outcome="ok", reference={"ts": "1.0"}, now=NOW)
    (second,) = due(history, NOW)
    (claimed,) = outbox.claim(history, [second], "two", NOW, DEAD)
    assert claimed.reference == {"ts": "1.0"}


def test_a_dead_workers_message_is_taken_over_after_a_while(history: History) -> None:
    outbox.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    (row,) = due(history, NOW)
    assert outbox.claim(history, [row], "dies", NOW, DEAD)
    assert due(history, NOW + timedelta(minutes=9)) == []
    later = NOW + timedelta(minutes=10)
    (again,) = due(history, later)
    assert again.attempts == 1
    assert len(outbox.claim(history, [again], "lives", later, DEAD)) == 1
    assert due(history, later) == []


def test_failures_wait_and_end_and_are_retried(history: History) -> None:
    outbox.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    (row,) = due(history, NOW)
    mine = outbox.claim(history, [row], "w", NOW, DEAD)
    soon = NOW + timedelta(minutes=1)
    outbox.give_up(history, mine, outcome="away", again_at=soon, now=NOW)
    assert due(history, NOW) == []
    (row,) = due(history, soon)
    mine = outbox.claim(history, [row], "w", soon, DEAD)
    assert mine[0].attempts == 2
    outbox.give_up(history, mine, outcome="away", again_at=None, now=soon)
    assert states(history) == [("new", "failed")]
    assert planned(history, [alert()], rules(), soon) == []
    assert outbox.retry(history, soon, [row.id + 1]) == 0
    assert outbox.retry(history, soon) == 1
    (row,) = due(history, soon)
    assert row.attempts == 0


def test_a_failure_does_not_come_after_something_newer(history: History) -> None:
    outbox.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    (row,) = due(history, NOW)
    mine = outbox.claim(history, [row], "w", NOW, DEAD)
    outbox.enqueue(history, planned(history, [alert(status="open")], rules(), NOW), NOW)
    outbox.give_up(history, mine, outcome="away", again_at=NOW, now=NOW)
    assert states(history) == [("new", "replaced"), ("new", "waiting")]
    # It takes its place as the first message, because the first was never sent.
    (row,) = due(history, NOW)
    assert row.told is None


def test_a_failure_with_something_newer_is_not_retried(history: History) -> None:
    outbox.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    (row,) = due(history, NOW)
    mine = outbox.claim(history, [row], "w", NOW, DEAD)
    outbox.give_up(history, mine, outcome="no", again_at=None, now=NOW)
    outbox.enqueue(history, planned(history, [alert(status="open")], rules(), NOW), NOW)
    assert outbox.retry(history, NOW) == 0


def test_many_workers_at_once_send_everything_once(history: History) -> None:
    alerts = [alert(key=f"111122223333|arn:{number}") for number in range(30)]
    workers = 4
    start = Barrier(workers)
    sent_ids: list[int] = []

    def work(number: int) -> None:
        start.wait()
        for state in (alerts, [one.model_copy(update={"revision": "b"}) for one in alerts]):
            outbox.enqueue(history, planned(history, state, rules(), NOW), NOW)
            for row in due(history, NOW):
                for mine in outbox.claim(history, [row], f"w{number}", NOW, DEAD):
                    sent_ids.append(mine.id)
                    outbox.settle(history, [mine], outcome="ok", reference=None, now=NOW)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    sent(history, NOW)
    assert len(sent_ids) == len(set(sent_ids))
    with history.read() as conn:
        threads = outbox.open_threads(conn)
    assert len(threads) == len(alerts)
    assert all(one.told and one.told.revision == one.alert.revision for one in threads.values())


def test_a_digest_is_not_torn_in_two(history: History) -> None:
    alerts = [alert(key=f"k{number}") for number in range(20)]
    outbox.enqueue(history, planned(history, alerts, rules(), NOW), NOW)
    rows = due(history, NOW)
    start = Barrier(3)

    def work(number: int) -> int:
        start.wait()
        return len(outbox.claim(history, rows, f"w{number}", NOW, DEAD))

    with ThreadPoolExecutor(3) as pool:
        taken = sorted(pool.map(work, range(3)))
    assert taken == [0, 0, 20]
