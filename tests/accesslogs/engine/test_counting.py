"""Counting where the lines are read gives the answers that the database gives."""

from __future__ import annotations

import random
from array import array
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offcall.accesslogs.engine import counting
from offcall.accesslogs.engine.counting import can_count, leading
from offcall.accesslogs.engine.duck import answer, answer_by_route
from offcall.accesslogs.engine.logs import Logs
from offcall.accesslogs.questions.dimensions import DIMENSIONS, MEASURES
from offcall.accesslogs.questions.top import SORTS, count_by, greatest, top
from offcall.accesslogs.reading import stream
from offcall.accesslogs.reading.counting import SORTS as COUNTED
from offcall.accesslogs.reading.counting import Counts
from offcall.accesslogs.reading.rejects import Tally
from tests.accesslogs import lines
from tests.accesslogs.reading import in_memory

COUNTABLE = [name for name in DIMENSIONS if can_count(name, (), "count")]
FORMATS = ("alb", "classic", "cloudfront")


def logs(seed: int, count: int = 120, threads: int = 2) -> Logs:
    files = [in_memory(kind, lines.content(kind, seed, count)) for kind in FORMATS]
    return Logs(files, Tally(), threads)


def test_what_can_be_counted() -> None:
    assert set(COUNTABLE) >= {"path", "route", "host", "client", "target", "user-agent", "tls"}
    assert not {"status", "agent", "class", "method-route", "file"} & set(COUNTABLE)
    assert not can_count("path", ("elb_status_code >= 500",), "count")
    assert not can_count("path", (), "p99")
    assert set(COUNTED) < set(SORTS)


@pytest.mark.parametrize("by", sorted(set(COUNTABLE) - {"route"}))
@pytest.mark.parametrize("most", [0, 1 << 30], ids=["in the database", "in memory"])
def test_the_same_as_the_database(by: Any, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST", most)
    for limit in (3, 10**6):
        assert leading(by, "target", "count", limit, logs(1)) == answer(
            top(by, limit=limit), logs(1)
        )


@pytest.mark.parametrize("sort", COUNTED)
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("limit", [1, 7, 10**6])
def test_every_order_and_time(sort: str, measure: Any, limit: int) -> None:
    expected = answer(top("path", measure=measure, sort=sort, limit=limit), logs(2))
    assert leading("path", measure, sort, limit, logs(2)) == expected


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**20), limit=st.integers(1, 40), most=st.sampled_from([0, 20_000, 1 << 30])
)
def test_on_hostile_logs(seed: int, limit: int, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "MOST", most)
        patch.setattr(stream, "_ROWS", 13)
        found = leading("path", "target", "count", limit, logs(seed, 60))
    assert found == answer(top("path", limit=limit), logs(seed, 60))


@pytest.mark.parametrize("most", [0, 1 << 30])
def test_routes_are_learned(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST", most)
    fields = lines.alb(random.Random(3), 33)
    content = b"\n".join(
        " ".join(
            [
                *fields[:12],
                f'"GET https://h:443/products/{word}-{number}/x/{number % 3} HTTP/1.1"',
                *fields[13:],
            ]
        ).encode()
        for number in range(200)
        for word in ("red", "blue")
    )
    files = [in_memory("a", content)]
    expected = answer_by_route(
        count_by("route"),
        partial(greatest, dimension="route", sort="count", limit=9),
        Logs(files, Tally(), 1),
    )
    assert [row[0] for row in expected] == ["/products/{*}/x/{id}"]
    assert leading("route", "target", "count", 9, Logs(files, Tally(), 1)) == expected


def test_many_texts_and_times() -> None:
    """More than the first tables have room for; and bytes that are no UTF-8 are one text."""
    counts = Counts()
    texts = [b"/%d" % (number % 30_000) for number in range(90_000)] + [b"/\xff", b"/\xfe"] * 5
    for at in range(0, len(texts), 1000):
        add(counts, texts[at : at + 1000], [float(number % 7) for number in range(1000)])
    assert counts.texts == 30_002
    assert counts.requests == counts.timed == len(texts)
    names = counts.names()
    assert names["/�"] == 10
    assert {names[f"/{number}"] for number in range(30_000)} == {3}
    assert counts.groups_in_all() == 30_001
    rows = counts.rows(counts.leaders("count", 1))
    assert rows[0][:3] == ("/�", None, 0)
    assert sum(row[2] for row in rows) == 10


def test_every_distinct_time_once() -> None:
    counts = Counts()
    for part in range(10):
        times = [number / 1000 for number in range(part * 4000, part * 4000 + 4000)] * 2
        add(counts, [b"/"] * 8000, times)
    rows = counts.rows(counts.leaders("max", 1))[1:]
    assert sorted((row[1], row[2]) for row in rows) == [(n / 1000, 2) for n in range(40_000)]


def add(counts: Counts, texts: list[bytes], times: list[float]) -> None:
    """Requests of these texts."""
    ends = array("i")
    for text in texts:
        ends.append((ends[-1] if ends else 0) + len(text))
    starts = array("i", [end - len(text) for end, text in zip(ends, texts, strict=True)])
    count = len(texts)
    whole = (memoryview(array("q", [200] * count)), memoryview(bytes([1]) * count))
    counts.add(
        (bytearray(b"".join(texts)), memoryview(starts), memoryview(ends)),
        count,
        memoryview(bytes(count)),
        whole,
        (memoryview(array("d", times[:count])), whole[1]),
        whole,
        whole,
    )
