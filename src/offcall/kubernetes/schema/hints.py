"""What was probably meant by a field that does not exist."""

from __future__ import annotations

from dataclasses import replace

from offcall.core.text import did_you_mean
from offcall.kubernetes.schema.published import published
from offcall.kubernetes.schema.types import Kind, Mismatch, Object, Path, objects_on, steps

__all__ = ["explained"]

_AFFINITY = (
    "it does not exist in the API: affinity is only looked at when a pod is placed, "
    "in requiredDuringSchedulingIgnoredDuringExecution and "
    "preferredDuringSchedulingIgnoredDuringExecution"
)
# Fields that articles name and the API never had.
_BELIEVED = {
    "alwaysAllowUnhealthyPodEviction": "write 'unhealthyPodEvictionPolicy: AlwaysAllow'",
    "requiredDuringSchedulingRequiredDuringExecution": _AFFINITY,
    "preferredDuringSchedulingRequiredDuringExecution": _AFFINITY,
    "whenUnsatisfied": "did you mean 'whenUnsatisfiable'?",
}
_DEPTH = 3
"""How far below an object a field is looked for."""


def explained(one: Mismatch, root: Object, minor: int) -> Mismatch:
    """The same with a hint, or as a field of another version, if it is about an unknown field."""
    if one.kind is not Kind.UNKNOWN_FIELD:
        return one
    key = str(one.path[-1])
    chain = list(objects_on(root, one.path[:-1]))
    owner = chain[-1][1]
    having = published().versions_of(owner.name, key)
    where = owner.name.rpartition(".")[2]
    if having is not None and having[0] > minor:
        said = f"'{key}' of {where} came with Kubernetes 1.{having[0]}, and this is 1.{minor}"
        return replace(one, kind=Kind.LATER_FIELD, message=said)
    if having is not None:
        said = (
            f"'{key}' of {where} is gone since Kubernetes 1.{having[1] + 1}, and this is 1.{minor}"
        )
        return replace(one, kind=Kind.REMOVED_FIELD, message=said)
    if key in _BELIEVED:
        return replace(one, hint=_BELIEVED[key])
    if (elsewhere := _elsewhere(chain, key)) is not None:
        return replace(one, hint=f"it belongs to {steps(elsewhere)}")
    return replace(one, hint=did_you_mean(key, owner.fields))


def _elsewhere(chain: list[tuple[Path, Object]], key: str) -> Path | None:
    """Where an object around it, or one within it, has a field of that name; the nearest."""
    for path, around in reversed(chain[:-1]):
        if key in around.fields:
            return (*path, key)
    level = [chain[-1]]
    for _ in range(_DEPTH):
        level = [
            ((*path, name), inner)
            for path, outer in level
            for name, inner in outer.fields.items()
            if isinstance(inner, Object) and name != "status"
        ]
        for path, inner in level:
            if key in inner.fields:
                return (*path, key)
    return None
