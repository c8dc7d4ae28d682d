"""Times made text in one step are what the careful way makes of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.health.parse.instants import instant, instant_text
from offcall.health.parse.values import time

_written = (
    st.datetimes()
    .filter(lambda at: at.year >= 1000)
    .flatmap(
        lambda at: st.sampled_from([f"{at:%a, %d %b %Y %H:%M:%S} GMT", f"{at:%Y-%m-%dT%H:%M:%S}Z"])
    )
)


@given(_written)
def test_both_documented_forms_are_understood(written: str) -> None:
    text = instant_text(written)
    assert text is not None
    notes: list[str] = []
    assert instant(text) == time(written, "startTime", notes)
    assert notes == []
    assert text == f"{instant(text):%Y-%m-%d %H:%M:%S.%f}"


@given(_written, st.integers(0, 28), st.characters(max_codepoint=0x39F))
def test_what_is_understood_is_nothing_odd(written: str, place: int, other: str) -> None:
    changed = written[:place] + other + written[place + 1 :]
    text = instant_text(changed)
    if text is not None:
        notes: list[str] = []
        assert (instant(text), notes) == (time(changed, "startTime", notes), [])


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Wed, 27 Aug 2026 13:19:03 GMT",
        "Tue, 30 Feb 2026 13:19:03 GMT",
        "Thu, 27 Aug 2026 24:19:03 GMT",
        "Thu, 27 Aug 2026 13:19:60 GMT",
        "Thu, 27 Aug 2026 13:19:03 CET",
        "2026-08-27 13:19:03Z",
        "2026-W35-4T13:19:03Z",
        "2026-08-27T13:60:03Z",
        "2026-08-27T13:19:03.5Z",
        "2026-08-27T13:19:03+00:00",
    ],
)
def test_everything_else_is_left_to_the_careful_way(written: str) -> None:
    assert instant_text(written) is None


def test_the_text_sorts_as_the_times_do() -> None:
    written = ["Thu, 01 Jan 2026 00:00:00 GMT", "2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z"]
    texts = [text for one in written if (text := instant_text(one))]
    assert [instant(one) for one in sorted(texts)] == sorted(instant(one) for one in texts)
    assert instant(texts[0]) == datetime(2026, 1, 1, tzinfo=UTC)
