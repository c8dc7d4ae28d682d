"""Storing: once each, whatever comes, by however many workers, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import random
import zoneinfo
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from offcall.core.errors import StoreError, UserError
from offcall.core.windows import Window
from offcall.health.fold import fold
from offcall.health.model import ActionKind, Delivery, Entity, Feed, Origin, Reject
from offcall.health.parse import parse
from offcall.health.schema import deliveries, quarantine
from offcall.health.schema import events as events_table
from offcall.health.storage.store import act, event, events, feeds, ingest, messages
from offcall.history.database import History
from offcall.history.opening import open_url
from offcall.history.schema import whole
from offcall.history.schema.findings import audit
from tests.health.samples import ARN, ORIGIN, delivery, envelope, updates

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def count(history: History, table: object) -> int:
    with history.read() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def numbered(number: int, **detail: object) -> Delivery:
    return delivery(eventArn=f"{ARN}{number}", communicationId=f"c{number}-1", **detail)


def window(start: str | None, end: str | None) -> Window:
    def at(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None

    return Window(at(start), at(end), "", zoneinfo.ZoneInfo("UTC"))


def test_what_goes_in_comes_out(history: History) -> None:
    report = ingest(history, [delivery()], NOW)
    assert (report.messages, report.new, report.created) == (1, 1, 1)
    (state,) = events(history)
    assert state.description == "Python 3.9 ends."
    expected = fold([delivery()])
    expected.first_seen = NOW
    assert state == expected


def test_the_same_again_is_nothing_new(history: History) -> None:
    ingest(history, [delivery(), delivery()], NOW)
    report = ingest(history, [delivery()], LATER)
    assert (report.new, report.duplicates, report.created, report.changed) == (0, 1, 0, 0)
    assert count(history, deliveries) == 1
    assert event(history, ARN).first_seen == NOW


def test_a_copy_by_another_way_is_remembered_but_no_change(history: History) -> None:
    ingest(history, [delivery()], NOW)
    body = envelope(backupEvent="true")
    body["region"] = "us-east-1"
    (copy,) = parse(json.dumps(body), origin=Origin(how="sqs", region="us-east-1"))
    report = ingest(history, [copy], LATER)
    assert (report.new, report.duplicates, report.changed) == (0, 1, 0)
    state = event(history, ARN)
    assert state.feeds == (
        Feed("file", "us-west-2", "999988887777", backup=False),
        Feed("sqs", "us-east-1", "999988887777", backup=True),
    )
    assert events(history, changed_since=NOW) == []
    assert [(one.how, one.messages, one.new_messages) for one in feeds(history)] == [
        ("file", 1, 1),
        ("sqs", 1, 0),
    ]


def test_feeds_know_when_they_last_brought_something(history: History) -> None:
    ingest(history, [numbered(1)], NOW)
    late = numbered(2)
    late.sent_at = datetime(2026, 2, 2, tzinfo=UTC)
    ingest(history, [late, numbered(3)], LATER)
    (feed,) = feeds(history)
    assert (feed.first_seen, feed.last_seen) == (NOW, LATER)
    assert feed.last_sent == datetime(2026, 2, 2, tzinfo=UTC)
    assert (feed.messages, feed.new_messages) == (3, 3)


def test_an_update_changes_the_state_and_says_so(history: History) -> None:
    ingest(history, [delivery()], NOW)
    update = delivery(
        communicationId="2-1", statusCode="open", lastUpdatedTime="2026-02-01T00:00:00Z"
    )
    report = ingest(history, [update], LATER)
    assert (report.new, report.created, report.changed) == (1, 0, 1)
    state = event(history, ARN)
    assert state.status == "open"
    assert len(state.timeline) == 2
    assert state.first_seen == NOW
    assert [one.arn for one in events(history, changed_since=NOW)] == [ARN]
    assert events(history, status="upcoming") == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(updates(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    history: History, found: list[Delivery], dice: random.Random
) -> None:
    with history.write() as conn:
        for table in reversed(whole().sorted_tables):
            conn.execute(table.delete())
    again = [msgspec.structs.replace(one) for one in (*found, *dice.choices(found, k=2))]
    dice.shuffle(again)
    cut = dice.randint(0, len(again))
    ingest(history, again[:cut], NOW)
    ingest(history, again[cut:], NOW, batch=2)
    expected = fold([msgspec.structs.replace(one, received=NOW) for one in found])
    state = event(history, ARN)
    assert state.first_seen == NOW
    state.first_seen = None
    assert state == expected


def test_accounts_and_the_public_are_kept_apart(history: History) -> None:
    ingest(
        history,
        [
            delivery(affectedAccount="111111111111"),
            delivery(affectedAccount="222222222222"),
            delivery(eventScopeCode="PUBLIC", eventTypeCategory="issue"),
        ],
        NOW,
    )
    assert [one.account for one in events(history)] == [None, "111111111111", "222222222222"]
    assert event(history, ARN, "222222222222").account == "222222222222"
    with pytest.raises(UserError, match="several accounts"):
        event(history, ARN)
    mine = events(history, account="111111111111")
    assert [one.is_public for one in mine] == [True, False]
    assert [one.account for one in events(history, scope="PUBLIC")] == [None]


def test_events_are_found_by_what_is_asked(history: History) -> None:
    ingest(
        history,
        [
            numbered(1, startTime="2026-04-01T00:00:00Z", eventRegion="eu-west-1"),
            numbered(2, startTime="2026-03-10T00:00:00Z", service="RDS", statusCode="open"),
            numbered(3, startTime=..., eventTypeCategory="issue", eventRegion="global"),
            numbered(
                4,
                startTime="2026-01-01T00:00:00Z",
                endTime="2026-01-02T00:00:00Z",
                statusCode="closed",
            ),
            numbered(
                5,
                startTime="2026-01-01T00:00:00Z",
                statusCode="closed",
                lastUpdatedTime="2026-01-20T00:00:00Z",
            ),
        ],
        NOW,
    )

    def found(**asked: object) -> list[str]:
        return [one.arn.removeprefix(ARN) for one in events(history, **asked)]  # type: ignore[arg-type]

    assert found() == ["4", "5", "2", "1", "3"]
    assert found(region="eu-west-1") == ["1", "3"]
    assert found(service="rds") == ["2"]
    assert found(category="issue") == ["3"]
    assert found(status=["open", "closed"]) == ["4", "5", "2"]
    assert found(starting=window("2026-03-09", "2026-04-01")) == ["2"]
    assert found(window=window("2026-03-09", "2026-03-11")) == ["2", "3"]
    assert found(window=window("2026-01-01T12:00", "2026-01-01T13:00")) == ["4", "5"]
    assert found(window=window("2026-01-03", "2026-01-04")) == ["5"]
    assert found(window=window("2026-01-21", "2026-01-22")) == []
    assert found(window=window(None, None)) == found()
    assert found(limit=2) == ["4", "5"]
    assert found(code="AWS_NOTHING") == []
    assert [one.description for one in events(history, status="open", texts=False)] == [None]


def test_an_event_is_found_by_the_end_of_its_name_or_a_piece(history: History) -> None:
    ingest(history, [numbered(1), numbered(12)], NOW)
    assert event(history, "_4b511").arn == f"{ARN}1"
    assert event(history, "4b5112").arn == f"{ARN}12"
    with pytest.raises(UserError, match="no such event"):
        event(history, "%")
    with pytest.raises(UserError, match="several events"):
        event(history, "_LIFECYCLE_")


def test_the_messages_of_an_event_are_kept_as_they_came(history: History) -> None:
    body = json.dumps(envelope())
    ingest(history, parse(json.dumps(body), origin=ORIGIN), NOW)
    state = event(history, ARN)
    assert messages(history, state) == [body.encode()]
    assert state.notes == ("encoded twice",)


def test_notes_of_the_wrapping_outlive_an_update(history: History) -> None:
    ingest(history, parse(json.dumps(json.dumps(envelope())), origin=ORIGIN), NOW)
    ingest(history, [delivery(communicationId="2-1", statusCode="open")], LATER)
    assert event(history, ARN).notes == ("encoded twice",)


def test_rejects_go_to_quarantine_in_the_same_transaction(history: History) -> None:
    bad = Reject(reason="no", body=b"\x00\xff", origin=ORIGIN, line=7)
    report = ingest(history, [delivery(), bad, bad], NOW)
    assert (report.messages, report.new, report.rejected) == (3, 1, 2)
    assert count(history, quarantine) == 1


def test_a_batch_is_stored_whole_or_not_at_all(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("offcall.health.storage.storing.hold", dies)
    with pytest.raises(KeyboardInterrupt):
        ingest(history, [delivery()], NOW)
    assert count(history, deliveries) == 0
    assert count(history, events_table) == 0


def test_batches_before_a_failure_stay(history: History) -> None:
    def items() -> object:
        yield numbered(1)
        yield numbered(2)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        ingest(history, items(), NOW, batch=1)  # type: ignore[arg-type]
    assert count(history, events_table) == 2
    assert ingest(history, [numbered(1), numbered(2)], NOW).new == 0


def test_several_workers_store_everything_once(history_url: str) -> None:
    found = []
    for number in range(40):
        found += [
            numbered(number),
            delivery(
                eventArn=f"{ARN}{number}",
                communicationId=f"u{number}-1",
                statusCode="open",
                lastUpdatedTime="2026-02-01T00:00:00Z",
            ),
        ]

    def work(seed: int) -> int:
        mine = [msgspec.structs.replace(one) for one in found]
        random.Random(seed).shuffle(mine)
        with open_url(history_url) as history:
            return ingest(history, mine, NOW, batch=7).new

    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(work, range(4)))
    assert sum(stored) == 80
    with open_url(history_url) as history:
        states = events(history)
        assert len(states) == 40
        assert count(history, deliveries) == 80
        assert {one.status for one in states} == {"open"}
        assert {len(one.timeline) for one in states} == {2}
        (feed,) = feeds(history)
        assert (feed.messages, feed.new_messages) == (320, 80)


# What people do ------------------------------------------------------------------------------


def test_people_acknowledge_plan_and_close(history: History) -> None:
    ingest(history, [delivery()], NOW)
    act(history, ARN, None, ActionKind.ACKNOWLEDGE, "ann", NOW, note="mine")
    planned = datetime(2026, 4, 1, tzinfo=UTC)
    state = act(
        history, ARN, None, "plan", "bob", LATER, planned_for=planned, entity="pay", note="in May"
    )
    value = "arn:aws:lambda:us-west-2:111122223333:function:pay"
    assert [(one.kind, one.by, one.entity) for one in state.actions] == [
        ("acknowledge", "ann", None),
        ("plan", "bob", value),
    ]
    whole, one = state.standing(), state.standing(value)
    assert whole is not None
    assert whole.by == "ann"
    assert one is not None
    assert (one.kind, one.planned_for, one.note) == ("plan", planned, "in May")
    assert events(history) == [state]
    with history.read() as conn:
        lines = conn.execute(select(audit).order_by(audit.c.id)).all()
    assert [(line.who, line.action, line.subject) for line in lines] == [
        ("ann", "acknowledge event", ARN),
        ("bob", "plan event", ARN),
    ]
    assert lines[1].detail["planned_for"] == "2026-04-01T00:00:00+00:00"


def test_what_people_said_outlives_an_update_and_can_be_taken_back(history: History) -> None:
    ingest(history, [delivery()], NOW)
    act(history, ARN, None, "close", "ann", NOW)
    ingest(history, [delivery(communicationId="2-1", statusCode="open")], LATER)
    closed = event(history, ARN).standing()
    assert closed is not None
    assert closed.kind == "close"
    assert act(history, ARN, None, "reopen", "bob", LATER).standing() is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"kind": "ignore"}, "unknown action"),
        ({"kind": "close", "planned_for": LATER}, "only a plan has a date"),
        ({"kind": "plan", "planned_for": NOW - timedelta(days=1)}, "a plan is for the future"),
        ({"kind": "close", "entity": "nobody"}, "does not name this resource"),
        ({"kind": "close", "arn": "nothing"}, "no such event"),
    ],
)
def test_an_action_that_makes_no_sense_is_refused(
    history: History, arguments: dict[str, object], said: str
) -> None:
    ingest(history, [delivery()], NOW)
    asked = {"arn": ARN, "account": None, "by": "ann", "now": NOW, **arguments}
    with pytest.raises(UserError, match=said):
        act(history, **asked)  # type: ignore[arg-type]
    assert count(history, audit) == 0


def test_an_entity_that_several_end_like_must_be_named_better(history: History) -> None:
    both = [{"entityValue": "a/db"}, {"entityValue": "b/db"}]
    ingest(history, [delivery(affectedEntities=both)], NOW)
    with pytest.raises(UserError, match="several resources"):
        act(history, ARN, None, "close", "ann", NOW, entity="db")
    state = act(history, ARN, None, "close", "ann", NOW, entity="a/db")
    assert state.entities[0] == Entity(
        value="a/db", last_updated=datetime(2026, 1, 27, 1, 43, 21, tzinfo=UTC)
    )


def test_a_stored_message_that_cannot_be_read_any_more_is_said(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(history, [delivery()], NOW)
    monkeypatch.setattr("offcall.health.storage.refold.parse", lambda body, origin: [])
    with pytest.raises(StoreError, match="cannot be read any more"):
        ingest(history, [delivery(communicationId="2-1")], LATER)
