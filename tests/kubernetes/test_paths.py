from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.kubernetes.paths import at, join, parse, text_of

KEYS = st.text("abz./-_", min_size=1).filter(lambda text: not text.isdecimal())


@given(st.lists(KEYS | st.integers(0, 99)).map(tuple))
def test_a_path_survives_being_written(path: tuple[str | int, ...]) -> None:
    assert parse(text_of(path)) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ()),
        ("spec.containers[0].image", ("spec", "containers", 0, "image")),
        ("metadata.annotations[example.com/a]", ("metadata", "annotations", "example.com/a")),
    ],
)
def test_how_paths_are_written(text: str, path: tuple[str | int, ...]) -> None:
    assert parse(text) == path
    assert text_of(path) == text


@pytest.mark.parametrize("text", ["a..b", "a[0", "]", "a.[0]."])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a field path"):
        parse(text)


def test_what_stands_at_a_path() -> None:
    body = {"a": [{"b": 1}, None]}
    assert at(body, parse("a[0].b")) == 1
    for missing in ("a[2]", "a.b", "a[1].b", "b.c", "a[0].b.c"):
        assert at(body, parse(missing)) is None
    assert join("a", "[0].b") == "a[0].b"
    assert (join("", "a"), join("a", ""), join("a", "b")) == ("a", "a", "a.b")
