"""The OpenAPI definitions of all Kubernetes versions that kubernetes-validate carries, as one.

Definitions hardly change from one version to the next, so that each field is written once, with
the versions that have it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Definition", "definitions", "short", "versions"]

_PREFIXES = (
    "io.k8s.api.",
    "io.k8s.apimachinery.pkg.apis.",
    "io.k8s.apiextensions-apiserver.pkg.apis.",
    "io.k8s.kube-aggregator.pkg.apis.",
)
# Types that JSON has no word for; the published schema of the first four says nothing of value.
_SPECIAL = {
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
}
# The schema does not say that these need their `spec`, but the fields in it are required, and
# without it they are missing.
_NEED_SPEC = {
    *("apps.v1.DaemonSet", "apps.v1.Deployment", "apps.v1.ReplicaSet", "apps.v1.StatefulSet"),
    *("batch.v1.CronJob", "batch.v1.Job", "core.v1.Pod"),
    *("autoscaling.v1.HorizontalPodAutoscaler", "autoscaling.v2.HorizontalPodAutoscaler"),
}


@dataclass
class Definition:
    """One definition over all versions.

    Attributes:
        kinds: "apps/v1 Deployment" → the minor versions that serve it.
        fields: (name, type, required) → the minor versions in which it is so.
    """

    kinds: dict[str, list[int]] = field(default_factory=dict)
    fields: dict[tuple[str, str, bool], list[int]] = field(default_factory=dict)


def _folders() -> dict[int, Path]:
    import kubernetes_validate

    root = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
    found = {}
    for folder in root.iterdir():
        named = re.fullmatch(r"v1\.(\d+)\.0-local", folder.name)
        if named:
            found[int(named[1])] = folder
    return dict(sorted(found.items()))


def versions() -> list[int]:
    """The minor versions, ascending."""
    return list(_folders())


def short(name: str) -> str:
    """ "io.k8s.api.core.v1.PodSpec" → "core.v1.PodSpec"."""
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name.rpartition(".")[2]


def definitions() -> dict[str, Definition]:
    """Every definition that an object can consist of, by its short name."""
    merged: dict[str, Definition] = {}
    for minor, folder in _folders().items():
        raw = json.loads((folder / "_definitions.json").read_text())["$defs"]
        for name in _reached(raw):
            body = raw[name]
            one = merged.setdefault(short(name), Definition())
            for kind in _kinds(body):
                one.kinds.setdefault(kind, []).append(minor)
            required = {*body.get("required", ()), *(["spec"] if short(name) in _NEED_SPEC else [])}
            for prop, schema in body["properties"].items():
                key = (prop, _type(schema, raw), prop in required)
                one.fields.setdefault(key, []).append(minor)
    return merged


def _kinds(body: Mapping[str, Any]) -> Iterator[str]:
    for one in body.get("x-kubernetes-group-version-kind", ()):
        # The others are lists, and options of requests: no object is one.
        metadata = body["properties"].get("metadata", {})
        if metadata.get("$ref") != "#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta":
            continue
        group = f"{one['group']}/" if one["group"] else ""
        yield f"{group}{one['version']} {one['kind']}"


def _reached(raw: Mapping[str, Any]) -> Iterable[str]:
    """Those that are kinds, and all that they refer to."""
    found: set[str] = set()
    todo = [name for name, body in raw.items() if "properties" in body and any(_kinds(body))]
    while todo:
        name = todo.pop()
        if name in found or name in _SPECIAL or "properties" not in raw[name]:
            continue
        found.add(name)
        todo += re.findall(r'"#/\$defs/([^"]+)"', json.dumps(raw[name]))
    return sorted(found)


def _type(schema: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        if name in _SPECIAL:
            return _SPECIAL[name]
        return short(name) if "properties" in raw[name] else "object"
    named = schema.get("type", "any")
    plain = named if isinstance(named, str) else next(one for one in named if one != "null")
    if plain == "array":
        return f"[]{_type(schema['items'], raw)}"
    if plain == "object":
        values = schema.get("additionalProperties")
        return f"{{}}{_type(values, raw)}" if isinstance(values, Mapping) else "object"
    known = {"int32": "int32", "int64": "int64", "byte": "byte", "date-time": "time"}
    return known.get(schema.get("format", ""), "int64" if plain == "integer" else plain)
