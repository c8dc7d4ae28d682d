"""Files, folders, patterns and standard input."""

from __future__ import annotations

import contextlib
import glob
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, NoReturn

from offcall.accesslogs.reading.stream import File
from offcall.accesslogs.sources.selecting import LeftOut, Selection
from offcall.core.errors import SourceError, UserError
from offcall.core.text import did_you_mean

__all__ = ["STDIN", "find_local", "unreadable"]

STDIN = "-"


def find_local(text: str, selection: Selection, left_out: LeftOut) -> Iterator[File]:
    """The files that a name means: itself, or what is in the folder, or what the pattern matches.

    A file that is named by itself is read whatever its name tells.

    Raises:
        UserError: there is nothing of that name.
    """
    if text == STDIN:
        yield File(STDIN, _stdin)
        return
    path = Path(os.path.expanduser(text))  # noqa: PTH111 - leaves ~nobody as it is
    try:
        path.exists()
    except OSError as error:
        raise UserError(f"cannot be looked at: {error.strerror}", file=text) from error
    if path.is_dir():
        yield from _below(path, selection, left_out)
    elif path.exists():
        yield _file(path)
    elif glob.has_magic(text):
        matched = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - of any root
        if not matched:
            raise UserError("no file matches this pattern", file=text)
        for one in matched:
            yield from find_local(one, selection, left_out)
    elif path.is_symlink():
        raise UserError("this link leads nowhere", file=text, value=str(path.readlink()))
    else:
        raise UserError("no such file or folder", file=text, hint=_near(path))


def unreadable(name: str, error: OSError | SourceError) -> File:
    """What should have been read and cannot be: whoever opens it gets the error."""

    def fail() -> NoReturn:
        raise error

    return File(name, fail)


def _stdin() -> AbstractContextManager[BinaryIO]:
    return contextlib.nullcontext(sys.stdin.buffer)


def _file(path: Path) -> File:
    return File(str(path), lambda: path.open("rb"), path.stat().st_size if path.is_file() else None)


def _below(root: Path, selection: Selection, left_out: LeftOut) -> Iterator[File]:
    problems: list[OSError] = []
    for folder, below, names in os.walk(root, onerror=problems.append):
        here = Path(folder)
        below.sort()
        for one in list(below):
            inside = (here / one).relative_to(root).as_posix()
            if (why := selection.why_not_folder(inside)) is not None:
                left_out.add(why, inside)
                below.remove(one)
        for name in sorted(names):
            path = here / name
            inside = path.relative_to(root).as_posix()
            why = "hidden" if name.startswith(".") else selection.why_not(inside)
            if why is not None:
                left_out.add(why, inside)
                continue
            try:
                yield _file(path)
            except OSError as error:
                problems.append(error)
    for problem in problems:
        yield unreadable(str(problem.filename or root), problem)


def _near(path: Path) -> str | None:
    """A file or folder beside it that has nearly this name."""
    try:
        beside = [one.name for one in path.parent.iterdir()]
    except OSError:
        return f"there is no folder {str(path.parent)!r} either"
    found = did_you_mean(path.name, beside)
    return found if found and found.startswith("did you mean") else None
