"""Field paths: `spec.template.spec.containers[0].image`, as text and as steps.

A key with a dot or a slash in it stands in brackets: `metadata.annotations[example.com/team]`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from offcall.core.edits import Path

__all__ = ["at", "join", "parse", "text_of"]

_STEP = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")


@lru_cache(maxsize=4096)
def parse(path: str) -> Path:
    """The steps of a path; the empty path is the whole object.

    Raises:
        ValueError: not a path.
    """
    steps: list[str | int] = []
    end = 0
    while end < len(path):
        found = _STEP.match(path, end)
        if found is None:
            raise ValueError(f"not a field path: {path!r}")
        key, inside = found.groups()
        steps.append(key if inside is None else int(inside) if inside.isdecimal() else inside)
        end = found.end()
    return tuple(steps)


def text_of(path: Path) -> str:
    """The steps as text: `parse(text_of(path)) == path`."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int) or "." in step or "/" in step:
            parts.append(f"[{step}]")
        else:
            parts.append(f".{step}" if parts else step)
    return "".join(parts)


def join(base: str, field: str) -> str:
    """`field` below `base`; either may be empty."""
    if not base or not field:
        return base or field
    return base + field if field.startswith("[") else f"{base}.{field}"


def at(body: Any, path: Path) -> Any:
    """What stands at a path, or None where it does not lead on."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(body, list) or step >= len(body):
                return None
            body = body[step]
        elif isinstance(body, dict):
            body = body.get(step)
        else:
            return None
    return body
