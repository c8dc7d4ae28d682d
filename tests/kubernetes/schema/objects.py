"""Objects made from the compiled types themselves, for property tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from offcall.kubernetes.schema.published import published
from offcall.kubernetes.schema.scalars import SCALARS
from offcall.kubernetes.schema.types import Listing, Object, Path, Scalar, Table, Type

__all__ = ["KINDS", "MINORS", "at", "places", "valid"]

FIRST, LAST = published().versions
MINORS = st.integers(FIRST, LAST)
KINDS = sorted(published().served)
_GOOD: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "byte": st.sampled_from(["", "aGVsbG8="]),
    "int-or-string": st.one_of(st.integers(0, 9), st.sampled_from(["25%", "http"])),
    "int32": st.integers(-(2**31), 2**31 - 1),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(0, 9),
    "quantity": st.sampled_from(["100m", "64Mi", "1", "0.5", "1e3", 2]),
    "string": st.sampled_from(["", "a", "true", "8080"]),
    "time": st.just("2026-01-31T12:00:00Z"),
}


@st.composite
def _object(draw: st.DrawFn, type_: Object, depth: int) -> dict[str, Any]:
    names = sorted(type_.fields)
    some = set(draw(st.lists(st.sampled_from(names), max_size=4))) if names and depth > 0 else set()
    chosen = sorted({*some, *type_.required})
    return {name: draw(valid(type_.fields[name], depth - 1)) for name in chosen}


def valid(type_: Type, depth: int = 6) -> st.SearchStrategy[Any]:
    """What the type allows; below `depth` only what is required."""
    if isinstance(type_, Object):
        return _object(type_, depth)
    if isinstance(type_, Listing):
        return st.lists(valid(type_.item, depth - 1), max_size=2 if depth > 0 else 0)
    if isinstance(type_, Table):
        keys = st.sampled_from(["a", "app.kubernetes.io/name"])
        return st.dictionaries(keys, valid(type_.value, depth - 1), max_size=2 if depth > 0 else 0)
    if isinstance(type_, Scalar):
        if type_.values is not None:
            return st.sampled_from(sorted(type_.values))
        return _GOOD[next(name for name, one in SCALARS.items() if one is type_)]
    return st.just({"anything": [1]})


def places(value: Any, type_: Type, path: Path = ()) -> Iterator[tuple[Path, Object]]:
    """Every object with known fields in a value."""
    if isinstance(type_, Object):
        yield path, type_
        for key, one in value.items():
            yield from places(one, type_.fields[key], (*path, key))
    elif isinstance(type_, Listing):
        for index, one in enumerate(value):
            yield from places(one, type_.item, (*path, index))
    elif isinstance(type_, Table):
        for key, one in value.items():
            yield from places(one, type_.value, (*path, key))


def at(value: Any, path: Path) -> Any:
    """What stands there."""
    for step in path:
        value = value[step]
    return value
