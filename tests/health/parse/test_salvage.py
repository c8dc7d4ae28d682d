"""Lists that are cut off or damaged: the whole elements are taken, the rest says where it is."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.health.model import Delivery, Reject
from offcall.health.parse import parse, parse_stream, several
from tests.health.samples import ORIGIN, envelope

THREE = [envelope(communicationId=f"c{number}-1") for number in range(3)]


def split(body: str | bytes) -> tuple[list[Delivery], list[Reject]]:
    raw = body if isinstance(body, bytes) else body.encode()
    found = parse(raw, origin=ORIGIN)
    streamed = list(parse_stream(io.BytesIO(raw), origin=ORIGIN))
    assert [type(one) for one in streamed] == [type(one) for one in found]
    good = [one for one in found if isinstance(one, Delivery)]
    return good, [one for one in found if isinstance(one, Reject)]


@pytest.mark.parametrize("indent", [None, 1])
def test_an_array_that_is_cut_off(indent: int | None) -> None:
    whole = json.dumps(THREE, indent=indent)
    cut = whole[: whole.rindex('"deta') + 5]
    good, (bad,) = split(cut)
    assert [one.communication_id for one in good] == ["c0-1", "c1-1"]
    begin = cut.rindex('{"version"' if indent is None else '{\n  "version"')
    place = f"byte {begin:,}" + (f" (line {cut.count(chr(10), 0, begin) + 1})" if indent else "")
    assert bad.reason == (
        f"the JSON is cut off after 2 whole elements, which were taken; the rest begins at {place}"
    )
    assert bad.body.decode() == cut[begin:]


@pytest.mark.parametrize("end", ["", ",", ", ", " \n"])
def test_an_array_that_only_lacks_its_end(end: str) -> None:
    good, (bad,) = split(json.dumps(THREE)[:-1] + end)
    assert len(good) == 3
    assert "cut off after 3 whole elements" in bad.reason
    assert bad.body


def test_an_array_that_is_damaged_in_the_middle() -> None:
    parts = [json.dumps(one) for one in THREE]
    good, (bad,) = split(f"[{parts[0]}, {{'no': json}}, {parts[2]}]")
    assert len(good) == 1
    assert "damaged after 1 whole element, which was taken" in bad.reason
    assert bad.body.startswith(b"{'no'")


@pytest.mark.parametrize(
    "carried",
    [
        {
            "Records": [
                {"messageId": str(n), "body": json.dumps(one)} for n, one in enumerate(THREE)
            ]
        },
        {"Type": "x", "Messages": [{"MessageId": "m", "Body": json.dumps(one)} for one in THREE]},
        {
            "requestId": "r",
            "events": [{"timestamp": 1, "message": json.dumps(one)} for one in THREE],
        },
    ],
)
def test_an_object_whose_records_are_cut_off(carried: dict[str, Any]) -> None:
    whole = json.dumps(carried)
    good, (bad,) = split(whole[: whole.rindex("ACTION_REQ")])
    assert len(good) == 2
    assert "cut off after 2 whole elements" in bad.reason


def test_an_object_that_is_cut_off_after_its_records() -> None:
    records = {"Records": [{"messageId": "1", "body": json.dumps(THREE[0])}], "more": "x" * 50}
    good, (bad,) = split(json.dumps(records)[:-20])
    assert len(good) == 1
    assert "after 1 whole element" in bad.reason


def test_an_event_that_is_cut_off_is_never_taken_for_whole() -> None:
    whole = json.dumps(envelope(affectedEntities=[{"entityValue": f"i-{n}"} for n in range(9)]))
    for end in (len(whole) // 2, whole.index('"i-5"'), len(whole) - 1):
        good, (bad,) = split(whole[:end])
        assert not good
        assert bad.body.decode() == whole[:end]


def test_events_are_not_taken_without_their_cut_off_entities() -> None:
    event = {"arn": envelope()["detail"]["eventArn"], "service": "LAMBDA", "eventTypeCode": "AWS_X"}
    answer = {
        "events": [event],
        "entities": [{"eventArn": event["arn"], "entityValue": "i-1"}, {"entityValue": "i-2"}],
    }
    good, (bad,) = split(json.dumps(answer)[:-10])
    assert not good
    assert "cut off" in bad.reason


def test_one_element_a_line_loses_only_the_bad_line() -> None:
    lines = ["[", json.dumps(THREE[0]) + ",", "{ no,", json.dumps(THREE[2]) + ",", '{"deta']
    good, bad = split("\n".join(lines))
    assert len(good) == 2
    assert [one.line or one.origin.line for one in bad] == [3, 5]


def test_a_broken_list_that_is_too_large_for_one_body(monkeypatch: pytest.MonkeyPatch) -> None:
    from offcall.health.parse import shapes, stream

    for module in (several, shapes, stream):
        monkeypatch.setattr(module, "MAX_BODY", 4000)
    cut = json.dumps([*THREE, *THREE, *THREE], indent=1)[:-100]
    found = list(parse_stream(io.BytesIO(cut.encode()), origin=ORIGIN))
    assert [type(one) for one in found] == [Delivery] * 8 + [Reject]
    whole = json.dumps({"events": [*THREE, *THREE, *THREE]}, indent=1)
    (one,) = parse_stream(io.BytesIO(whole.encode()), origin=ORIGIN)
    assert isinstance(one, Reject)
    assert "at most 4,000 are understood" in one.reason


@given(st.integers(0, 6000))
def test_wherever_it_is_cut_nothing_is_lost(at: int) -> None:
    whole = json.dumps(THREE)
    cut = whole[: max(1, len(whole) - at)]
    found = parse(cut, origin=ORIGIN)
    good = [one for one in found if isinstance(one, Delivery)]
    ends = [whole.index(f'"c{n}-1"') for n in range(3)]
    assert len(good) <= sum(end < len(cut) for end in ends)
    assert len(good) == 3 or any(isinstance(one, Reject) for one in found)
    if cut != whole:
        assert isinstance(found[-1], Reject)
