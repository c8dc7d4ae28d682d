"""The published schemas of every known Kubernetes version, out of one text file.

A block a definition, a line a field; types are scalars, `[]T`, `{}T` or the name of a definition,
`!` marks what is required and `=A|B` the only values (`+` for a space); the range at the end of a
line says which minor versions have it, and without one all do:

    core.v1.ServiceSpec
    trafficDistribution string 30-
    = apps/v1 Deployment            (what a definition is served as)

A block is understood when somebody asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

from offcall.kubernetes.schema.scalars import SCALARS, one_of
from offcall.kubernetes.schema.types import Any_, Listing, Object, Table, Type

__all__ = ["Published", "Range", "published"]

DATA = Path(__file__).with_name("data")
Range = tuple[int, int]
"""The first and the last minor version that have something."""
_ANY = Any_()


class Published:
    """Definitions and what is served, over all versions.

    Attributes:
        versions: the oldest and the newest minor version that is known.
        served: "apps/v1 Deployment" → definition, and the versions that serve it.
    """

    def __init__(self, text: str) -> None:
        head, *blocks = text.rstrip("\n").split("\n\n")
        first, last = head.rpartition(" versions ")[2].split("-")
        self.versions: Range = (int(first), int(last))
        self._blocks: dict[str, str] = {}
        self.served: dict[str, tuple[str, Range]] = {}
        for block in blocks:
            name, _, lines = block.partition("\n")
            self._blocks[name] = lines
            if lines.startswith("= "):
                for line in lines.split("\n"):
                    if not line.startswith("= "):
                        break
                    version, kind, *rest = line[2:].split(" ")
                    self.served[f"{version} {kind}"] = (name, self._range(rest))
        self._made: dict[tuple[str, int], Object] = {}

    def _range(self, rest: list[str]) -> Range:
        if not rest:
            return self.versions
        first, last = rest[0].split("-")
        return int(first or self.versions[0]), int(last or self.versions[1])

    def _lines(self, name: str) -> Iterator[tuple[str, str, Range]]:
        for line in self._blocks[name].split("\n"):
            if not line.startswith("= "):
                field, type_, *rest = line.split(" ")
                yield field, type_, self._range(rest)

    @cached_property
    def kinds(self) -> Mapping[str, list[str]]:
        """ "Deployment" → the API versions that have it in some version of Kubernetes."""
        found: dict[str, list[str]] = {}
        for one in self.served:
            version, kind = one.split(" ")
            found.setdefault(kind, []).append(version)
        return found

    @cached_property
    def groups(self) -> frozenset[str]:
        """The API groups; "" is the core."""
        return frozenset(one.split(" ")[0].rpartition("/")[0] for one in self.served)

    def versions_of(self, definition: str, field: str) -> Range | None:
        """The versions in which the definition has the field."""
        if definition not in self._blocks:
            return None
        having = [one for name, _, one in self._lines(definition) if name == field]
        return (min(a for a, _ in having), max(b for _, b in having)) if having else None

    def object(self, name: str, minor: int) -> Object:
        """The definition as it is in 1.`minor`."""
        made = self._made.get((name, minor))
        if made is None:
            lines = [
                (field, type_)
                for field, type_, (first, last) in self._lines(name)
                if first <= minor <= last
            ]
            made = self._made[name, minor] = Object(
                name,
                lambda: {field: self._type(type_, minor) for field, type_ in lines},
                tuple(field for field, type_ in lines if "!" in type_),
            )
        return made

    def _type(self, text: str, minor: int) -> Type:
        if text.startswith("[]"):
            return Listing(self._type(text[2:], minor))
        if text.startswith("{}"):
            return Table(self._type(text[2:], minor))
        text, _, values = text.partition("=")
        name = text.removesuffix("!")
        if values:
            return one_of(values.replace("+", " ").split("|"), required=name != text)
        if name in SCALARS:
            return SCALARS[name]
        if name == "object":
            return Table(_ANY)
        return _ANY if name == "any" else self.object(name, minor)

    def api_versions(self, kind: str, minor: int) -> list[str]:
        """Those that serve the kind in 1.`minor`, the most settled first."""
        return sorted(
            (
                version
                for version in self.kinds.get(kind, ())
                if self.is_served(f"{version} {kind}", minor)
            ),
            key=_age,
        )

    def is_served(self, name: str, minor: int) -> bool:
        """Whether 1.`minor` has "apps/v1 Deployment"."""
        _, (first, last) = self.served.get(name, ("", (0, -1)))
        return first <= minor <= last


def _age(version: str) -> tuple[bool, bool, list[int], str]:
    """The newest of the stable ones first, then beta, then alpha."""
    name = version.rpartition("/")[2]
    return "alpha" in name, "beta" in name, [-int(n) for n in re.findall(r"\d+", name)], version


@cache
def published() -> Published:
    """The schemas that came with this version of offcall."""
    return Published((DATA / "definitions.txt").read_text(encoding="utf-8"))
