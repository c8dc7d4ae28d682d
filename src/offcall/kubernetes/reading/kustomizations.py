"""Kustomize folders: rendered by kustomize or kubectl, or named as not read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from offcall.core.errors import SourceError
from offcall.core.yamlnodes import Node, NotUsable, documents
from offcall.kubernetes.objects import Object
from offcall.kubernetes.reading.manifests import Read, read_text
from offcall.kubernetes.reading.running import has, run

__all__ = ["NAMES", "kustomization_of", "parts_of", "read_kustomization"]

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_BASES = ("resources", "bases", "components")
_OTHERS = ("patchesStrategicMerge", "crds", "configurations")
NOTE = "rendered by kustomize"


def kustomization_of(folder: Path) -> Path | None:
    """The kustomization file of a folder, if it has one."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def parts_of(file: Path, *, patches: bool = True) -> set[Path]:
    """The files and folders that a kustomization puts together, as resolved paths.

    Args:
        patches: also those that only change what the others have.
    """
    try:
        found = list(documents(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        return set()  # kustomize says what is wrong when it is run
    return {
        (file.parent / name).resolve()
        for document in found
        if isinstance(document, Node)
        for name in _named(document, patches=patches)
    }


def read_kustomization(read: Read, folder: Path, file: Path) -> None:
    """Add what the kustomization renders to.

    A finding points at the file in which the object's kind and name were found, or else at the
    kustomization.
    """
    command = _command(folder)
    if command is None:
        hint = "install kustomize, or kubectl which has it"
        read.failed(str(folder), "a Kustomize folder, and kustomize is not on the PATH", hint)
        return
    try:
        text = run(*command)
    except SourceError as error:
        read.failed(str(folder), error.message)
        return
    read.files.append(str(file))
    part = Read()
    read_text(part, text, str(file), note=NOTE)
    places = _places(parts_of(file, patches=False))
    for one in part.objects:
        read.objects.append(_placed(one, places, str(file)))
    for problem in part.unread:
        read.failed(f"{folder}, as rendered", problem.why, problem.hint)


def _command(folder: Path) -> tuple[str, ...] | None:
    if has("kustomize"):
        return ("kustomize", "build", str(folder))
    return ("kubectl", "kustomize", str(folder)) if has("kubectl") else None


def _named(document: Node, *, patches: bool) -> Iterator[str]:
    if document.kind != "a mapping":
        return
    for key in (*_BASES, *_OTHERS) if patches else _BASES:
        for item in document.items(key):
            if item.kind == "one value":
                yield item.text()
    for key in ("patches", "patchesJson6902", "replacements") if patches else ():
        for item in document.items(key):
            if item.kind == "a mapping" and (path := item.text_at("path")):
                yield path


def _places(parts: Iterable[Path]) -> dict[tuple[str, str], tuple[str, int]]:
    """Where objects stand, by kind and name, in what was put together and what that puts."""
    found: dict[tuple[str, str], tuple[str, int]] = {}
    waiting, seen = sorted(parts), set[Path]()
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        if path.is_dir():
            inner = kustomization_of(path)
            waiting += sorted(parts_of(inner, patches=False)) if inner else []
        elif path.suffix in (".yaml", ".yml", ".json") and path.is_file():
            for document in documents(path.read_text(encoding="utf-8", errors="replace")):
                if not isinstance(document, NotUsable):
                    kind, name = document.find("kind"), document.find("metadata", "name")
                    if kind and name:
                        key = (kind.text(), name.text())
                        found.setdefault(key, (_shown(path), document.line))
    return found


def _placed(one: Object, places: dict[tuple[str, str], tuple[str, int]], file: str) -> Object:
    place = places.get((one.kind, one.name))
    if place is None:
        # Prefixes and suffixes of names are kustomize's own.
        near = [
            where for (kind, name), where in places.items() if kind == one.kind and name in one.name
        ]
        place = near[0] if len(near) == 1 else (file, 1)
    return replace(one, file=place[0], line=place[1], lines="")


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
