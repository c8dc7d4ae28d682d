"""Rows that are made without deliveries and states are those that these would give."""

from __future__ import annotations

import io
import itertools
import json
import random
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from offcall.health.fold import fold
from offcall.health.model import Delivery
from offcall.health.parse import parse
from offcall.health.parse.stream import messages_in
from offcall.health.parse.usual import Usual
from offcall.health.schema import events
from offcall.health.storage.gather import Gathered
from offcall.health.storage.ingest import ingest_batches
from offcall.health.storage.keys import event_key
from offcall.health.storage.refold import differs, kept
from offcall.health.storage.rows import Stamp, columns_of
from offcall.history.database import History
from offcall.history.schema import whole
from tests.health.samples import ARN, ORIGIN, envelope

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_NOT_FOLDED = ("id", "key", "account", "arn", "first_seen", "changed_at")


def as_text(value: datetime | None) -> str | None:
    """As SQLite takes it."""
    return None if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def as_it_is(value: datetime | None) -> datetime | None:
    """As PostgreSQL takes it."""
    return value


_times = st.sampled_from(
    [
        "Tue, 27 Jan 2026 01:43:21 GMT",
        "2026-01-27T01:43:21Z",
        "Wed, 28 Jan 2026 00:00:00 GMT",
        "2026-02-03 00:00:00",
        "2099-02-03T00:00:00Z",
        "soon",
        "",
        ...,
    ]
)
_details = st.fixed_dictionaries(
    {"eventArn": st.sampled_from([ARN, f"{ARN}-2"])},
    optional={
        "statusCode": st.sampled_from(["closed", "closed", "closed", "open", "Closed", ...]),
        "communicationId": st.sampled_from(["a-1", "b-1", "b-2", "b", "c-1", ...]),
        "page": st.sampled_from(["1", "2", 1]),
        "totalPages": st.sampled_from(["1", "2"]),
        "lastUpdatedTime": _times,
        "startTime": _times,
        "endTime": _times,
        "service": st.sampled_from(["LAMBDA", "RDS", ""]),
        "eventTypeCategory": st.sampled_from(["issue", "Issue", ""]),
        "eventRegion": st.sampled_from(["eu-west-1", ...]),
        "eventScopeCode": st.sampled_from(["PUBLIC", "NONE", ...]),
        "affectedAccount": st.sampled_from(["444455556666", 444455556666, ...]),
        "affectedEntities": st.sampled_from([[], [{"entityValue": "a"}], [{"entityValue": ""}]]),
        "backupEvent": st.sampled_from(["true", "false"]),
        "eventDescription": st.sampled_from([[{"latestDescription": "[RESOLVED]"}], "Text."]),
    },
)


@st.composite
def _lines(draw: st.DrawFn) -> list[str]:
    """Messages of few events: usual ones and odd ones, updates, pages, copies, and no events."""
    found = []
    for detail in draw(st.lists(_details, min_size=1, max_size=5)):
        one = envelope(**detail)
        one["region"] = draw(st.sampled_from(["us-west-2", "us-east-1"]))
        one["time"] = draw(st.sampled_from(["2026-01-27T01:43:21Z", "2026-02-01T00:00:00Z", ""]))
        found.append(json.dumps(one))
    found += draw(st.lists(st.sampled_from([*found, "[1]"]), max_size=2))
    return found


def read(lines: list[str]) -> list[Any]:
    return list(messages_in(io.BytesIO("\n".join([*lines, ""]).encode()), origin=ORIGIN))


def deliveries_in(lines: list[str]) -> list[Delivery]:
    items = itertools.chain.from_iterable(parse(line, origin=ORIGIN) for line in lines)
    return [one for one in items if isinstance(one, Delivery)]


def once_each(found: list[Delivery]) -> list[Delivery]:
    """The first of each key, with the feeds of all: that is what is stored."""
    by_key: dict[bytes, Delivery] = {}
    for one in found:
        one.received = NOW
        first = by_key.setdefault(one.key, one)
        first.feeds = tuple(sorted({*first.feeds, *one.feeds}))
    return list(by_key.values())


