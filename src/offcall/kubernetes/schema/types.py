"""What a value may be, compiled for speed, and how a value is checked against it.

A type checks a value and appends what does not fit. Paths are made only on the way into objects and
lists, so that a manifest without faults costs one look into a dictionary for each field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

__all__ = [
    "Any_",
    "Kind",
    "Listing",
    "Mismatch",
    "Object",
    "Path",
    "Scalar",
    "Table",
    "Type",
    "found_word",
    "steps",
]

Path = tuple[str | int, ...]


class Kind(StrEnum):
    """In what way something does not fit."""

    UNKNOWN_FIELD = "unknown-field"
    LATER_FIELD = "later-field"
    REMOVED_FIELD = "removed-field"
    MISSING_FIELD = "missing-field"
    WRONG_TYPE = "wrong-type"
    WRONG_VALUE = "wrong-value"
    UNKNOWN_API = "unknown-api"
    LATER_API = "later-api"
    REMOVED_API = "removed-api"
    DEPRECATED_API = "deprecated-api"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that the schema does not allow. It never quotes what may be a secret.

    Attributes:
        path: where it stands: keys and 0-based indexes; of a missing field, where it should stand.
        message: what is wrong, one sentence without its place.
        expected: what would fit, if that can be said shortly.
        hint: what was probably meant.
    """

    path: Path
    kind: Kind
    message: str
    expected: str | None = None
    hint: str | None = None

    @property
    def place(self) -> str:
        """ "spec.template.spec.containers[0].image"."""
        return steps(self.path)


def steps(path: Path) -> str:
    """A path as people write it; keys with dots or slashes stand in brackets."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif "." in step or "/" in step:
            text += f"['{step}']"
        else:
            text += f".{step}" if text else step
    return text


class Type(Protocol):
    """What a value may be."""

    def check(self, value: Any, path: Path, found: list[Mismatch]) -> None:
        """Append what does not fit; `value` is not None, which always means "not set"."""


def found_word(value: Any) -> str:
    """ "a list", "the number 8080": what a value is, without its text."""
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list) else type(value).__name__


def _wrong(value: Any, wanted: str, path: Path, hint: str | None = None) -> Mismatch:
    return Mismatch(
        path, Kind.WRONG_TYPE, f"{found_word(value)} stands where {wanted} belongs", wanted, hint
    )


def _missing(name: str, path: Path) -> Mismatch:
    return Mismatch((*path, name), Kind.MISSING_FIELD, f"the field '{name}' is required")


class Any_:  # noqa: N801 - the word itself is typing's
    """Everything fits."""

    __slots__ = ()

    def check(self, value: Any, path: Path, found: list[Mismatch]) -> None:
        """Never appends."""


@dataclass(slots=True)
class Scalar:
    """A string, number or boolean.

    Attributes:
        wanted: "a string".
        accepts: the Python types that fit, exactly.
        test: says what is wrong with a value of such a type, or None.
        values: those allowed, if not all are.
    """

    wanted: str
    accepts: frozenset[type]
    test: Callable[[Any], str | None] | None = None
    values: frozenset[str] | None = None

    def check(self, value: Any, path: Path, found: list[Mismatch]) -> None:
        if type(value) not in self.accepts and not self._is_subclass(value):
            found.append(_wrong(value, self.wanted, path, self._hint(value)))
        elif self.values is not None and value not in self.values:
            expected = ", ".join(sorted(self.values - {""}))
            found.append(
                Mismatch(
                    path, Kind.WRONG_VALUE, f"'{value}' is not a value of this field", expected
                )
            )
        elif self.test is not None and (said := self.test(value)) is not None:
            # 1.5 is no value that an integer could have, as "text" is none.
            fraction = isinstance(value, float) and not value.is_integer()
            kind = Kind.WRONG_TYPE if fraction else Kind.WRONG_VALUE
            found.append(Mismatch(path, kind, said, self.wanted))

    def _is_subclass(self, value: Any) -> bool:
        """A reader of YAML may keep how a value was written, in a type of its own."""
        return not isinstance(value, bool) and isinstance(value, tuple(self.accepts))

    def _hint(self, value: Any) -> str | None:
        if str in self.accepts and isinstance(value, bool | int | float):
            return "put it in quotes"
        if isinstance(value, str):
            text = value.strip().lower()
            if int in self.accepts and text.lstrip("-").isdecimal():
                return "write it without quotes"
            if bool in self.accepts and text in {"true", "false"}:
                return "write it without quotes"
        return None


@dataclass(slots=True)
class Listing:
    """A list of one type."""

    item: Type

    def check(self, value: Any, path: Path, found: list[Mismatch]) -> None:
        if not isinstance(value, list):
            hint = "begin it with '- '" if isinstance(value, Mapping | str) else None
            found.append(_wrong(value, "a list", path, hint))
            return
        check = self.item.check
        for index, item in enumerate(value):
            if item is not None:
                check(item, (*path, index), found)


@dataclass(slots=True)
class Table:
    """An object with any keys, whose values are of one type."""

    value: Type

    def check(self, value: Any, path: Path, found: list[Mismatch]) -> None:
        if not isinstance(value, Mapping):
            found.append(_wrong(value, "an object", path))
            return
        check = self.value.check
        for key, item in value.items():
            if item is not None:
                check(item, (*path, key), found)


class Object:
    """An object with known fields, which are made when one is first looked at.

    Args:
        name: of the definition, such as "core.v1.PodSpec".
        load: gives the fields by name.
        required: gives the names of those that must be there.
        open: whether other fields are kept by the server too.
    """

    __slots__ = ("_fields", "_load", "name", "open", "required")

    def __init__(
        self,
        name: str,
        load: Callable[[], Mapping[str, Type]],
        required: tuple[str, ...] = (),
        *,
        open: bool = False,
    ) -> None:
        self.name, self.required, self.open = name, required, open
        self._load = load
        self._fields: Mapping[str, Type] | None = None

    @property
    def fields(self) -> Mapping[str, Type]:
        """The type of each field."""
        if self._fields is None:
            self._fields = self._load()
        return self._fields

    def check(self, value: Any, path: Path, found: list[Mismatch]) -> None:
        if not isinstance(value, Mapping):
            found.append(_wrong(value, "an object", path))
            return
        fields = self.fields
        for key, item in value.items():
            type_ = fields.get(key)
            if type_ is None:
                # Go programs write this into the metadata of every template.
                if not self.open and not (item is None and key == "creationTimestamp"):
                    found.append(self._unknown(key, path))
            elif item is not None:
                # The usual case without a call; whatever else is wrong, `check` says.
                if (
                    type(type_) is Scalar
                    and type(item) in type_.accepts
                    and type_.values is None
                    and type_.test is None
                ):
                    continue
                type_.check(item, (*path, key), found)
        for name in self.required:
            if value.get(name) is None:
                found += [_missing(name, path)]

    def _unknown(self, key: Any, path: Path) -> Mismatch:
        where = self.name.rpartition(".")[2]
        return Mismatch((*path, key), Kind.UNKNOWN_FIELD, f"{where} has no field '{key}'")


def objects_on(root: Object, path: Path) -> Iterator[tuple[Path, Object]]:
    """The objects with known fields from `root` down to where `path` ends."""
    type_: Type | None = root
    for depth in range(len(path) + 1):
        if isinstance(type_, Object):
            yield path[:depth], type_
        if depth == len(path):
            return
        step = path[depth]
        if isinstance(type_, Object):
            type_ = type_.fields.get(str(step))
        elif isinstance(type_, Table):
            type_ = type_.value
        elif isinstance(type_, Listing):
            type_ = type_.item
        else:
            return
