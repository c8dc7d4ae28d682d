"""What YAML allows and no file of ours may have: aliases that loop, keys that are lists.

The loader itself would put nothing in the place of an alias that refers to what contains it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from offcall.core.errors import UserError

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

__all__ = ["MAX_VALUES", "check_aliases", "check_keys"]

# A file that grows to more values than this by its aliases is an attack or an accident.
MAX_VALUES = 1_000_000


def check_aliases(text: str, *, file: str, error: type[UserError]) -> None:
    """Look at every alias of a YAML text.

    Raises:
        UserError (or the subclass given): one contains itself, or they multiply without bound.
        YAMLError: the text is not YAML.
    """
    from ruamel.yaml import YAML

    for top in YAML(typ="rt").compose_all(text):
        if top is not None and _size(top, {}, set(), file, error) > MAX_VALUES:
            raise error("its aliases multiply to too many values", file=file)


def _size(
    node: Node, sizes: dict[int, int], inside: set[int], file: str, error: type[UserError]
) -> int:
    """How many values the node has when every alias is written out."""
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    if not isinstance(node, MappingNode | SequenceNode):
        return 1
    if id(node) in inside:
        raise error(
            f"the alias *{node.anchor} refers to a value that contains it",
            file=file,
            line=node.start_mark.line + 1,
        )
    if id(node) not in sizes:
        inside.add(id(node))
        children = (
            [child for pair in node.value for child in pair]
            if isinstance(node, MappingNode)
            else node.value
        )
        sizes[id(node)] = 1 + sum(_size(child, sizes, inside, file, error) for child in children)
        inside.remove(id(node))
    return sizes[id(node)]


def check_keys(top: Any, *, file: str, error: type[UserError]) -> None:
    """Look at every key of loaded YAML.

    Raises:
        UserError (or the subclass given): one is a list or a mapping.
    """
    from offcall.core.yamlfile import line_of

    seen: set[int] = set()
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict | list) or id(node) in seen:
            continue
        seen.add(id(node))
        for key in node if isinstance(node, dict) else ():
            if isinstance(key, Collection) and not isinstance(key, str):
                raise error(
                    "a key is a word, this is a list or a mapping",
                    file=file,
                    line=line_of(node, []),
                )
        waiting += node.values() if isinstance(node, dict) else node
