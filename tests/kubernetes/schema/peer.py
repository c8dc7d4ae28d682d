"""The independent validator: jsonschema, on the strict schemas of kubernetes-validate."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

__all__ = ["validator"]

ROOT = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"


@cache
def _definitions(minor: int) -> tuple[Registry[Any], dict[str, str]]:
    raw = json.loads((ROOT / f"v1.{minor}.0-local-strict" / "_definitions.json").read_text())
    kinds = {}
    for name, body in raw["$defs"].items():
        for one in body.get("x-kubernetes-group-version-kind", ()):
            group = f"{one['group']}/" if one["group"] else ""
            kinds[f"{group}{one['version']} {one['kind']}"] = name
    return Resource.from_contents(raw) @ Registry(), kinds


@cache
def validator(name: str, minor: int) -> Draft202012Validator:
    """For "apps/v1 Deployment"."""
    registry, kinds = _definitions(minor)
    ref = f"https://kubernetes.io/api/_definitions.json#/$defs/{kinds[name]}"
    return Draft202012Validator({"$ref": ref}, registry=registry)
