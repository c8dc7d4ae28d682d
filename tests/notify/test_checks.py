"""The checks of notify: their own examples, and facts read from the history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from offcall.core.checks import Check, checks_of
from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.history.database import History
from offcall.notify import outbox, queueing
from offcall.notify.brief import contribute
from offcall.notify.plan import plan
from offcall.notify.snapshot import read_deliveries
from tests.notify.build import NOW, alert, place, rules

DEAD = timedelta(minutes=10)


@pytest.mark.parametrize("one", checks_of("notify"), ids=lambda one: one.id)
def test_examples(one: Check) -> None:
    assert list(one(one.fails.snapshot(), one.fails.now))
    assert not list(one(one.passes.snapshot(), one.passes.now))


def test_deliveries_of_the_history(history: History) -> None:
    book = rules(places=(place("chat"), place("mail", "email")))
    queueing.enqueue(history, plan([alert(key="a"), alert(key="b")], book, {}, NOW), NOW)
    with history.read() as conn:
        rows = outbox.due(conn, NOW, DEAD)
    for row in rows:
        mine = outbox.claim(history, [row], "w", NOW, DEAD)
        if row.channel == "chat":
            outbox.settle(history, mine, outcome="ok", reference=None, now=NOW)
        elif row.alert.key == "a":
            outbox.give_up(history, mine, outcome="550 no such user", again_at=None, now=NOW)
        else:
            later = NOW + timedelta(minutes=1)
            outbox.give_up(history, mine, outcome="451 later", again_at=later, now=NOW)
    chat, mail = read_deliveries(history, NOW).channels
    assert (chat.name, chat.failed, chat.retrying, chat.last_sent) == ("chat", 0, 0, NOW)
    assert (mail.name, mail.failed, mail.retrying) == ("mail", 1, 1)
    (finding,) = (f for one in checks_of("notify") for f in one(read_deliveries(history, NOW), NOW))
    assert finding.title == "1 message could not be delivered to 'mail'"
    assert finding.next_step is not None
    assert "offcall notify test --channel mail --send" in finding.next_step


def test_an_estate_without_channels_adds_nothing_to_the_brief() -> None:
    with Context(Estate(), now=NOW) as ctx:
        assert contribute(ctx, ctx.window("next week")).findings == ()
