"""Files, folders and standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from offcall.core.errors import UserError
from offcall.kubernetes.reading.charts import is_chart, read_chart
from offcall.kubernetes.reading.kustomizations import NAMES as KUSTOMIZATIONS
from offcall.kubernetes.reading.kustomizations import (
    kustomization_of,
    parts_of,
    read_kustomization,
)
from offcall.kubernetes.reading.manifests import Read, read_text

__all__ = ["read_paths"]

SUFFIXES = (".yaml", ".yml", ".json")
SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".terraform"})
STDIN = "-"


def read_paths(paths: Sequence[Path]) -> Read:
    """Everything in these files and folders; "-" is standard input.

    Raises:
        UserError: a path that is named is not there or cannot be read.
    """
    read = Read()
    for path in paths:
        if str(path) == STDIN:
            read.files.append(STDIN)
            read_text(read, sys.stdin.read(), STDIN)
        elif path.is_dir():
            _read_folder(read, path)
        else:
            _read_file(read, path, named=True)
    return read


def _read_folder(read: Read, top: Path) -> None:
    files: list[Path] = []
    kustomizations: dict[Path, Path] = {}
    for where, inside, names in os.walk(top):
        folder = Path(where)
        if is_chart(folder):
            read_chart(read, folder)
            inside.clear()
            continue
        inside[:] = sorted(one for one in inside if one not in SKIPPED)
        if (kustomization := kustomization_of(folder)) is not None:
            kustomizations[folder] = kustomization
        files += [
            folder / name
            for name in sorted(names)
            if name.endswith(SUFFIXES) and name not in KUSTOMIZATIONS
        ]
    # What one puts together is read through it alone: a patch is no object of its own.
    parts = {file: parts_of(file) for file in kustomizations.values()}
    inner = set[Path]().union(*parts.values())
    for folder, file in kustomizations.items():
        if folder.resolve() not in inner:
            read_kustomization(read, folder, file)
    for path in files:
        if not inner or path.resolve() not in inner:
            _read_file(read, path, named=False)


def _read_file(read: Read, path: Path, *, named: bool) -> None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        if named:
            raise UserError(f"cannot read: {error.strerror}", file=str(path)) from error
        read.failed(str(path), f"cannot be read: {error.strerror}")
        return
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        read.failed(f"{path}:{line}", "not UTF-8 text")
        return
    read.files.append(str(path))
    read_text(read, text, str(path))
