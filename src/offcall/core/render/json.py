"""A result as JSON: the model itself, with the name and version of its schema on top."""

from __future__ import annotations

import json

from offcall.core.results import Result

__all__ = ["to_json"]


def to_json(result: Result) -> str:
    """The result, indented; `schema` says which model and version it is."""
    name = f"offcall.{type(result).__name__}/{result.json_version}"
    body = {"schema": name, **result.model_dump(mode="json")}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"
