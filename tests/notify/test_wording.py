"""What an update says of a text that has changed."""

from __future__ import annotations

import time
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.notify.alerts import Alert
from offcall.notify.message import message_of
from offcall.notify.plan import Occasion
from offcall.notify.wording import LONGEST, news_of
from tests.notify.build import NOW, alert

FIRST = "We are investigating increased API error rates."
NEXT = "03:00 PM PST We have identified the root cause."


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (FIRST, f"{FIRST}\n\n{NEXT}", ("AWS added", NEXT)),
        (FIRST, f"{NEXT}\n{FIRST}", ("AWS added", NEXT)),
        (f"{FIRST} {NEXT}", f"{FIRST} It works. {NEXT}", ("AWS added", "It works.")),
        (FIRST, NEXT, ("AWS now writes", NEXT)),
        (f"{FIRST} {NEXT}", FIRST, ("AWS took out", NEXT)),
        ("", NEXT, ("AWS added", NEXT)),
        (f"{FIRST} {NEXT}", f"{NEXT} {FIRST}", None),
        (f"{FIRST}  {NEXT}", f"{FIRST}\r\n{NEXT}", None),
    ],
)
def test_the_new_sentences(before: str, after: str, said: tuple[str, str] | None) -> None:
    found = news_of(before, after)
    if said is None:
        assert found is None or found[0] == "AWS put its text in another order"
    else:
        assert found == said


words = st.lists(st.sampled_from(["One.", "Two.", "Three.", "Four."]), max_size=12)


@given(words, words)
def test_what_is_said_to_be_new_is_in_the_new_text(old: list[str], new: list[str]) -> None:
    found = news_of(" ".join(old), " ".join(new))
    assert (found is None) == (old == new)
    if found is not None:
        where = old if found[0] == "AWS took out" else new
        assert all(one in where for one in found[1].split())


def test_long_texts_take_no_time_and_little_room() -> None:
    old = " ".join(f"Sentence {n}." for n in range(20_000))
    new = " ".join(f"Sentence {n}!" for n in range(20_000))
    begun = time.perf_counter()
    found = news_of(old, new)
    assert time.perf_counter() - begun < 5
    assert found is not None
    assert len(found[1]) <= LONGEST + 2


def lead(after: Alert) -> str:
    return message_of(after, Occasion.UPDATE, alert(what=FIRST), now=NOW, zone=UTC).lead


def test_an_update_of_the_text_alone_shows_what_was_added() -> None:
    assert lead(alert(what=f"{FIRST}\n\n{NEXT}")) == f"AWS added: {NEXT}"


def test_an_update_of_dates_and_text_shows_both() -> None:
    said = lead(alert(what=f"{FIRST} {NEXT}", status="open"))
    assert said == f"Changed: status: upcoming → open; AWS added: {NEXT}"
