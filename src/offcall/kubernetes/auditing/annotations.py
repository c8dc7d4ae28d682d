"""Suppression by annotation: `offcall.io/ignore-single-replica: "reason [until 2027-01-31]"`.

It stands on the object, on its pod template, or on its Namespace.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from offcall.core.text import did_you_mean
from offcall.kubernetes.auditing.reasons import Reason, parse_reason
from offcall.kubernetes.checking import PREFIX
from offcall.kubernetes.model.fields import mapping
from offcall.kubernetes.model.index import Index
from offcall.kubernetes.model.workloads import TEMPLATES
from offcall.kubernetes.objects import Object
from offcall.kubernetes.paths import at, parse

__all__ = ["ANNOTATION", "reason_for", "unusable"]

ANNOTATION = "offcall.io/ignore-"


def reason_for(index: Index, obj: Object, check: str) -> tuple[Reason, str] | None:
    """Why findings of a check on an object are suppressed, and where that is written.

    Args:
        check: the name of the check, with or without `k8s-`.
    """
    names = (ANNOTATION + check.removeprefix(PREFIX), ANNOTATION + check)
    for owner, path, written in _annotations(index, obj):
        for name in names:
            text = written.get(name)
            if isinstance(text, str):
                try:
                    return parse_reason(text), _place(owner, path, name)
                except ValueError:
                    continue  # `unusable` says so, once
    return None


def unusable(index: Index, checks: Collection[str]) -> Iterator[str]:
    """Annotations that suppress nothing, with place and reason: of no check, or without a reason.

    Args:
        checks: the names of all checks, without `k8s-`.
    """
    for obj in index.cluster.objects:
        for path, written in _own(obj):
            for name, text in written.items():
                if not isinstance(name, str) or not name.startswith(ANNOTATION):
                    continue
                check = name.removeprefix(ANNOTATION).removeprefix(PREFIX)
                if check not in checks:
                    hint = did_you_mean(check, checks)
                    said = f"there is no check '{check}'" + (f", {hint}" if hint else "")
                else:
                    try:
                        parse_reason(text if isinstance(text, str) else "")
                    except ValueError as error:
                        said = str(error)
                    else:
                        continue
                yield f"{_place(obj, path, name)}: nothing is suppressed: {said}"


def _annotations(index: Index, obj: Object) -> Iterator[tuple[Object, str, dict[str, str]]]:
    for path, found in _own(obj):
        yield obj, path, found
    namespace = index.namespace(obj)
    if namespace is not None and namespace is not obj:
        yield namespace, "metadata.annotations", namespace.annotations


def _own(obj: Object) -> Iterator[tuple[str, dict[str, str]]]:
    if found := obj.annotations:
        yield "metadata.annotations", found
    if path := TEMPLATES.get((obj.group, obj.kind)):
        template = at(obj.body, parse(path))
        if found := mapping(template, "metadata", "annotations"):
            yield f"{path}.metadata.annotations", found


def _place(obj: Object, path: str, name: str) -> str:
    line = obj.line_of((*parse(path), name))
    return f"{obj.file}:{line}" if obj.file else f"{obj.identity} {path}[{name}]"
