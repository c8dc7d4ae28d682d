"""What manifests have that the schemas of their Kubernetes version do not: found once a run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from offcall.kubernetes.checking import Found
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.policies import View
from offcall.kubernetes.objects import Object
from offcall.kubernetes.paths import text_of
from offcall.kubernetes.schema.published import published
from offcall.kubernetes.schema.types import Kind, Mismatch
from offcall.kubernetes.schema.validating import Schemas

__all__ = ["of_kind"]


def of_kind(index: Index, *kinds: Kind) -> Iterator[Found]:
    """The mismatches of these kinds, in manifests: a live server has judged its objects itself.

    Custom resources are judged by the definitions in the input. A version of Kubernetes that is
    newer, or older, than all schemas is judged by the nearest.
    """
    for obj, one in _all(index):
        if one.kind in kinds:
            yield Found(
                View(obj),
                text_of(one.path),
                one.message,
                one.hint or (f"expected: {one.expected}" if one.expected else "take it out"),
                evidence={"expected": one.expected} if one.expected else {},
                key=one.place,
            )


@lru_cache(maxsize=1)
def _all(index: Index) -> tuple[tuple[Object, Mismatch], ...]:
    """Once for all checks of a run, which have the same index."""
    first, last = published().versions
    definitions = [one.body for one in index.objects("CustomResourceDefinition")]
    schemas = Schemas(min(max(index.minor, first), last), definitions)
    return tuple(
        (obj, one)
        for obj in index.cluster.objects
        if obj.file is not None
        for one in schemas.validate(obj.body)
    )
