"""Folding: any order, any repetition, one state."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.health.fold import fold
from offcall.health.model import Change, Delivery, Feed
from tests.health.samples import delivery, updates


@given(updates(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(found: list[Delivery], dice: random.Random) -> None:
    state = fold(found)
    again = [*found, *dice.choices(found, k=dice.randint(0, 4))]
    dice.shuffle(again)
    assert fold(again) == state


@given(updates())
def test_the_timeline_is_in_order_and_ends_in_the_state(found: list[Delivery]) -> None:
    state = fold(found)
    times = [one.at for one in state.timeline if one.at is not None]
    assert times == sorted(times)
    said = [
        change.after for one in state.timeline for change in one.changes if change.what == "status"
    ]
    if said:
        assert said[-1] == state.status
    for before, after in pairwise(said):
        assert before != after


def test_nothing_cannot_be_folded() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fold([])


def test_an_update_tells_what_it_changed() -> None:
    first = delivery()
    second = delivery(
        communicationId="later-1",
        statusCode="open",
        lastUpdatedTime="Wed, 28 Jan 2026 00:00:00 GMT",
        endTime="Fri, 28 Aug 2026 00:00:00 GMT",
        affectedEntities=[
            {
                "entityValue": "arn:aws:lambda:us-west-2:111122223333:function:pay",
                "status": "RESOLVED",
            },
            {"entityValue": "other", "status": "PENDING"},
        ],
    )
    state = fold([second, first])
    assert state.status == "open"
    assert [one.at for one in state.timeline] == [
        datetime(2026, 1, 27, 1, 43, 21, tzinfo=UTC),
        datetime(2026, 1, 28, tzinfo=UTC),
    ]
    assert state.timeline[0].changes == ()
    assert set(state.timeline[1].changes) == {
        Change("status", "upcoming", "open"),
        Change("end", None, "2026-08-28T00:00:00+00:00"),
        Change("entity status", "PENDING", "RESOLVED", state.entities[0].value),
        Change("entity", None, "PENDING", "other"),
    }


@given(st.permutations(range(4)))
def test_an_event_that_is_open_again_has_lost_its_end(order: list[int]) -> None:
    told = [
        delivery(communicationId="1-1", statusCode="open", endTime="2026-10-01T00:00:00Z"),
        delivery(
            communicationId="2-1",
            statusCode="closed",
            lastUpdatedTime="2026-02-02T00:00:00Z",
            endTime="2026-02-02T00:00:00Z",
        ),
        delivery(communicationId="3-1", statusCode="open", lastUpdatedTime="2026-02-03T00:00:00Z"),
        delivery(
            communicationId="4-1",
            statusCode=...,
            lastUpdatedTime="2026-02-04T00:00:00Z",
            eventDescription=[{"latestDescription": "It is back."}],
        ),
    ]
    assert fold([told[one] for one in order if one < 2]).end == datetime(2026, 2, 2, tzinfo=UTC)
    state = fold([told[one] for one in order])
    assert (state.status, state.end) == ("open", None)
    assert state.timeline[2].changes == (
        Change("end", "2026-02-02T00:00:00+00:00", None),
        Change("status", "closed", "open"),
    )
    assert fold([told[0], told[3]]).end is not None, "an update that says nothing of the end"


def test_an_older_update_that_comes_late_does_not_win() -> None:
    new = delivery(statusCode="closed", lastUpdatedTime="2026-03-01T00:00:00Z")
    old = delivery(
        communicationId="old-1", statusCode="open", lastUpdatedTime="2026-02-01T00:00:00Z"
    )
    assert fold([new, old]).status == "closed"


def test_what_an_update_leaves_out_stays() -> None:
    bare = delivery(
        communicationId="poll-1",
        lastUpdatedTime="2026-03-01T00:00:00Z",
        startTime=...,
        eventDescription=...,
        affectedEntities=...,
        personas=...,
    )
    state = fold([delivery(), bare])
    assert state.start == datetime(2026, 8, 27, 13, 19, 3, tzinfo=UTC)
    assert state.description == "Python 3.9 ends."
    assert state.personas == ("OPERATIONS",)
    assert [one.listed for one in state.entities] == [True]


def test_pages_are_one_revision_and_missing_ones_are_known() -> None:
    pages = [
        delivery(
            communicationId=f"c-{page}",
            page=str(page),
            totalPages="3",
            affectedEntities=[{"entityValue": f"db-{page}", "status": "PENDING"}],
        )
        for page in (3, 1)
    ]
    state = fold(pages)
    assert [one.value for one in state.entities] == ["db-1", "db-3"]
    assert state.missing_pages == (2,)
    assert "2 of 3 pages seen" in state.notes
    assert len(state.timeline) == 1
    assert state.timeline[0].pages == (1, 3)
    assert state.timeline[0].communication == "c"
    last = delivery(
        communicationId="c-2", page="2", totalPages="3", affectedEntities=[{"entityValue": "db-2"}]
    )
    whole = fold([*pages, last])
    assert whole.missing_pages == ()
    assert len(whole.entities) == 3
    assert whole.notes == ()


def test_a_resource_that_a_whole_update_no_longer_names_is_marked() -> None:
    def named(values: list[str], number: int, **more: object) -> Delivery:
        return delivery(
            communicationId=f"{number}-1",
            lastUpdatedTime=f"2026-02-0{number}T00:00:00Z",
            affectedEntities=[{"entityValue": one, "status": "PENDING"} for one in values],
            **more,
        )

    state = fold([named(["a", "b"], 1), named(["a"], 2)])
    assert {one.value: one.listed for one in state.entities} == {"a": True, "b": False}
    assert Change("entity", "PENDING", None, "b") in state.timeline[-1].changes
    partly = fold([named(["a", "b"], 1), named(["a"], 2, totalPages="2")])
    assert all(one.listed for one in partly.entities)
    cut = fold([named(["a", "b"], 1), named(["a"], 2, eventMetadata={"truncated": "true"})])
    assert all(one.listed for one in cut.entities)


def test_copies_from_the_backup_region_are_one_delivery() -> None:
    copy = delivery(backupEvent="true")
    assert copy.key == delivery().key
    state = fold([copy, delivery()])
    assert len(state.timeline) == 1
    assert state.feeds == (
        Feed("file", "us-west-2", "999988887777", backup=False),
        Feed("file", "us-west-2", "999988887777", backup=True),
    )
    assert state.receiving_accounts == ("999988887777",)


@pytest.mark.parametrize(("status", "hint"), [("open", True), ("closed", False)])
def test_text_that_says_resolved_is_a_hint_not_an_end(status: str, *, hint: bool) -> None:
    state = fold(
        [
            delivery(
                statusCode=status,
                eventDescription=[{"latestDescription": "[RESOLVED] Errors in us-west-2"}],
            )
        ]
    )
    assert state.status == status
    assert state.resolved_by_text is hint
    assert ("the text says [RESOLVED], the status does not" in state.notes) is hint


def test_an_entitys_newer_status_wins_over_a_later_messages_older_one() -> None:
    entity = {"entityValue": "db", "status": "RESOLVED", "lastUpdatedTime": "2026-03-01T00:00:00Z"}
    first = delivery(affectedEntities=[entity])
    entity = {"entityValue": "db", "status": "PENDING", "lastUpdatedTime": "2026-02-01T00:00:00Z"}
    later = delivery(
        communicationId="x-1", lastUpdatedTime="2026-03-02T00:00:00Z", affectedEntities=[entity]
    )
    assert fold([later, first]).entities[0].status == "RESOLVED"


def test_a_message_from_the_future_is_taken_and_noted() -> None:
    one = delivery(lastUpdatedTime="2027-01-01T00:00:00Z")
    one.received = datetime(2026, 6, 1, tzinfo=UTC)
    assert fold([one]).notes == ("a message is dated after it was received",)
    one.received = datetime(2027, 1, 1, tzinfo=UTC) - timedelta(minutes=5)
    assert fold([one]).notes == ()


def test_an_end_before_the_start_is_noted() -> None:
    assert "it ends before it starts" in fold([delivery(endTime="2020-01-01T00:00:00Z")]).notes
