"""YAML documents as nodes that know their line, parsed one by one.

Every scalar stays the text that was written: names such as `on` or `0123` do not turn into
something else, and nothing is built from a document but what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

__all__ = ["Node", "NotUsable", "parse", "parse_one"]

_MARKER = re.compile(r"^---(?=\s|$)")


class NotUsable(Exception):  # noqa: N818 - it becomes a `Problem`, it is not shown as an error
    """A document, or a part of it, that cannot be used: the line and why."""

    def __init__(self, line: int | None, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class Node:
    """A place in a document."""

    __slots__ = ("_name", "_node", "_offset")

    def __init__(self, node: yaml.Node, offset: int, name: str) -> None:
        self._node = node
        self._offset = offset
        self._name = name

    @property
    def line(self) -> int:
        """1-based, in the file."""
        line: int = self._node.start_mark.line
        return line + self._offset + 1

    def at(self, key: str) -> Node | None:
        """The value of a key, or None when it is not there or empty.

        Raises:
            NotUsable: this is not a mapping.
        """
        for name, value in self._pairs():
            if name.value == key and not _empty(value):
                return Node(value, self._offset, f"{self._name}.{key}" if self._name else key)
        return None

    def need(self, key: str) -> Node:
        """As `at`, but the key must be there."""
        found = self.at(key)
        if found is None:
            name = f"{self._name}.{key}" if self._name else key
            raise NotUsable(self.line, f"{name} is missing")
        return found

    def text(self) -> str:
        """The scalar as it is written.

        Raises:
            NotUsable: a list or a mapping.
        """
        if not isinstance(self._node, yaml.ScalarNode):
            raise NotUsable(self.line, f"{self._name}: one value is expected, not {self._kind}")
        text: str = self._node.value
        return text

    def text_at(self, key: str) -> str | None:
        """The scalar at a key, or None."""
        found = self.at(key)
        return found.text() if found else None

    def texts(self, key: str) -> list[str]:
        """The scalars at a key, be it one or a list; none when it is not there."""
        return [item.text() for item in self.items(key)]

    def items(self, key: str) -> list[Node]:
        """The members of the list at a key, or the one value that stands there."""
        found = self.at(key)
        if found is None:
            return []
        if isinstance(found._node, yaml.SequenceNode):
            return [Node(one, self._offset, found._name) for one in found._node.value]
        return [found]

    def mapping(self) -> dict[str, str]:
        """The keys with one value, and their values."""
        return {
            name.value: value.value
            for name, value in self._pairs()
            if isinstance(value, yaml.ScalarNode)
        }

    def _pairs(self) -> list[tuple[Any, Any]]:
        if not isinstance(self._node, yaml.MappingNode):
            where = self._name or "a document"
            raise NotUsable(self.line, f"{where}: a mapping is expected, not {self._kind}")
        pairs: list[tuple[Any, Any]] = self._node.value
        return pairs

    @property
    def _kind(self) -> str:
        if isinstance(self._node, yaml.SequenceNode):
            return "a list"
        return "a mapping" if isinstance(self._node, yaml.MappingNode) else "one value"


def parse(text: str) -> Iterator[Node | NotUsable]:
    """Every document of a file; one that is not YAML does not hide those after it."""
    lines = text.splitlines(keepends=True)
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or _MARKER.match(lines[number]):
            try:
                node = parse_one("".join(lines[start:number]), offset=start)
            except NotUsable as error:
                yield error
            else:
                if node is not None:
                    yield node
            start = number


def parse_one(text: str, *, offset: int) -> Node | None:
    """The document in `text`, which begins `offset` lines into its file; None if it is empty.

    Raises:
        NotUsable: not YAML.
    """
    if not any(line.strip() and line[0] not in "#%" for line in text.splitlines()):
        return None
    try:
        node = yaml.compose(text, Loader=_loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is reported after it, where the next document begins.
        last = max(len(text.splitlines()) - 1, 0)
        line = (min(mark.line, last) if mark else 0) + offset + 1
        said = error.problem or error.context or "syntax error"
        raise NotUsable(line, f"not valid YAML: {said}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise NotUsable(offset + 1, f"not valid YAML: {str(error).splitlines()[0]}") from error
    return None if node is None or _empty(node) else Node(node, offset, "")


@cache
def _loader() -> Any:
    # libyaml is some fifteen times faster; a build of PyYAML without it still works.
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and (
        node.tag == "tag:yaml.org,2002:null" or (node.value == "" and node.style is None)
    )
