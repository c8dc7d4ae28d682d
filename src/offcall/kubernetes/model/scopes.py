"""Which objects belong together when one folder holds the manifests of several clusters.

`dev/web.yaml` and `prod/web.yaml` both have a Deployment `shop/web`: they cannot be in one
cluster, so what stands in `dev` and what stands in `prod` are two. Where nothing is there twice,
everything belongs together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import PurePath

from offcall.kubernetes.objects import Object

__all__ = ["scopes_of"]


def scopes_of(objects: Iterable[Object]) -> Callable[[Object], str]:
    """The scope of an object: the file or folder that tells it from another like it, or ""."""
    files: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in objects:
        if one.file is not None:
            files[one.group, one.identity].add(one.file)
    roots = {root for same in files.values() if len(same) > 1 for root in _apart(same)}
    if not roots:
        return lambda one: ""
    known: dict[str, str] = {}

    def scope(one: Object) -> str:
        if one.file is None:
            return ""
        if one.file not in known:
            path = PurePath(one.file)
            inside = (str(part) for part in (path, *path.parents) if str(part) in roots)
            known[one.file] = next(inside, "")
        return known[one.file]

    return scope


def _apart(files: Iterable[str]) -> Iterable[str]:
    """The first part of each path in which they differ."""
    paths = [PurePath(file) for file in files]
    shared = 0
    for parts in zip(*(path.parts for path in paths), strict=False):
        if len(set(parts)) > 1:
            break
        shared += 1
    return (str(PurePath(*path.parts[: shared + 1])) for path in paths)
