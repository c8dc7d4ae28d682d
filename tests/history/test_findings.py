"""Findings muted until a day, and heard again."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from offcall.core.errors import UserError
from offcall.history.database import History
from offcall.history.findings import lookup, mute, muted, unmute
from offcall.history.recording import record
from offcall.history.schema.findings import audit
from tests.history.build import DAY, NOW, A, B


def test_muted_until_a_day(history: History) -> None:
    record(history, "lifecycle", [A, B], NOW)
    known = mute(history, A.fingerprint, "ann", "next quarter", NOW + 2 * DAY, NOW)
    assert known.state == "muted"
    assert known.mute is not None
    assert (known.mute.by, known.mute.why) == ("ann", "next quarter")
    during = record(history, "lifecycle", [A, B], NOW + DAY)
    assert (during.still, during.muted) == ((B,), (A,))
    after = record(history, "lifecycle", [A, B], NOW + 2 * DAY)
    assert (after.still, after.muted) == ((A, B), ())
    with history.read() as conn:
        assert muted(conn, NOW + 3 * DAY) == {}


def test_a_muted_one_is_resolved_in_silence(history: History) -> None:
    record(history, "lifecycle", [A], NOW)
    mute(history, A.fingerprint, "ann", "known", None, NOW)
    assert record(history, "lifecycle", [], NOW + DAY).resolved == ()
    with history.read() as conn:
        (known,) = lookup(conn, A.fingerprint, now=NOW + DAY)
    assert known.state == "resolved"


def test_muting_is_audited_and_can_be_undone(history: History) -> None:
    record(history, "lifecycle", [A], NOW)
    mute(history, A.fingerprint[:8], "ann", "known", None, NOW)
    mute(history, A.fingerprint, "bob", "known well", None, NOW)
    assert unmute(history, A.fingerprint, "bob", NOW + DAY).mute is None
    assert record(history, "lifecycle", [A], NOW + DAY).still == (A,)
    with history.read() as conn:
        lines = conn.execute(select(audit).order_by(audit.c.id)).all()
    assert [(one.who, one.action, one.at) for one in lines] == [
        ("ann", "mute finding", NOW),
        ("bob", "mute finding", NOW),
        ("bob", "unmute finding", NOW + DAY),
    ]
    assert {one.subject for one in lines} == {A.fingerprint}


@pytest.mark.parametrize(
    ("print_", "why", "until", "said"),
    [
        (A.fingerprint, " ", None, "needs a reason"),
        (A.fingerprint, "x", NOW, "end before it begins"),
        ("ffff0000", "x", None, "no such finding"),
        ("", "x", None, "several findings begin like this"),
    ],
)
def test_a_mute_that_makes_no_sense(
    history: History, print_: str, why: str, until: datetime | None, said: str
) -> None:
    record(history, "lifecycle", [A, B], NOW)
    with pytest.raises(UserError, match=said):
        mute(history, print_, "ann", why, until, NOW)
    with pytest.raises(UserError, match="is not muted"):
        unmute(history, A.fingerprint, "ann", NOW)
