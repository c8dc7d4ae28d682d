"""Schemas of custom resources: from CustomResourceDefinitions, and of some that we ship.

The server keeps only the fields that a schema names, unless the schema says otherwise
(https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from offcall.kubernetes.schema.published import DATA, published
from offcall.kubernetes.schema.scalars import SCALARS, one_of
from offcall.kubernetes.schema.types import Any_, Listing, Object, Table, Type

__all__ = ["defined_by", "shipped", "shipped_from", "shipped_kinds"]

_ANY = Any_()


def defined_by(crd: Mapping[str, Any]) -> Iterator[tuple[str, Object]]:
    """What a CustomResourceDefinition of apiextensions.k8s.io/v1 defines: its kinds' types.

    A version without a schema, or a definition that is not of this shape, gives nothing.
    """
    spec = crd.get("spec")
    names = spec.get("names") if isinstance(spec, Mapping) else None
    if not isinstance(spec, Mapping) or not isinstance(names, Mapping):
        return
    group, kind, versions = spec.get("group"), names.get("kind"), spec.get("versions")
    for one in versions if isinstance(versions, list) else ():
        schema = one.get("schema") if isinstance(one, Mapping) else None
        body = schema.get("openAPIV3Schema") if isinstance(schema, Mapping) else None
        if isinstance(body, Mapping) and isinstance(body.get("properties"), Mapping):
            yield f"{group}/{one.get('name')} {kind}", _root(str(kind), body)


def _root(kind: str, schema: Mapping[str, Any]) -> Object:
    """The object itself, which has metadata whatever its schema says of it."""
    own = _type(schema, kind)
    assert isinstance(own, Object)

    def fields() -> dict[str, Type]:
        metadata = published().object("meta.v1.ObjectMeta", published().versions[1])
        head: dict[str, Type] = {"apiVersion": SCALARS["string"], "kind": SCALARS["string"]}
        return {**own.fields, **head, "metadata": metadata}

    return Object(kind, fields, own.required, open=own.open)


def _type(schema: Mapping[str, Any], name: str) -> Type:
    if schema.get("x-kubernetes-int-or-string"):
        return SCALARS["int-or-string"]
    kept = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    match schema.get("type"):
        case "object":
            return _object(schema, name, open=kept)
        case "array":
            items = schema.get("items")
            return Listing(_type(items, name) if isinstance(items, Mapping) else _ANY)
        case "string":
            values = schema.get("enum")
            if isinstance(values, list) and all(isinstance(one, str) for one in values):
                return one_of(values, required=True)
            return SCALARS["string"]
        case "integer":
            return SCALARS["int32" if schema.get("format") == "int32" else "int64"]
        case "number":
            return SCALARS["number"]
        case "boolean":
            return SCALARS["boolean"]
    return _ANY


def _object(schema: Mapping[str, Any], name: str, *, open: bool) -> Type:
    properties, values = schema.get("properties"), schema.get("additionalProperties")
    if not isinstance(properties, Mapping):
        return Table(_type(values, name) if isinstance(values, Mapping) else _ANY)
    required = schema.get("required")
    return Object(
        name,
        lambda: {
            field: _type(one, f"{name}.{field}") if isinstance(one, Mapping) else _ANY
            for field, one in properties.items()
        },
        tuple(required if isinstance(required, list) else ()),
        open=open or values is True,
    )


@cache
def _shipped_lines() -> Mapping[str, str]:
    found = {}
    for line in (DATA / "custom.jsonl").read_text(encoding="utf-8").splitlines():
        kinds, _, body = line.partition("\t")
        found.update(dict.fromkeys(kinds.split("|"), body))
    return found


@cache
def shipped(kind: str) -> Object | None:
    """The schema of "karpenter.sh/v1 NodePool", if we have one."""
    body = _shipped_lines().get(kind)
    if body is None:
        return None
    return _root(kind.rpartition(" ")[2], json.loads(body)["schema"])


def shipped_from(kind: str) -> str | None:
    """Of which release of which project it is."""
    body = _shipped_lines().get(kind)
    return None if body is None else str(json.loads(body)["source"])


def shipped_kinds() -> list[str]:
    """All that we have a schema of."""
    return sorted(_shipped_lines())
