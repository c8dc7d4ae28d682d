"""The rules of routes: as compiled code, as regular expressions, and as they are meant."""

from __future__ import annotations

import re
from array import array
from itertools import accumulate

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.accesslogs.reading import routes as compiled
from offcall.accesslogs.routes import PARAMETERS, RULES, Rule
from tests.accesslogs import lines, reference


def by_kernel(paths: list[bytes]) -> list[bytes]:
    text = bytearray(b"".join(paths) + b" ")
    ends = array("i", accumulate(map(len, paths)))
    starts = array("i", [end - len(path) for end, path in zip(ends, paths, strict=True)])
    out = bytearray(compiled.EXTRA * len(text) + len(paths))
    begins, stops = array("i", starts), array("i", ends)
    places = [memoryview(one) for one in (starts, ends, begins, stops)]
    compiled.route(text, *places[:2], len(paths), out, *places[2:])
    return [bytes(out[a:b]) for a, b in zip(begins, stops, strict=True)]


def python(expression: str) -> re.Pattern[str]:
    return re.compile(expression.replace(r"\z", r"\Z"))


def apply(rule: Rule, segment: str) -> str | None:
    first, *more = [python(one).search(segment) for one in rule.expressions]
    if first is None or not all(more):
        return None
    return first[1] + rule.placeholder + first[2] if rule.inside else rule.placeholder


def by_table(path: str) -> str:
    segments = re.sub(PARAMETERS, "", path).split("/")
    return "/".join(
        next((made for rule in RULES if (made := apply(rule, one)) is not None), one)
        for one in segments
    )


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("", ""),
        ("/orders/123/items/9", "/orders/{id}/items/{id}"),
        ("/users/0b7f3f8e-52a1-4b1e-9d5c-6f0a3c1f2e77", "/users/{uuid}"),
        ("/reports/2026-11-24/", "/reports/{date}/"),
        ("/mail/bob@example.com", "/mail/{email}"),
        ("/mail/bob%2Btag%40example.com", "/mail/{email}"),
        ("/mail/bob@example", "/mail/bob@example"),
        ("/mail/a@b@example.com", "/mail/a@b@example.com"),
        ("/blob/d41d8cd98f00b204e9800998ecf8427e", "/blob/{hash}"),
        ("/deadbeef/facade", "/deadbeef/facade"),
        ("/t/AbCdEfGhIjKlMnO1", "/t/{token}"),
        ("/t/ABCDEFGHIJ0123456789", "/t/{token}"),
        ("/static/app.3f9c2a1b.js", "/static/app.{hash}.js"),
        ("/static/app-3f9c2a1b.min.js", "/static/app-{hash}.min.js"),
        ("/img/17.json", "/img/{id}.json"),
        ("/v1/api/v2", "/v1/api/v2"),
        ("/cart;jsessionid=1F/2;v=3", "/cart/{id}"),
        ("//a//", "//a//"),
    ],
)
def test_examples(path: str, route: str) -> None:
    assert by_kernel([path.encode()]) == [route.encode()]
    assert by_table(path) == route


SEGMENTS = st.one_of(
    lines.texts("0129abfABFxyzXYZ-_.;@%4"),
    lines.texts("0123456789abcdefABCDEF"),
    lines.texts("0a.-"),
    lines.texts("a@%40.bB2"),
    st.text("0123456789abcdefghXYZ-_", min_size=14, max_size=40).map(str.encode),
    st.sampled_from([piece.encode() for path in lines.PATHS for piece in path.split("/")]),
    st.from_regex(r"\A[a-f0-9]{7,9}[.-][A-Fa-f0-9]{7,9}\.[a-z.]{1,5}\Z").map(str.encode),
    st.uuids().map(lambda one: str(one).encode()),
    st.emails().map(lambda one: one.replace("/", "").encode()),
)
PATHS = st.lists(SEGMENTS, max_size=4).map(b"/".join)


@given(paths=st.lists(PATHS, min_size=1, max_size=20))
def test_kernel_table_and_reference_agree(paths: list[bytes]) -> None:
    made = by_kernel(paths)
    assert made == [reference.route(path) for path in paths]
    assert [one.decode() for one in made] == [by_table(path.decode()) for path in paths]


@given(paths=st.lists(st.binary(max_size=40), min_size=1, max_size=10))
def test_bytes_that_are_no_text(paths: list[bytes]) -> None:
    made = by_kernel(paths)
    assert made == [reference.route(path) for path in paths]
    assert [one.decode(errors="replace") for one in made] == [
        by_table(path.decode(errors="replace")) for path in paths
    ]


def test_table_in_duckdb() -> None:
    """The same expressions mean the same to RE2."""
    cases = " ".join(
        "WHEN "
        + " AND ".join(f"regexp_matches(s, '{one}')" for one in rule.expressions)
        + (
            f" THEN regexp_extract(s, '{rule.expressions[0]}', 1) || '{rule.placeholder}' ||"
            f" regexp_extract(s, '{rule.expressions[0]}', 2)"
            if rule.inside
            else f" THEN '{rule.placeholder}'"
        )
        for rule in RULES
    )
    query = (
        "SELECT array_to_string(list_transform(string_split("
        f"regexp_replace(?, '{PARAMETERS}', '', 'g'), '/'),"
        f" lambda s: CASE {cases} ELSE s END), '/')"
    )
    with duckdb.connect() as db:
        for path in (
            *lines.PATHS,
            "/static/app-3f9c2a1b.min.js",
            "/a.12345678.deadbeef.js",
            "/5\r",
        ):
            (made,) = db.execute(query, [path]).fetchone() or ("",)
            assert made == by_kernel([path.encode()])[0].decode(), path


def test_no_lookarounds() -> None:
    for rule in RULES:
        for one in rule.expressions:
            assert not re.search(r"\(\?[=!<]", one)
            assert python(one).groups == (2 if rule.inside and one == rule.expressions[0] else 0)
