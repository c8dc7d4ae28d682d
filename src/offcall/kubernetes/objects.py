"""One Kubernetes object, and where each of its fields was written.

The lines of all fields are kept in one short text beside the body: for each key and list member,
in the order in which the body has them, how many lines after the one before it stands. A line is
looked up only for a finding, and a saved snapshot still knows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from offcall.core.edits import Path

__all__ = ["Object", "encode_lines"]

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Object:
    """An object as the API would have it.

    Attributes:
        body: the whole object, with the field names of the API. It is never changed.
        file: where it was read; None for an object of a live cluster.
        line: the 1-based line at which it begins in `file`.
        lines: see the module; empty when only `line` is known.
        note: how it came from the file, when it does not stand there: "rendered by helm".
    """

    api_version: str
    kind: str
    name: str
    namespace: str
    body: Body
    file: str | None = None
    line: int | None = None
    lines: str = ""
    note: str | None = None

    @property
    def group(self) -> str:
        """The API group: "apps"; "" for the core one."""
        group, slash, _ = self.api_version.rpartition("/")
        return group if slash else ""

    @property
    def identity(self) -> str:
        """ "Deployment/shop/web"; without the namespace for what has none."""
        parts = (self.kind, self.namespace, self.name)
        return "/".join(part for part in parts if part)

    @property
    def metadata(self) -> Body:
        """The metadata, empty when there is none."""
        found = self.body.get("metadata")
        return found if isinstance(found, dict) else {}

    @property
    def spec(self) -> Body:
        """The spec, empty when there is none."""
        found = self.body.get("spec")
        return found if isinstance(found, dict) else {}

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the object itself."""
        found = self.metadata.get("labels")
        return found if isinstance(found, dict) else {}

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations of the object itself."""
        found = self.metadata.get("annotations")
        return found if isinstance(found, dict) else {}

    def line_of(self, path: Path) -> int | None:
        """The line of a field, or of the nearest thing above it that was written."""
        if not self.lines or self.line is None:
            return self.line
        steps = [int(step) for step in self.lines.split()]
        found, number = 0, 0
        node: Any = self.body
        for wanted in path:
            children = _children(node)
            if children is None:
                break
            for key, child in children:
                if key == wanted:
                    found, node = number + 1, child
                    number += 1
                    break
                number += 1 + _size(child)
            else:
                break
        return self.line + sum(steps[:found])


def encode_lines(lines: Iterable[int], start: int) -> str:
    """The `lines` of an object that begins at `start`, from the 1-based line of each field."""
    parts = []
    for line in lines:
        parts.append(str(line - start))
        start = line
    return " ".join(parts)


def _children(node: Any) -> Iterable[tuple[str | int, Any]] | None:
    if isinstance(node, dict):
        return node.items()
    return enumerate(node) if isinstance(node, list) else None


def _size(node: Any) -> int:
    """How many keys and members there are below."""
    if isinstance(node, dict):
        return len(node) + sum(_size(one) for one in node.values() if isinstance(one, dict | list))
    if isinstance(node, list):
        return len(node) + sum(_size(one) for one in node if isinstance(one, dict | list))
    return 0
