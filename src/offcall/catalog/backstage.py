"""Read Backstage's `catalog-info.yaml` files: many documents a file, a line for everything.

Format: https://backstage.io/docs/features/software-catalog/descriptor-format
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.catalog.entities import Entity, Link, Parent, parse_ref
from offcall.catalog.patterns import wrong_pattern
from offcall.catalog.problems import Place, Problem
from offcall.core.yamlnodes import Node, NotUsable, documents

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Loaded", "find_files", "load", "shown"]

KINDS = frozenset({"component", "resource", "system", "domain", "api", "group", "user", "location"})

# Where ownership comes from when an entity names no owner itself, and the kind that is meant.
PARENTS = {
    "subcomponentOf": "component",
    "system": "system",
    "domain": "domain",
    "subdomainOf": "domain",
    "dependencyOf": "component",
}
RESOURCE_PATTERNS = "offcall/resources"
PAGERDUTY = ("pagerduty.com/service-id", "pagerduty.com/integration-key")
TECHDOCS = "backstage.io/techdocs-ref"


@dataclass(slots=True)
class Loaded:
    """Entities by reference, in the order in which they were read, and what was wrong."""

    entities: dict[str, Entity] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def shown(path: Path, folder: Path) -> str:
    """A path as people know it: relative to the estate when it is below it."""
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return str(path)


def find_files(patterns: Iterable[str], folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Each pattern and the files that it names, sorted."""
    for pattern in patterns:
        names = glob.glob(str(Path(pattern).expanduser()), root_dir=folder, recursive=True)  # noqa: PTH207 - absolute patterns too
        yield pattern, sorted(path for name in names if (path := folder / name).is_file())


def load(patterns: Sequence[str], folder: Path) -> Loaded:
    """Read every file that `patterns` name, and the files that their Locations name.

    A file or document that cannot be used is a problem in the result; the others are read.
    """
    loaded = Loaded()
    seen: set[Path] = set()
    for pattern, paths in find_files(patterns, folder):
        if not paths:
            place = Place(file=pattern)
            loaded.problems.append(
                Problem(kind="file", place=place, message="no such catalog file")
            )
        for path in paths:
            _read(path, folder, loaded, seen)
    return loaded


def _read(path: Path, folder: Path, loaded: Loaded, seen: set[Path]) -> None:
    # A list of files to do, not recursion: a Location may name a file that names it again.
    waiting = [path]
    while waiting:
        one = waiting.pop(0).resolve()
        if one in seen:
            continue
        seen.add(one)
        name = shown(one, folder.resolve())
        loaded.files.append(name)
        try:
            text = one.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            place = Place(file=name)
            loaded.problems.append(Problem(kind="file", place=place, message=f"cannot read: {why}"))
            continue
        for item in documents(text):
            try:
                if isinstance(item, NotUsable):
                    raise item
                waiting += _document(item, name, one.parent, loaded)
            except NotUsable as error:
                place = Place(file=name, line=error.line)
                loaded.problems.append(Problem(kind="document", place=place, message=error.message))


def _document(node: Node, file: str, folder: Path, loaded: Loaded) -> list[Path]:
    """Add one document; the files that it names, if it is a Location."""
    if not node.need("apiVersion").text().startswith("backstage.io/"):
        return []
    kind = node.need("kind").text().casefold()
    if kind not in KINDS:
        return []
    metadata = node.need("metadata")
    if kind == "location":
        return _location(node, file, folder, loaded)
    entity = _entity(kind, metadata, node, file)
    first = loaded.entities.setdefault(entity.ref, entity)
    if first is not entity:
        message = f"{entity.ref} is described a second time; {first.place} counts"
        loaded.problems.append(Problem(kind="duplicate", place=entity.place, message=message))
    return []


def _location(node: Node, file: str, folder: Path, loaded: Loaded) -> list[Path]:
    spec = node.need("spec")
    targets = [*spec.texts("target"), *spec.texts("targets")]
    paths = []
    for target in targets:
        if re.match(r"^[a-z][a-z0-9+.-]+://", target):
            place = Place(file=file, line=node.line)
            message = f"{target} is not fetched; check the file out and list it under catalog.files"
            loaded.problems.append(Problem(kind="remote", place=place, message=message))
            continue
        for _, found in find_files([target], folder):
            if not found:
                raise NotUsable(node.line, f"the Location's target {target} is not there")
            paths += found
    return paths


def _entity(kind: str, metadata: Node, node: Node, file: str) -> Entity:
    name = metadata.need("name").text()
    namespace = (metadata.text_at("namespace") or "default").casefold()
    spec = node.at("spec")
    annotations = metadata.at("annotations")
    notes = annotations.mapping() if annotations else {}
    patterns = tuple(_words(notes.get(RESOURCE_PATTERNS, "")))
    for pattern in patterns:
        if why := wrong_pattern(pattern):
            raise NotUsable(annotations.line if annotations else node.line, why)
    owner = spec.at("owner") if spec else None
    said = owner.text() if owner else ""
    return Entity(
        ref=parse_ref(name, kind=kind, namespace=namespace),
        kind=kind,
        name=name,
        title=metadata.text_at("title"),
        place=Place(file=file, line=node.line),
        owner=parse_ref(said, kind="group", namespace=namespace) if said.strip() else None,
        owner_line=owner.line if owner else None,
        arns=tuple(arn for value in notes.values() for arn in _arns(value)),
        patterns=patterns,
        links=tuple(_links(metadata, file)),
        parents=tuple(_parents(spec, namespace)) if spec else (),
        depends_on=tuple(
            parse_ref(ref, kind="component", namespace=namespace)
            for ref in (spec.texts("dependsOn") if spec else ())
        ),
        pagerduty=next((notes[key] for key in PAGERDUTY if key in notes), None),
        techdocs=notes.get(TECHDOCS),
        email=_email(spec),
    )


def _email(spec: Node | None) -> str | None:
    profile = spec.at("profile") if spec else None
    return profile.text_at("email") if profile else None


def _parents(spec: Node, namespace: str) -> Iterator[Parent]:
    for relation, kind in PARENTS.items():
        at = spec.at(relation)
        for ref in spec.texts(relation):
            if ref.strip():
                full = parse_ref(ref, kind=kind, namespace=namespace)
                yield Parent(relation=relation, ref=full, line=at.line if at else None)


def _links(metadata: Node, file: str) -> Iterator[Link]:
    for link in metadata.items("links"):
        url = link.text_at("url") or ""
        title = link.text_at("title") or ""
        place = Place(file=file, line=link.line)
        yield Link(url=url.strip(), title=title, kind=link.text_at("type"), place=place)


def _arns(value: str) -> list[str]:
    return [word for word in _words(value) if word.startswith("arn:")]


def _words(value: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", value) if word]
