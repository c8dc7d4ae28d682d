"""YAML that knows the place of every key and value, for files with many documents.

    for document in documents(text):
        if isinstance(document, NotUsable):
            print(document.line, document.message)      # one bad document hides no other
        elif image := document.find("spec", "containers", 0, "image"):
            print(image.line, image.column, image.text())

Scalars are the text that was written: a name such as `on` or `0123` does not turn into something
else. `Node.value()` gives what YAML 1.1 reads, which is what `kubectl` reads. Anchors, aliases and
merge keys (`<<`) are followed. A key written twice makes a document unusable. Nothing is built but
what is asked for: aliases that multiply or contain themselves do no harm until `value()`, which
refuses them. Ten thousand lines of manifests take some 0.3 seconds (ruamel.yaml: 4) with libyaml,
which every wheel of PyYAML has. Files of our own, which are small and whose errors quote values,
are read by `offcall.core.yamlfile`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

__all__ = ["MAX_VALUES", "Node", "NotUsable", "document", "documents"]

MAX_VALUES = 1_000_000
"""A document that grows to more values than this by its aliases is an attack or an accident."""

_MARKER = re.compile(r"---(?=\s|$)")
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"

Pairs = list[tuple[yaml.ScalarNode, yaml.Node]]


class NotUsable(Exception):  # noqa: N818 - whoever reads a file makes a finding or an error of it
    """A document, or a part of it, that cannot be used: the 1-based line in the file, and why."""

    def __init__(self, line: int | None, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class Node:
    """A place in a document: a mapping, a list or one value.

    `name` is where it stands: "spec.containers[0].image".
    """

    __slots__ = ("_node", "_offset", "name")

    def __init__(self, node: yaml.Node, offset: int, name: str) -> None:
        self._node = node
        self._offset = offset
        self.name = name

    def __repr__(self) -> str:
        return f"<Node {self.name or 'document'}, line {self.line}>"

    @property
    def line(self) -> int:
        """1-based, in the file."""
        line: int = self._node.start_mark.line
        return line + self._offset + 1

    @property
    def column(self) -> int:
        """1-based."""
        column: int = self._node.start_mark.column
        return column + 1

    @property
    def last_line(self) -> int:
        """The line on which it ends."""
        mark = self._node.end_mark
        # What is indented ends where the next thing begins.
        back = mark.column == 0 and mark.line > self._node.start_mark.line
        line: int = mark.line - 1 if back else mark.line
        return line + self._offset + 1

    @property
    def kind(self) -> str:
        """ "a mapping", "a list" or "one value"."""
        if isinstance(self._node, yaml.SequenceNode):
            return "a list"
        return "a mapping" if isinstance(self._node, yaml.MappingNode) else "one value"

    def at(self, key: str) -> Node | None:
        """The value of a key, or None when it is not there or empty.

        Raises:
            NotUsable: this is not a mapping.
        """
        for name, value in self._pairs():
            if name.value == key and not _empty(value):
                return self._below(key, value)
        return None

    def need(self, key: str) -> Node:
        """As `at`, but the key must be there."""
        found = self.at(key)
        if found is None:
            raise NotUsable(self.line, f"{self._named(key)} is missing")
        return found

    def key(self, key: str) -> Node | None:
        """The key itself as a place, also where its value is empty; None when it is not there."""
        for name, _ in self._pairs():
            if name.value == key:
                return self._below(key, name)
        return None

    def find(self, *path: str | int) -> Node | None:
        """What stands at a path of keys and places in lists; None where it does not lead on."""
        found: Node | None = self
        for step in path:
            if found is None:
                return None
            if isinstance(step, int):
                members = found.members() if isinstance(found._node, yaml.SequenceNode) else []
                found = members[step] if -len(members) <= step < len(members) else None
            else:
                found = found.at(step) if isinstance(found._node, yaml.MappingNode) else None
        return found

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Keys and values of a mapping, empty ones too.

        Raises:
            NotUsable: this is not a mapping.
        """
        for name, value in self._pairs():
            yield self._below(name.value, name), self._below(name.value, value)

    def members(self) -> list[Node]:
        """The members of a list.

        Raises:
            NotUsable: this is not a list.
        """
        if not isinstance(self._node, yaml.SequenceNode):
            raise NotUsable(self.line, f"{self._called}: a list is expected, not {self.kind}")
        return [
            Node(one, self._offset, f"{self.name}[{index}]")
            for index, one in enumerate(self._node.value)
        ]

    def text(self) -> str:
        """The scalar as it is written.

        Raises:
            NotUsable: a list or a mapping.
        """
        if not isinstance(self._node, yaml.ScalarNode):
            raise NotUsable(self.line, f"{self._called}: one value is expected, not {self.kind}")
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
        return found.members() if isinstance(found._node, yaml.SequenceNode) else [found]

    def mapping(self) -> dict[str, str]:
        """The keys with one value, and their values."""
        return {
            name.value: value.value
            for name, value in self._pairs()
            if isinstance(value, yaml.ScalarNode)
        }

    def value(self) -> Any:
        """Plain dict, list, text, int, float, bool or None, by YAML 1.1; dates stay text.

        Raises:
            NotUsable: by its aliases it contains itself, or has more than `MAX_VALUES` values.
        """
        _size(self._node, {}, set(), self._offset)
        return _plain(self._node)

    def value_and_lines(self) -> tuple[Any, list[int]]:
        """As `value`, and the 1-based line of each key and list member, in the value's order.

        What stands below a key or member comes between it and the next one.
        """
        _size(self._node, {}, set(), self._offset)
        lines: list[int] = []
        return _plain_with(self._node, self._offset + 1, lines), lines

    def _pairs(self) -> Pairs:
        if not isinstance(self._node, yaml.MappingNode):
            raise NotUsable(self.line, f"{self._called}: a mapping is expected, not {self.kind}")
        return _merged(self._node)

    def _below(self, key: str, node: yaml.Node) -> Node:
        return Node(node, self._offset, self._named(key))

    def _named(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    @property
    def _called(self) -> str:
        return self.name or "a document"


def documents(text: str) -> Iterator[Node | NotUsable]:
    """Every document of a file; one that cannot be used does not hide those after it."""
    lines = text.splitlines(keepends=True)
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or _MARKER.match(lines[number]):
            end = number
            # Directives belong to the document that the marker begins.
            while start < end < len(lines) and lines[end - 1].startswith("%"):
                end -= 1
            try:
                node = document("".join(lines[start:end]), offset=start)
            except NotUsable as error:
                yield error
            else:
                if node is not None:
                    yield node
            start = end


def document(text: str, *, offset: int = 0) -> Node | None:
    """The document in `text`, which begins `offset` lines into its file; None if it is empty.

    Raises:
        NotUsable: not YAML, or a key is no word or stands twice.
    """
    if not any(line.strip() and line[0] not in "#%" for line in text.splitlines()):
        return None
    try:
        node = yaml.compose(text, Loader=_loader())
        if node is None or _empty(node):
            return None
        _check(node, offset)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is reported after it, where the next document begins.
        last = max(len(text.splitlines()) - 1, 0)
        line = (min(mark.line, last) if mark else 0) + offset + 1
        said = error.problem or error.context or "syntax error"
        raise NotUsable(line, f"not valid YAML: {said}") from error
    except yaml.YAMLError as error:
        raise NotUsable(offset + 1, f"not valid YAML: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise NotUsable(offset + 1, "not valid YAML: nested too deeply") from error
    return Node(node, offset, "")


@cache
def _loader() -> Any:
    # libyaml is some fifteen times faster; a build of PyYAML without it still works.
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _constructor() -> Any:
    return yaml.SafeLoader("")


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and (
        node.tag == _NULL or (node.value == "" and node.style is None)
    )


def _check(top: yaml.Node, offset: int) -> None:
    """Refuse keys that are no words or stand twice."""
    seen: set[int] = set()
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [one for one in node.value if not isinstance(one, yaml.ScalarNode)]
        elif isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                line = key.start_mark.line + offset + 1
                if not isinstance(key, yaml.ScalarNode):
                    raise NotUsable(line, "a key is a word, this is a list or a mapping")
                if key.value in keys:
                    raise NotUsable(line, f"the key {key.value} is written twice")
                keys.add(key.value)
                if not isinstance(value, yaml.ScalarNode):
                    waiting.append(value)


def _size(node: yaml.Node, sizes: dict[int, int], inside: set[int], offset: int) -> int:
    """How many values the node has when every alias is written out."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    line = node.start_mark.line + offset + 1
    if id(node) in inside:
        raise NotUsable(line, "an alias refers to a value that contains it")
    if id(node) not in sizes:
        inside.add(id(node))
        pairs = isinstance(node, yaml.MappingNode)
        children = [one for pair in node.value for one in pair] if pairs else node.value
        sizes[id(node)] = 1 + sum(_size(one, sizes, inside, offset) for one in children)
        inside.remove(id(node))
    if sizes[id(node)] > MAX_VALUES:
        raise NotUsable(line, "aliases multiply to too many values")
    return sizes[id(node)]


def _merged(node: yaml.MappingNode, inside: tuple[int, ...] = ()) -> Pairs:
    """Keys and values, those of merge keys (`<<: *base`) after the mapping's own."""
    pairs: Pairs = node.value
    if all(key.tag != _MERGE for key, _ in pairs):
        return pairs
    found = {key.value: (key, value) for key, value in pairs if key.tag != _MERGE}
    for key, value in pairs:
        if key.tag == _MERGE:
            for base in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if isinstance(base, yaml.MappingNode) and id(base) not in inside:
                    for pair in _merged(base, (*inside, id(node))):
                        found.setdefault(pair[0].value, pair)
    return list(found.values())


def _plain_with(node: yaml.Node, first: int, lines: list[int]) -> Any:
    if isinstance(node, yaml.MappingNode):
        body = {}
        for key, value in _merged(node):
            lines.append(key.start_mark.line + first)
            body[key.value] = _plain_with(value, first, lines)
        return body
    if isinstance(node, yaml.SequenceNode):
        members = []
        for one in node.value:
            lines.append(one.start_mark.line + first)
            members.append(_plain_with(one, first, lines))
        return members
    return _plain(node)


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in _merged(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one) for one in node.value]
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    # 22:22 is 1342 to YAML 1.1, and to nobody else.
    if kind in ("int", "float", "bool") and ":" not in node.value:
        return _constructor().construct_object(node)
    return node.value
