"""Documents of a stream, and the place of everything in them."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable
from itertools import pairwise
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from offcall.core.yamlnodes import Node, NotUsable, document, documents

STREAM = dedent(
    """\
    # a comment
    apiVersion: apps/v1
    kind: Deployment
    spec:
      replicas: 3
      template:
        spec:
          containers:
            - name: web
              image: nginx:1.27
              args: [--port, "8080"]
            - name: sidecar
              env: []
    ---
    kind: [
    ---
    apiVersion: v1
    kind: Service   # what it is
    spec:
      ports:
      - {port: 80, nodePort: 0x1F, on: true}
    """
)


def only(text: str) -> Node:
    (node,) = documents(text)
    assert isinstance(node, Node)
    return node


def test_every_document_of_a_stream_with_its_lines() -> None:
    first, bad, last = documents(STREAM)
    assert isinstance(first, Node)
    assert isinstance(last, Node)
    assert isinstance(bad, NotUsable)
    assert (first.line, last.line, last.need("kind").text()) == (2, 17, "Service")
    assert (bad.line, bad.message[:15]) == (15, "not valid YAML:")


def test_the_place_of_keys_and_values() -> None:
    first = next(documents(STREAM))
    assert isinstance(first, Node)
    image = first.find("spec", "template", "spec", "containers", 0, "image")
    assert image is not None
    assert (image.line, image.column, image.text()) == (10, 18, "nginx:1.27")
    assert image.name == "spec.template.spec.containers[0].image"
    template = first.need("spec").key("template")
    assert template is not None
    assert (template.line, template.column) == (6, 3)
    sidecar = first.find("spec", "template", "spec", "containers", -1)
    assert sidecar is not None
    assert [(key.text(), key.line, value.line) for key, value in sidecar.pairs()] == [
        ("name", 12, 12),
        ("env", 13, 13),
    ]
    assert (sidecar.line, sidecar.last_line) == (12, 13)
    assert (first.line, first.last_line) == (2, 13)


@pytest.mark.parametrize(
    "path",
    [
        ("spec", "nothing"),
        ("spec", "replicas", "deeper"),
        ("spec", 0),
        ("spec", "template", "spec", "containers", 9),
        ("spec", "template", "spec", "containers", -3),
        ("spec", "template", "spec", "containers", "name"),
    ],
)
def test_a_path_that_does_not_lead_on_is_none(path: tuple[str | int, ...]) -> None:
    first = next(documents(STREAM))
    assert isinstance(first, Node)
    assert first.find(*path) is None


def test_what_is_not_as_expected_says_where() -> None:
    first = next(documents(STREAM))
    assert isinstance(first, Node)
    for ask, line, message in (
        (lambda: first.need("metadata"), 2, "metadata is missing"),
        (lambda: first.need("spec").need("selector"), 5, "spec.selector is missing"),
        (lambda: first.need("kind").at("x"), 3, "kind: a mapping is expected, not one value"),
        (lambda: first.need("kind").members(), 3, "kind: a list is expected, not one value"),
        (lambda: first.need("spec").text(), 5, "spec: one value is expected, not a mapping"),
    ):
        with pytest.raises(NotUsable) as caught:
            ask()
        assert (caught.value.line, caught.value.message) == (line, message)


def test_scalars_are_text_and_values_are_typed() -> None:
    node = only(
        "a: on\nb: 0123\nc: 22:22\nd: 1.5\ne: ~\nf: '7'\ng: 2026-01-01\nh: 1e3\ni: !!str 5\nj: no"
    )
    assert node.mapping()["b"] == "0123"
    assert node.value() == {
        "a": True,
        "b": 83,
        "c": "22:22",
        "d": 1.5,
        "e": None,
        "f": "7",
        "g": "2026-01-01",
        "h": "1e3",
        "i": "5",
        "j": False,
    }


def test_anchors_and_merge_keys_are_followed() -> None:
    node = only(
        dedent(
            """\
            base: &base {cpu: 1, memory: 2}
            more: &more {cpu: 3, disk: 4}
            web:
              <<: *base
              memory: 9
            both:
              <<: [*more, *base]
            same: *base
            """
        )
    )
    assert node.need("web").value() == {"memory": 9, "cpu": 1}
    assert node.need("both").value() == {"cpu": 3, "disk": 4, "memory": 2}
    cpu = node.find("web", "cpu")
    assert cpu is not None
    assert (cpu.line, node.need("same").line) == (1, 1), "where it is written"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key a is written twice"),
        ("x:\n  - {y: 1, y: 2}\n", 2, "the key y is written twice"),
        ("a: 1\n? [b]\n: 2\n", 2, "a key is a word, this is a list or a mapping"),
    ],
)
def test_keys_that_no_one_can_mean(text: str, line: int, message: str) -> None:
    (bad,) = documents(text)
    assert isinstance(bad, NotUsable)
    assert (bad.line, bad.message) == (line, message)


def test_aliases_without_end_are_refused_when_they_are_written_out() -> None:
    node = only("a: &a\n  b: *a\n")
    assert node.find("a", "b", "b", "b") is not None
    with pytest.raises(NotUsable, match="an alias refers to a value that contains it"):
        node.value()
    assert only("a: &a\n  <<: *a\n  b: 1\n").need("a").mapping() == {"b": "1"}
    bomb = "a: &a [x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
    )
    with pytest.raises(NotUsable, match="multiply to too many values"):
        only(bomb).value()


def test_directives_belong_to_the_document_after_them() -> None:
    found = list(documents("%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\nb: 2\n"))
    assert [(one.line, one.value()) for one in found if isinstance(one, Node)] == [
        (3, {"a": 1}),
        (7, {"b": 2}),
    ]


def test_markers_within_text_begin_no_document() -> None:
    node = only("a: |\n  ---\n  b\nc: ---x\n")
    assert node.value() == {"a": "---\nb\n", "c": "---x"}


def test_empty_documents_are_left_out() -> None:
    assert list(documents("")) == []
    assert list(documents("---\n---\n# nothing\n---\n~\n")) == []
    assert document("# nothing\n") is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.lists(st.dictionaries(st.text(min_size=1), VALUES, min_size=1), max_size=4))
def test_what_was_dumped_is_read(values: list[dict[str, Any]]) -> None:
    # A line separator within text counts as a line to libyaml, and moves no value.
    text = yaml.safe_dump_all(values, explicit_start=True, allow_unicode=False)
    found = [one.value() for one in documents(text) if isinstance(one, Node)]
    assert found == values


@given(st.text(alphabet=st.sampled_from("ab:-[]{}#&*!|>'\"%@` \n\t,?-<."), max_size=60))
def test_any_text_gives_documents_or_reasons_in_order(text: str) -> None:
    lines: list[int] = []
    for item in documents(text):
        assert item.line is not None
        lines.append(item.line)
        if isinstance(item, NotUsable):
            assert item.message
        else:
            with contextlib.suppress(NotUsable):
                json.dumps(item.value())
    assert all(a <= b for a, b in pairwise(lines))


def test_every_line_of_a_large_file_is_where_it_is() -> None:
    text = "".join(f"---\nname: n{i}\nspec:\n  image: i:{i}\n" for i in range(500))
    found = [one.find("spec", "image") for one in documents(text) if isinstance(one, Node)]
    where = [
        number for number, line in enumerate(text.splitlines(), 1) if re.match(" +image", line)
    ]
    assert [one.line for one in found if one] == where


def test_ten_thousand_lines_take_little_more_than_libyaml_itself() -> None:
    one = "---\nkind: Pod\nmetadata: {name: n, labels: {a: b}}\nspec:\n  containers:\n" + (
        "    - name: web\n      image: i:1\n      env:\n        - {name: A, value: b}\n" * 4
    )
    text = one * (10_000 // one.count("\n"))

    def seconds(work: Callable[[], object]) -> float:
        before = time.process_time()
        work()
        return time.process_time() - before

    def ours() -> None:
        for node in documents(text):
            assert isinstance(node, Node)
            assert node.find("spec", "containers", 3, "image") is not None

    def theirs() -> list[object]:
        return list(yaml.load_all(text, Loader=yaml.CSafeLoader))

    assert min(seconds(ours) for _ in range(3)) < 4 * min(seconds(theirs) for _ in range(3))


def test_lines_of_all_keys_and_members() -> None:
    (found,) = documents("# first\na: 1\nb:\n  - x\n  - c: 2\n    d: {e: 3}\nf:\n")
    assert isinstance(found, Node)
    value, lines = found.value_and_lines()
    assert value == found.value() == {"a": 1, "b": ["x", {"c": 2, "d": {"e": 3}}], "f": None}
    # a, b, b[0], b[1], b[1].c, b[1].d, b[1].d.e, f
    assert lines == [2, 3, 4, 5, 5, 6, 6, 7]


def test_lines_of_later_documents_and_of_merged_keys() -> None:
    _, found = documents("x: 1\n---\nbase: &base\n  k: 1\nown:\n  <<: *base\n  m: 2\n")
    assert isinstance(found, Node)
    assert found.value_and_lines() == ({"base": {"k": 1}, "own": {"m": 2, "k": 1}}, [3, 4, 5, 7, 4])
