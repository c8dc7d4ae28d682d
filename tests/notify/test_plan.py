"""What is said, when, and never twice: with examples, and whatever the order of things."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from offcall.core.findings import Severity
from offcall.notify.alerts import Alert
from offcall.notify.estate import Digest, Match, QuietHours
from offcall.notify.plan import Occasion, Sending, Thread, as_delivered, plan, threshold
from offcall.notify.routes import Rules
from tests.notify.build import NOW, alert, place, rule, rules

NIGHT = QuietHours.model_validate({"from": "22:00", "to": "07:00"})


@dataclass
class Memory:
    """The outbox as plain dictionaries: what the store does, without a database."""

    threads: dict[tuple[str, str], Thread] = field(default_factory=dict)
    waiting: dict[tuple[str, str], Sending] = field(default_factory=dict)
    said: list[tuple[datetime, str, Alert, Occasion]] = field(default_factory=list)

    def queue(self, sendings: list[Sending]) -> None:
        for one in sendings:
            at = (one.place.name, one.alert.key)
            known = self.threads.get(at)
            assert one.seen == (known.version if known else 0)
            self.waiting.pop(at, None)
            if one.occasion is not Occasion.UNSAID:
                self.waiting[at] = one
            self.threads[at] = Thread(
                one.seen + 1,
                one.alert,
                known.told if known else None,
                one.covered,
                one.due if at in self.waiting else None,
            )

    def deliver(self, now: datetime) -> None:
        for at, one in list(self.waiting.items()):
            if one.due <= now:
                thread = self.threads[at]
                occasion = as_delivered(one.occasion, one.alert, thread.told)
                self.said.append((now, at[0], one.alert, occasion))
                self.threads[at] = replace(thread, told=one.alert, waiting=None)
                del self.waiting[at]

    def run(self, alerts: list[Alert], book: Rules, now: datetime) -> list[Sending]:
        sendings = plan(alerts, book, self.threads, now)
        self.queue(sendings)
        self.deliver(now)
        return sendings

    def occasions(self) -> list[str]:
        return [str(occasion) for _, _, _, occasion in self.said]


def test_new_update_resolved_each_once() -> None:
    memory, book = Memory(), rules()
    first = alert(deadline=None, starts=None)
    moved = alert(deadline=None, starts=None, status="open")
    over = alert(deadline=None, starts=None, status="closed by AWS", state="resolved")
    for state in (first, first, moved, moved, over, over):
        memory.run([state], book, NOW)
    assert memory.occasions() == ["new", "update", "resolved"]


def test_what_was_over_before_it_was_seen_is_no_news() -> None:
    assert plan([alert(state="resolved")], rules(), {}, NOW) == []


def test_it_comes_back_after_it_was_over() -> None:
    memory, book = Memory(), rules()
    for state in (alert(), alert(state="resolved"), alert(status="open again")):
        memory.run([state], book, NOW)
    assert memory.occasions() == ["new", "resolved", "reopened"]


def test_reminders_come_once_each() -> None:
    memory, book = Memory(), rules()
    deadline = NOW + timedelta(days=40)
    one = alert(deadline=deadline, starts=deadline)
    said_on = []
    for hours in range(0, 42 * 24, 6):
        now = NOW + timedelta(hours=hours)
        before = len(memory.said)
        memory.run([one], book, now)
        memory.run([one], book, now)
        said_on += [(deadline - now).days for _ in memory.said[before:]]
    assert memory.occasions() == ["new", *["reminder"] * 4]
    assert said_on == [40, 30, 14, 7, 1]


def test_reminders_that_passed_before_are_in_the_first_message() -> None:
    memory, book = Memory(), rules()
    deadline = NOW + timedelta(days=5)
    one = alert(deadline=deadline)
    memory.run([one], book, NOW)
    assert memory.occasions() == ["new"]
    memory.run([one], book, deadline - timedelta(hours=20))
    assert memory.occasions() == ["new", "reminder"]


def test_after_a_long_pause_one_reminder_is_enough() -> None:
    memory, book = Memory(), rules()
    deadline = NOW + timedelta(days=40)
    memory.run([alert(deadline=deadline)], book, NOW)
    memory.run([alert(deadline=deadline)], book, deadline - timedelta(days=3))
    assert memory.occasions() == ["new", "reminder"]


def test_a_deadline_that_moves_away_is_an_update_and_reminds_anew() -> None:
    memory, book = Memory(), rules()
    near, far = NOW + timedelta(days=5), NOW + timedelta(days=60)
    memory.run([alert(deadline=near)], book, NOW)
    memory.run([alert(deadline=far)], book, NOW)
    memory.run([alert(deadline=far)], book, far - timedelta(days=30))
    assert memory.occasions() == ["new", "update", "reminder"]


def test_threshold() -> None:
    days = (1, 7, 14, 30)
    deadline = alert().deadline
    assert deadline is not None

    def left(**length: int) -> int | None:
        return threshold(alert(), days, deadline - timedelta(**length))

    assert [left(days=31), left(days=30), left(days=8), left(hours=3)] == [None, 30, 14, 1]
    assert left(days=-1) is None
    assert threshold(alert(state="resolved"), days, deadline) is None


def test_quiet_hours_hold_and_the_morning_tells_the_present_state() -> None:
    memory, book = Memory(), rules(places=(place(quiet=NIGHT),))
    night, later = NOW.replace(hour=23), NOW.replace(hour=23, minute=30)
    (held,) = memory.run([alert()], book, night)
    assert held.held == "quiet hours"
    assert held.due == datetime(2026, 11, 25, 7, tzinfo=UTC)
    memory.run([alert(status="open")], book, later)
    assert memory.said == []
    memory.run([alert(status="open")], book, held.due)
    assert [(a.status, str(o)) for _, _, a, o in memory.said] == [("open", "new")]


def test_what_began_and_ended_in_the_night_is_told() -> None:
    memory, book = Memory(), rules(places=(place(quiet=NIGHT),))
    memory.run([alert()], book, NOW.replace(hour=23))
    memory.run([alert(state="resolved")], book, NOW.replace(hour=23, minute=30))
    memory.run([alert(state="resolved")], book, NOW + timedelta(days=1))
    assert memory.occasions() == ["passed"]


def test_a_change_that_is_taken_back_in_the_night_is_not_told() -> None:
    memory, book = Memory(), rules(places=(place(quiet=NIGHT),))
    memory.run([alert()], book, NOW)
    memory.run([alert(status="open")], book, NOW.replace(hour=23))
    (back,) = memory.run([alert()], book, NOW.replace(hour=23, minute=30))
    assert back.occasion is Occasion.UNSAID
    memory.run([alert()], book, NOW + timedelta(days=1))
    assert memory.occasions() == ["new"]


def test_what_gets_worse_in_the_night_does_not_wait() -> None:
    memory, book = Memory(), rules(places=(place(quiet=NIGHT),))
    night = NOW.replace(hour=23)
    memory.run([alert()], book, night)
    memory.run([alert(severity=Severity.CRITICAL, status="open")], book, night)
    assert memory.occasions() == ["new"]


def test_digests_gather_until_their_time_and_are_not_put_off_by_changes() -> None:
    daily = Digest.model_validate({"at": "09:30"})
    book = rules(rule(digest="morning"), digests={"morning": daily})
    memory = Memory()
    (held,) = memory.run([alert()], book, NOW)
    due = NOW.replace(minute=30)
    assert (held.due, held.held) == (due, "digest 'morning'")
    # Nobody delivers at half past nine; a change at ten must not wait for tomorrow.
    memory.queue(plan([alert(status="open")], book, memory.threads, due + timedelta(minutes=30)))
    memory.deliver(due + timedelta(minutes=30))
    assert memory.occasions() == ["new"]


def test_who_was_told_is_told_the_end_though_the_route_no_longer_matches() -> None:
    memory = Memory()
    book = rules(rule(match=Match(severity=Severity.HIGH)))
    memory.run([alert()], book, NOW)
    memory.run([alert(severity=Severity.LOW, state="resolved")], book, NOW)
    assert memory.occasions() == ["new", "resolved"]


DAYS = (1, 7, 14, 30)
STATES = [
    alert(deadline=NOW + timedelta(days=days), state=state, status=status, severity=severity)
    for days in (2, 20, 45)
    for state, status in (("open", "upcoming"), ("open", "open"), ("resolved", "closed"))
    for severity in (Severity.MEDIUM, Severity.CRITICAL)
]
steps = st.lists(
    st.tuples(
        st.sampled_from(STATES),
        st.integers(min_value=0, max_value=15 * 24 * 60),
        # Whether delivery is reached, or the worker dies after it queued.
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(steps=steps, quiet=st.booleans(), digest=st.booleans())
def test_nothing_twice_and_nothing_lost(
    steps: list[tuple[Alert, int, bool]], quiet: bool, digest: bool
) -> None:
    daily = Digest.model_validate({"at": "09:30"})
    book = rules(
        rule(digest="d" if digest else None),
        places=(place(quiet=NIGHT if quiet else None),),
        digests={"d": daily},
    )
    memory, now, state = Memory(), NOW, None
    for state, minutes, alive in steps:
        now += timedelta(minutes=minutes)
        memory.queue(plan([state], book, memory.threads, now))
        # A restart plans again from what was kept: there must be nothing more to say.
        assert plan([state], book, memory.threads, now) == []
        if alive:
            memory.deliver(now)
    if state is None:
        return
    # Long after all quiet hours and digests (reminders apart), what was told is what is so.
    end = now + timedelta(days=2)
    memory.run([state], book, end)
    memory.run([state], book, end + timedelta(days=2))
    thread = memory.threads.get(("chat", state.key))
    if thread is None:
        assert all(one.state == "resolved" for one, _, _ in steps)
        return
    assert thread.told is not None
    assert thread.told.revision == state.revision
    # No two messages in a row say the same, except reminders, and each of these is nearer to the
    # deadline than whatever was said before.
    before: tuple[datetime, Alert] | None = None
    for at, _, said, occasion in memory.said:
        if occasion is Occasion.REMINDER:
            assert before is not None
            nearer, last = threshold(said, DAYS, at), threshold(before[1], DAYS, before[0])
            # A reminder that was held until after the deadline is still said, late as it is.
            assert nearer is None or last is None or nearer < last
        else:
            assert before is None or before[1].revision != said.revision
        before = (at, said)


def test_a_channel_hears_of_one_thing_once() -> None:
    event = alert()
    finding = alert(key="finding|f", kind="finding", same_as=(event.key,))
    places = (place("chat"), place("leads"))
    book = rules(
        rule("events", match=Match(kind=("event",))),
        rule("findings", match=Match(kind=("finding",)), to=("chat", "leads")),
        places=places,
    )
    memory = Memory()
    memory.run([event, finding], book, NOW)
    assert [(channel, a.kind) for _, channel, a, _ in memory.said] == [
        ("chat", "event"),
        ("leads", "finding"),
    ]
    # When the event is over and the finding is still there, it is news after all.
    over = alert(state="resolved")
    memory.run([over, finding.model_copy(update={"same_as": ()})], book, NOW)
    assert [(c, a.kind, str(o)) for _, c, a, o in memory.said[2:]] == [
        ("chat", "event", "resolved"),
        ("chat", "finding", "new"),
    ]


def test_the_worst_comes_first() -> None:
    low, bad = alert(key="a", severity=Severity.LOW), alert(key="b", severity=Severity.CRITICAL)
    assert [one.alert.key for one in plan([low, bad], rules(), {}, NOW)] == ["b", "a"]
