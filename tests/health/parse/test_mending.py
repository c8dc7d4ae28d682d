"""Other encodings, bytes that are no text, NaN and numbers out of range."""

from __future__ import annotations

import io
import json

import pytest

from offcall.health.model import Delivery, Reject
from offcall.health.parse import parse, parse_stream
from offcall.health.storage.refold import revive
from tests.health.samples import ORIGIN, delivery, envelope, only

EVENT = json.dumps(envelope(), ensure_ascii=False)
THREE = [json.dumps(envelope(communicationId=f"c{number}-1")) for number in range(3)]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("text", ["\n".join(THREE), f"[{','.join(THREE)}]", "\r\n".join(THREE)])
def test_files_in_other_encodings(codec: str, text: str) -> None:
    mark = "\ufeff" if codec.endswith(("le", "be")) else ""
    found = list(parse_stream(io.BytesIO((mark + text).encode(codec)), origin=ORIGIN))
    assert len({one.key for one in found if isinstance(one, Delivery)}) == 3
    assert len(found) == 3
    if codec != "utf-8-sig":
        assert all(isinstance(one, Delivery) and one.notes == () for one in found)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(codec: str) -> None:
    body = EVENT.encode(codec)
    assert only(body).key == delivery().key
    (one,) = parse_stream(io.BytesIO(body), origin=ORIGIN)
    assert isinstance(one, Delivery)


def test_utf_16_that_is_cut_in_the_middle_of_a_character() -> None:
    body = ("\ufeff" + "\n".join(THREE) + "\n{").encode("utf-16-le")[:-1]
    found = list(parse_stream(io.BytesIO(body), origin=ORIGIN))
    assert [type(one) for one in found] == [Delivery, Delivery, Delivery, Reject]


def test_bytes_that_are_no_text_are_replaced_and_noted() -> None:
    body = EVENT.encode().replace(b"Python", b"P\xff\xfethon")
    made = only(body)
    assert made.description == "P\ufffd\ufffdthon 3.9 ends."
    assert made.notes == ("bytes that are not UTF-8 text were replaced",)
    assert only(made.body).description == made.description


def test_only_the_event_that_holds_them_is_noted() -> None:
    lines = "\n".join(THREE).encode().replace(b"Python", b"P\xffthon", 1)
    noted = [one.notes != () for one in parse(lines, origin=ORIGIN) if isinstance(one, Delivery)]
    assert noted == [True, False, False]
    joined = "".join(THREE).encode().replace(b"Python", b"P\xffthon", 1)
    noted = [one.notes != () for one in parse(joined, origin=ORIGIN) if isinstance(one, Delivery)]
    assert noted == [True, False, False]


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("NaN", "holds NaN, which JSON does not have: left out"),
        ("-Infinity", "holds -Infinity, which JSON does not have: left out"),
        ("1e999", "holds a number that is out of range: 1e999"),
        ("9" * 5000, "holds a number of 5,000 digits: taken as text"),
    ],
)
@pytest.mark.parametrize("place", ["detail.eventMetadata", "outside"])
def test_numbers_that_other_tools_write(written: str, note: str, place: str) -> None:
    mark = '"MARK"'
    if place == "outside":
        text = json.dumps({**envelope(), "score": "MARK"})
    else:
        text = json.dumps(envelope(eventMetadata={"score": "MARK"}))
    made = only(text.replace(mark, written))
    # What is in no member that is read changes nothing, if it can be read past.
    assert made.notes == ((note,) if place != "outside" or "JSON" in note else ())
    again = revive(
        made.body, key=made.key, account="111122223333", feeds=made.feeds, notes=made.notes,
        received=made.last_updated or made.sent_at or ORIGIN.received,  # type: ignore[arg-type]
    )  # fmt: skip
    assert (again.entities, again.metadata) == (made.entities, made.metadata)


def test_a_number_that_no_machine_word_holds_is_kept_exactly() -> None:
    text = json.dumps(envelope(eventMetadata={"n": "MARK", "m": 7})).replace('"MARK"', "9" * 30)
    made = only(text)
    assert made.metadata == {"n": "9" * 30, "m": "7"}
    assert only(json.dumps({"Entries": [json.loads(text)]})).metadata == made.metadata


def test_a_line_with_nan_among_others() -> None:
    lines = [THREE[0], json.dumps({**envelope(), "x": float("nan")}), THREE[1]]
    found = list(parse_stream(io.BytesIO("\n".join(lines).encode()), origin=ORIGIN))
    assert [type(one) for one in found] == [Delivery] * 3
    assert [one.line for one in found] == [1, 2, 3]


def test_what_is_no_event_is_kept_as_it_came() -> None:
    body = b'{"score": NaN, "name": "\xff"}'
    (one,) = parse(body, origin=ORIGIN)
    assert isinstance(one, Reject)
    assert one.body == body