@pytest.mark.parametrize("stamp", [as_text, as_it_is])
@given(lines=_lines())
def test_what_is_gathered_is_what_folding_gives(stamp: Stamp, lines: list[str]) -> None:
    gathered = Gathered.of(read(lines), NOW, stamp)
    expected: dict[bytes, list[Delivery]] = {}
    for one in deliveries_in(lines):
        expected.setdefault(event_key(one.account or "", one.arn), []).append(one)
    assert [one.key for one in gathered.events] == sorted(expected)
    for event in gathered.events:
        mine = once_each(expected[event.key])
        state = fold(mine)
        assert (event.account, event.arn) == (mine[0].account or "", mine[0].arn)
        assert event.columns == (*columns_of(state, stamp), kept(state))
        assert [one.delivery(event.account, NOW) for one in event.items.values()] == [
            msgspec.structs.replace(one, line=None) for one in mine
        ]


@given(_lines())
def test_feeds_are_counted_alike(lines: list[str]) -> None:
    quick = Gathered.of(read(lines), NOW, as_text)
    slow = Gathered.of(deliveries_in(lines), NOW, as_text)
    assert quick.seen == slow.seen
    assert quick.messages == len(lines)
    assert quick.messages - len(quick.rejects) == slow.messages


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["closed", "closed", "open"]),
            _times.filter(lambda one: isinstance(one, str) and one not in ("soon", "")),
            _times,
            _times,
        ),
        min_size=1,
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_updates_in_any_order_have_the_columns_of_their_state(
    updates: list[tuple[str, str, Any, Any]], dice: random.Random
) -> None:
    lines = [
        json.dumps(
            envelope(
                statusCode=status,
                lastUpdatedTime=updated,
                startTime=start,
                endTime=end,
                communicationId=f"{number}-1",
                eventRegion=f"region-{number}",
            )
        )
        for number, (status, updated, start, end) in enumerate(updates)
    ]
    dice.shuffle(lines)
    (event,) = Gathered.of(read(lines), NOW, as_text).events
    state = fold(once_each(deliveries_in(lines)))
    assert event.columns == (*columns_of(state, as_text), kept(state))


def test_usual_messages_are_not_made_deliveries() -> None:
    (one,) = read([json.dumps(envelope(statusCode="closed"))])
    assert isinstance(one, Usual)
    assert Gathered.of([one], NOW, as_text).events[0].columns == (
        "LAMBDA",
        "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT",
        "scheduledChange",
        "us-west-2",
        "ACCOUNT_SPECIFIC",
        "closed",
        "2026-08-27 13:19:03.000000",
        None,
        "2026-01-27 01:43:21.000000",
        b"",
    )


def test_the_text_is_as_the_history_takes_it(history: History) -> None:
    stamp = as_text if history.is_sqlite else as_it_is
    assert history.timestamp(NOW) == stamp(NOW)
    lines = [json.dumps(envelope(statusCode="closed", endTime="2026-02-03T00:00:00Z"))]
    ingest_batches(history, [Gathered.of(read(lines), NOW, history.timestamp)], NOW)
    with history.read() as conn:
        (row,) = conn.execute(select(events.c.starts, events.c.ends, events.c.last_updated))
    (one,) = deliveries_in(lines)
    assert tuple(row) == (one.start, one.end, one.last_updated)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.sampled_from(["closed", "closed", "open"]), _times, _times), max_size=3),
    st.tuples(st.just("closed"), _times, _times),
    st.sampled_from(["1", "2"]),
    st.integers(0, 4),
)
def test_what_comes_later_is_stored_as_if_it_had_come_at_once(
    history: History, more: list[Any], first: Any, page: str, cut: int
) -> None:
    lines = [
        json.dumps(
            envelope(
                statusCode=status,
                lastUpdatedTime=updated,
                endTime=end,
                communicationId=f"{number // 2}-{page}",
                page=page,
                totalPages=str(1 + number % 2),
            )
        )
        for number, (status, updated, end) in enumerate([first, *more])
    ]
    with history.write() as conn:
        for table in reversed(whole().sorted_tables):
            conn.execute(table.delete())
    expected = [fold(once_each(deliveries_in(some))) for some in (lines[:cut], lines) if some]
    reports = [
        ingest_batches(history, [Gathered.of(read(some), NOW, history.timestamp)], NOW)
        for some in (lines[:cut], lines[cut:])
        if some
    ]
    names = [column.name for column in events.columns if column.name not in _NOT_FOLDED]
    with history.read() as conn:
        (row,) = conn.execute(select(*(events.c[name] for name in names)))
    assert tuple(row) == (*columns_of(expected[-1], as_it_is), kept(expected[-1]))
    if len(reports) == 2:
        assert reports[1].changed == differs(*expected)
