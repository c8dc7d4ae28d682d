"""Objects against the schemas of one Kubernetes version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from offcall.core.errors import UserError
from offcall.core.text import did_you_mean
from offcall.kubernetes.schema.custom import defined_by, shipped
from offcall.kubernetes.schema.hints import explained
from offcall.kubernetes.schema.lifecycle import end_of, ends
from offcall.kubernetes.schema.published import published
from offcall.kubernetes.schema.types import Kind, Mismatch, Object

__all__ = ["Schemas", "known_versions", "minor_of", "schemas", "validate"]


def known_versions() -> list[str]:
    """ "1.25", "1.26", …: the versions of which we have the schemas."""
    first, last = published().versions
    return [f"1.{minor}" for minor in range(first, last + 1)]


def minor_of(version: str) -> int:
    """36 for "1.36", "v1.36.1" and "v1.36.1-eks-3025e55".

    Raises:
        UserError: not a version of Kubernetes, or one of which we have no schemas.
    """
    named = re.match(r"v?1\.(\d+)(?![\d])", version)
    first, last = published().versions
    if named is None or not first <= int(named[1]) <= last:
        known = known_versions()
        raise UserError(
            "no schemas of this Kubernetes version",
            value=version,
            expected=f"{known[0]} to {known[-1]}",
        )
    return int(named[1])


# They stand in files beside objects, and no server has them: a list is read as its items.
_NO_OBJECTS = {"v1 Config", "v1 List"}


class Schemas:
    """The schemas of one version, and of custom resources.

    Args:
        minor: the version, 36 for 1.36.
        definitions: CustomResourceDefinitions; they come before the schemas that we ship.
    """

    def __init__(self, minor: int, definitions: Iterable[Mapping[str, Any]] = ()) -> None:
        self.minor = minor
        self._custom = dict(one for crd in definitions for one in defined_by(crd))

    def knows(self, api_version: str, kind: str) -> bool:
        """Whether objects of that kind are judged; the room lists the others."""
        name = f"{api_version} {kind}"
        return self._type(name) is not None or _is_builtin(api_version, kind)

    def _type(self, name: str) -> Object | None:
        if name in self._custom:
            return self._custom[name]
        if published().is_served(name, self.minor):
            return published().object(published().served[name][0], self.minor)
        return shipped(name)

    def validate(self, body: Mapping[str, Any]) -> list[Mismatch]:
        """What of an object the schema does not allow, in the order of the object.

        An object of a kind of which there is no schema has no mismatch: ask `knows`.
        """
        version, kind = body.get("apiVersion"), body.get("kind")
        if not isinstance(version, str) or not isinstance(kind, str):
            return list(_unnamed(body))
        name = f"{version} {kind}"
        found = [] if name in self._custom else list(self._api(version, kind))
        type_ = self._type(name)
        if type_ is None:
            return found
        wrong: list[Mismatch] = []
        type_.check(body, (), wrong)
        return found + [explained(one, type_, self.minor) for one in wrong] if wrong else found

    def _api(self, version: str, kind: str) -> Iterator[Mismatch]:
        """What is to be said of the API version itself."""
        name = f"{version} {kind}"
        end = end_of(name, self.minor)
        instead = end.replacement if end is not None else None
        hint = f"use {instead}" if instead else "nothing replaces it" if end else None
        if end is not None and end.removed is not None and end.removed <= self.minor:
            said = f"{name} is no longer served since Kubernetes 1.{end.removed}"
            yield Mismatch(("apiVersion",), Kind.REMOVED_API, said, instead, hint)
        elif self._type(name) is not None:
            if end is not None and end.deprecated is not None and end.deprecated <= self.minor:
                goes = f" and is to go with 1.{end.removed}" if end.removed else ""
                said = f"{name} is deprecated since Kubernetes 1.{end.deprecated}{goes}"
                yield Mismatch(("apiVersion",), Kind.DEPRECATED_API, said, instead, hint)
        elif _is_builtin(version, kind):
            yield self._unserved(version, kind)

    def _unserved(self, version: str, kind: str) -> Mismatch:
        name = f"{version} {kind}"
        others = published().api_versions(kind, self.minor)
        hint = f"use {others[0]} {kind}" if others else None
        if name in published().served:
            first, last = published().served[name][1]
            if first > self.minor:
                said = f"{name} came with Kubernetes 1.{first}, and this is 1.{self.minor}"
                return Mismatch(("apiVersion",), Kind.LATER_API, said, hint=hint)
            said = f"{name} is no longer served since Kubernetes 1.{last + 1}"
            return Mismatch(("apiVersion",), Kind.REMOVED_API, said, hint=hint)
        if others:
            said = f"{kind} is not in {version}"
            return Mismatch(("apiVersion",), Kind.UNKNOWN_API, said, others[0], hint)
        kinds = [one for one in published().kinds if f"{version} {one}" in published().served]
        said = f"{version} has no kind {kind}"
        hint = did_you_mean(kind, kinds or published().kinds)
        return Mismatch(("kind",), Kind.UNKNOWN_API, said, hint=hint)


def _is_builtin(api_version: str, kind: str) -> bool:
    """Whether Kubernetes itself would have to know the kind."""
    group, _, version = api_version.rpartition("/")
    name = f"{api_version} {kind}"
    is_list = name.endswith("List") and name.removesuffix("List") in published().served
    if is_list or name in _NO_OBJECTS or not re.match(r"v\d", version):
        return False
    return group in published().groups or name in ends()


def _unnamed(body: Mapping[str, Any]) -> Iterator[Mismatch]:
    for key in ("apiVersion", "kind"):
        if body.get(key) is None:
            said = f"the field '{key}' is required"
            yield Mismatch((key,), Kind.MISSING_FIELD, said)
        elif not isinstance(body[key], str):
            yield Mismatch((key,), Kind.WRONG_TYPE, f"'{key}' is not a string", "a string")


@cache
def schemas(minor: int) -> Schemas:
    """The schemas of one version, without custom resources of the input."""
    return Schemas(minor)


def validate(body: Mapping[str, Any], version: str) -> list[Mismatch]:
    """What of an object the schemas of a version ("1.36") do not allow.

    Raises:
        UserError: no schemas of that version.
    """
    return schemas(minor_of(version)).validate(body)
