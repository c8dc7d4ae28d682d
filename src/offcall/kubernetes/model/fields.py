"""Reading fields of a body that may be anything: what does not fit is as if it were not there."""

from __future__ import annotations

from typing import Any

__all__ = ["integer", "listing", "mapping", "text"]

_EMPTY: dict[str, Any] = {}


def mapping(body: Any, *keys: str) -> dict[str, Any]:
    """The mapping at a path of keys; an empty one when there is none. It is not to be changed."""
    for key in keys:
        if not isinstance(body, dict):
            return _EMPTY
        body = body.get(key)
    return body if isinstance(body, dict) else _EMPTY


def listing(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The mappings in the list at a key; what is none keeps its place as an empty one."""
    found = body.get(key)
    if not isinstance(found, list):
        return []
    return [one if isinstance(one, dict) else _EMPTY for one in found]


def integer(body: dict[str, Any], key: str, default: int) -> int:
    """The whole number at a key, or the default of the API."""
    found = body.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) else default


def text(body: dict[str, Any], key: str, default: str = "") -> str:
    """The text at a key, or the default."""
    found = body.get(key)
    return found if isinstance(found, str) else default
