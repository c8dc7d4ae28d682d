"""Routes learned from the paths themselves: a segment with many distinct values is a parameter.

`/products/red-shoes` and a thousand like it are one line, `/products/{*}`. Where a few values make
up most of the requests, such as the pages below `/`, they stay, and only the many rare ones beside
them are put together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ANY", "MANY", "learn"]

ANY = "{*}"
"""What stands for a segment that was found to be a parameter."""

MANY = 20
"""So many distinct values may be those of a parameter."""

_SURELY = 100
"""So many are, whatever they look like; fewer are if most look as if a program had made them."""

_MADE = re.compile(r"[0-9_%~+=-]")

_RARE = 0.01
"""A value with a smaller share of the requests at its place is a rare one."""

_FIRST, _MOST = 5, 0.5
"""If the first five values make up most of the requests, they are places, not values."""


@dataclass(slots=True)
class _Node:
    """A place in the tree of segments: how many requests went through it, and which end here."""

    requests: int = 0
    below: dict[str, _Node] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)

    def take(self, other: _Node) -> None:
        """Let what is known of another place be known of this one."""
        self.requests += other.requests
        self.ends += other.ends
        for segment, node in other.below.items():
            if segment in self.below:
                self.below[segment].take(node)
            else:
                self.below[segment] = node


def learn(routes: Mapping[str, int]) -> dict[str, str]:
    """The routes that are another one when segments with many values are put together.

    Args:
        routes: how many requests each has.
    """
    root = _Node()
    for route, requests in routes.items():
        node = root
        node.requests += requests
        for segment in route.split("/"):
            node = node.below.setdefault(segment, _Node())
            node.requests += requests
        node.ends.append(route)
    found: dict[str, str] = {}
    waiting: list[tuple[_Node, tuple[str, ...]]] = [(root, ())]
    while waiting:
        node, path = waiting.pop()
        for route in node.ends:
            shown = "/".join(path)
            if shown != route:
                found[route] = shown
        _merge(node)
        waiting += [(below, (*path, segment)) for segment, below in node.below.items()]
    return found


def _merge(node: _Node) -> None:
    """Put the values of a parameter together, if there is one at this place."""
    named = {one: below for one, below in node.below.items() if "{" not in one and one}
    if len(named) < MANY:
        return
    counts = sorted((below.requests for below in named.values()), reverse=True)
    made = sum(_MADE.search(one) is not None for one in named)
    spread = sum(counts[:_FIRST]) < _MOST * sum(counts)
    values = list(named)
    if not (spread and (len(named) >= _SURELY or made > len(named) / 2)):
        values = [one for one in named if named[one].requests < _RARE * sum(counts)]
    if len(values) < MANY:
        return
    put = node.below.setdefault(ANY, _Node())
    for one in values:
        put.take(node.below.pop(one))
