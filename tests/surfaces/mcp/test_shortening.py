"""What is too long for a caller: shortened so that it still fits its schema, and said to be."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from offcall.core.registry import find_tool
from offcall.surfaces.mcp.shortening import FEWEST, LONGEST, narrowing, shorten, shorten_text


class Row(BaseModel):
    name: str
    pairs: tuple[tuple[str, str], ...] = ()
    inner: tuple[int, ...] = ()


class Whole(BaseModel):
    rows: tuple[Row, ...]
    few: tuple[str, ...] = ("a", "b")


def test_what_is_short_stays() -> None:
    data = {"rows": [1, 2, 3]}
    assert shorten(data) == ({"rows": [1, 2, 3]}, ())
    assert shorten_text("one\ntwo") == "one\ntwo"


def test_a_long_list_loses_its_end() -> None:
    data = {"rows": [{"name": f"row {number}"} for number in range(10_000)], "few": ["a", "b"]}
    short, said = shorten(data)
    assert 0.5 * LONGEST < len(json.dumps(short)) <= LONGEST
    assert short["rows"][0] == {"name": "row 0"}
    assert short["few"] == ["a", "b"]
    assert said[0] == f"rows: {len(short['rows']):,} of 10,000"


def test_a_long_text_loses_its_end() -> None:
    short, said = shorten({"rows": [1, 2], "body": "x" * 1_000_000})
    assert len(short["body"]) == 4_000
    assert short["rows"] == [1, 2]
    assert said == ("texts: their beginnings",)


def test_a_text_is_cut_between_lines() -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    short = shorten_text(text, 100)
    assert short.startswith("line 0\n")
    assert short.endswith("\n\n… cut off here: 13 of 100 lines.")


@given(
    st.builds(
        Whole,
        rows=st.lists(
            st.builds(
                Row,
                name=st.text(max_size=20),
                pairs=st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=9),
                inner=st.lists(st.integers(), max_size=9),
            ),
            max_size=40,
        ).map(tuple),
    )
)
def test_what_is_left_fits_the_schema(whole: Whole) -> None:
    data: Any = whole.model_dump(mode="json")
    before = len(data["rows"])
    short, said = shorten(data, 1_500)
    jsonschema.validate(short, Whole.model_json_schema(mode="serialization"))
    Whole.model_validate(short)
    assert len(json.dumps(short)) <= 1_500 or len(short["rows"]) <= FEWEST
    assert said or len(short["rows"]) == before


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("health list", "window"), ("health list", "limit"), ("lifecycle list", "within")],
)
def test_it_says_how_to_ask_for_less(name: str, wanted: str) -> None:
    said = narrowing(find_tool(name).parameters, frozenset())
    assert said.startswith("Ask for less with: ")
    assert wanted in said.rstrip(".").removeprefix("Ask for less with: ").split(", ")
    assert "by" not in said.split(", ")
    assert wanted not in narrowing(find_tool(name).parameters, frozenset({wanted})).split(", ")


def test_where_there_is_no_way_it_says_so() -> None:
    assert "no way" in narrowing((), frozenset())
