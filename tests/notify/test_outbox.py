"""The outbox, on SQLite and PostgreSQL: one message for one change, whoever runs and dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from offcall.history.database import History
from offcall.notify import outbox, queueing
from offcall.notify.plan import Occasion
from tests.notify.build import NOW, alert, rules
from tests.notify.queues import DEAD, due, planned, sent, states


def test_what_was_told_and_the_reference_of_the_first_are_kept(history: History) -> None:
    queueing.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    sent(history, NOW, {"ts": "1.0"})
    (update,) = planned(history, [alert(status="open")], rules(), NOW)
    assert update.occasion is Occasion.UPDATE
    queueing.enqueue(history, [update], NOW)
    (row,) = due(history, NOW)
    assert row.reference == {"ts": "1.0"}
    assert row.told == alert()
    sent(history, NOW)
    queueing.enqueue(history, planned(history, [alert(state="resolved")], rules(), NOW), NOW)
    (row,) = due(history, NOW)
    assert row.reference == {"ts": "1.0"}


def test_one_message_of_a_thread_at_a_time(history: History) -> None:
    queueing.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    (first,) = due(history, NOW)
    mine = outbox.claim(history, [first], "one", NOW, DEAD)
    queueing.enqueue(history, planned(history, [alert(status="open")], rules(), NOW), NOW)
    (second,) = due(history, NOW)
    assert outbox.claim(history, [second], "two", NOW, DEAD) == []
    outbox.settle(history, mine, outcome="ok", reference={"ts": "1.0"}, now=NOW)
    (second,) = due(history, NOW)
    (claimed,) = outbox.claim(history, [second], "two", NOW, DEAD)
    assert claimed.reference == {"ts": "1.0"}


def test_a_dead_workers_message_is_taken_over_after_a_while(history: History) -> None:
    queueing.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    (row,) = due(history, NOW)
    assert outbox.claim(history, [row], "dies", NOW, DEAD)
    assert due(history, NOW + timedelta(minutes=9)) == []
    later = NOW + timedelta(minutes=10)
    (again,) = due(history, later)
    assert again.attempts == 1
    assert len(outbox.claim(history, [again], "lives", later, DEAD)) == 1
    assert due(history, later) == []


def test_failures_wait_and_end_and_are_retried(history: History) -> None:
    queueing.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
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
    queueing.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    (row,) = due(history, NOW)
    mine = outbox.claim(history, [row], "w", NOW, DEAD)
    queueing.enqueue(history, planned(history, [alert(status="open")], rules(), NOW), NOW)
    outbox.give_up(history, mine, outcome="away", again_at=NOW, now=NOW)
    assert states(history) == [("new", "replaced"), ("new", "waiting")]
    # It takes its place as the first message, because the first was never sent.
    (row,) = due(history, NOW)
    assert row.told is None


def test_a_failure_with_something_newer_is_not_retried(history: History) -> None:
    queueing.enqueue(history, planned(history, [alert()], rules(), NOW), NOW)
    (row,) = due(history, NOW)
    mine = outbox.claim(history, [row], "w", NOW, DEAD)
    outbox.give_up(history, mine, outcome="no", again_at=None, now=NOW)
    queueing.enqueue(history, planned(history, [alert(status="open")], rules(), NOW), NOW)
    assert outbox.retry(history, NOW) == 0


def test_many_workers_at_once_send_everything_once(history: History) -> None:
    alerts = [alert(key=f"111122223333|arn:{number}") for number in range(30)]
    workers = 4
    start = Barrier(workers)
    sent_ids: list[int] = []

    def work(number: int) -> None:
        start.wait()
        for state in (alerts, [one.model_copy(update={"revision": "b"}) for one in alerts]):
            queueing.enqueue(history, planned(history, state, rules(), NOW), NOW)
            for row in due(history, NOW):
                for mine in outbox.claim(history, [row], f"w{number}", NOW, DEAD):
                    sent_ids.append(mine.id)
                    outbox.settle(history, [mine], outcome="ok", reference=None, now=NOW)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    sent(history, NOW)
    assert len(sent_ids) == len(set(sent_ids))
    with history.read() as conn:
        threads = queueing.open_threads(conn)
    assert len(threads) == len(alerts)
    assert all(one.told and one.told.revision == one.alert.revision for one in threads.values())


def test_a_digest_is_not_torn_in_two(history: History) -> None:
    alerts = [alert(key=f"k{number}") for number in range(20)]
    queueing.enqueue(history, planned(history, alerts, rules(), NOW), NOW)
    rows = due(history, NOW)
    start = Barrier(3)

    def work(number: int) -> int:
        start.wait()
        return len(outbox.claim(history, rows, f"w{number}", NOW, DEAD))

    with ThreadPoolExecutor(3) as pool:
        taken = sorted(pool.map(work, range(3)))
    assert taken == [0, 0, 20]
