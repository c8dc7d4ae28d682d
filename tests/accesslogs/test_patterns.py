"""Routes that are learned, and routes that are written down."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.accesslogs.patterns.learning import ANY, MANY, learn
from offcall.accesslogs.patterns.written import read_routes, route_sql
from offcall.core.errors import UserError

segments = st.text("ab1{}*.-", min_size=1, max_size=3)
routes = st.dictionaries(
    st.lists(segments, min_size=1, max_size=3).map(lambda one: "/" + "/".join(one)),
    st.integers(1, 1000),
    max_size=60,
)


def test_a_segment_with_many_values_is_a_parameter() -> None:
    many = {f"/orders/ORD-{number}": 1 for number in range(MANY)}
    found = learn({**many, "/cart": 50, "/": 10})
    assert found == dict.fromkeys(many, f"/orders/{ANY}")


def test_few_values_are_no_parameter() -> None:
    assert learn({f"/docs/{number}page": 5 for number in range(MANY - 1)}) == {}


def test_what_is_below_a_parameter_is_put_together() -> None:
    many = {f"/u/n{number}/{what}": 2 for number in range(30) for what in ("orders", "carts")}
    assert set(learn(many).values()) == {f"/u/{ANY}/orders", f"/u/{ANY}/carts"}


def test_pages_with_most_of_the_requests_stay_beside_what_scanners_try() -> None:
    pages = {"/about": 4000, "/cart": 3000, "/search": 2000}
    tries = {f"/try{number}.php": 1 for number in range(40)}
    found = learn({**pages, **tries})
    assert found == dict.fromkeys(tries, f"/{ANY}")


def test_popular_values_of_a_parameter_are_values_too() -> None:
    products = {f"/p/shoe-{number}x": 1000 // (number + 1) for number in range(200)}
    assert set(learn(products).values()) == {f"/p/{ANY}"}
    assert set(learn(products)) == set(products)


@given(routes)
def test_learning_keeps_the_shape(counts: dict[str, int]) -> None:
    for route, learned in learn(counts).items():
        assert route in counts
        assert route != learned
        before, after = route.split("/"), learned.split("/")
        assert len(before) == len(after)
        assert all(new in (old, ANY) for old, new in zip(before, after, strict=True))


@given(routes)
def test_learning_does_not_depend_on_the_order(counts: dict[str, int]) -> None:
    assert learn(dict(reversed(list(counts.items())))) == learn(counts)


def asked(templates: list[str], path: str, route: str = "by rules") -> str:
    with duckdb.connect() as db:
        db.execute("CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)")
        sql = f"SELECT {route_sql(templates)} FROM (SELECT ? AS path, ? AS route)"
        (row,) = db.execute(sql, [path, route]).fetchall()
    return str(row[0])


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/orders/17", "/orders/{id}"),
        ("/orders/new", "/orders/new"),
        ("/orders/17/", "/orders/{id}"),
        ("/orders/17/items/4", "/orders/{id}/items/{item}"),
        ("/orders/17/x", "by rules"),
        ("/a.b/c", "/a.b/*"),
        ("/axb/c", "by rules"),
        ("/it's", "/it's"),
    ],
)
def test_templates(path: str, route: str) -> None:
    templates = ["/orders/{id}", "/orders/new", "/orders/{id}/items/{item}", "/a.b/*", "/it's"]
    assert asked(templates, path) == route


@given(st.text("/ab.+?^$()[]|{}*\\'", min_size=1, max_size=8).map("/".__add__))
def test_any_template_fits_itself(template: str) -> None:
    literal = re.sub(r"\{[^{}/]*\}|\*", "x", template)
    assert asked([template], literal) == template


def test_no_templates() -> None:
    assert route_sql([]) == "route"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("paths: {/orders: {}, '/orders/{id}': {}}", ("/orders", "/orders/{id}")),
        ("servers: [{url: 'https://x.example/v2/'}]\npaths: {/a: {}}", ("/v2/a",)),
        ("basePath: /v1\npaths: {/a: {}}", ("/v1/a",)),
        ('["/a", "/b/*"]', ("/a", "/b/*")),
    ],
)
def test_files(tmp_path: Path, text: str, found: tuple[str, ...]) -> None:
    file = tmp_path / "api.yaml"
    file.write_text(text)
    assert read_routes(file) == found


@pytest.mark.parametrize(
    ("text", "line"), [("name: x", 1), ("- /a\n- b", 2), ("paths:\n  /a: {}\n  b: {}", 3)]
)
def test_files_that_are_no_routes(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "api.yaml"
    file.write_text(text)
    with pytest.raises(UserError) as caught:
        read_routes(file)
    assert (caught.value.file, caught.value.line) == (str(file), line)
