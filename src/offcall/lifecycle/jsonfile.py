"""JSON files from outside: read whole or refused, with the line of what does not fit."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from offcall.core.errors import UserError

__all__ = ["LIMIT", "JsonFile", "line_of_json"]

LIMIT = 32 * 1024 * 1024
"""The largest file that is read, in bytes; all products of endoflife.date are a tenth of it."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A parsed file that can say where something in it stands."""

    path: Path
    text: str
    body: Any
    expected: str

    @classmethod
    def read(cls, path: Path, expected: str) -> JsonFile:
        """Read and parse a file; a byte order mark is no harm.

        Raises:
            UserError: not there, too large, not UTF-8, not JSON, nested too deeply, a number that
                nobody can have meant.
        """
        file = str(path)
        try:
            if path.stat().st_size > LIMIT:
                said = f"larger than {LIMIT // 1024 // 1024} MiB"
                raise UserError(said, file=file, expected=expected)
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise UserError(f"cannot read: {error.strerror}", file=file) from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise UserError("not UTF-8 text", file=file, line=line, expected=expected) from error
        try:
            body = json.loads(text, parse_constant=_no_number)
        except json.JSONDecodeError as error:
            raise UserError(
                f"not JSON: {error.msg}", file=file, line=error.lineno, expected=expected
            ) from error
        except RecursionError as error:
            raise UserError("nested too deeply", file=file, expected=expected) from error
        except ValueError as error:
            # Python refuses numbers of more than 4,300 digits.
            said = str(error).partition(";")[0]
            raise UserError(f"not JSON that can be used: {said}", file=file) from error
        return cls(path, text, body, expected)

    def refuse(
        self,
        message: str,
        where: Sequence[str | int],
        *,
        value: object = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> NoReturn:
        """Raise the error that names the place `where` ("result", 3, "releases")."""
        raise UserError(
            message,
            file=str(self.path),
            line=self.line(where),
            value=value,
            expected=expected or self.expected,
            hint=hint,
        )

    def line(self, where: Sequence[str | int]) -> int | None:
        """The 1-based line of a place."""
        return line_of_json(self.text, where)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def line_of_json(text: str, where: Sequence[str | int]) -> int | None:
    """The 1-based line at which the value at a path begins, or the nearest parent that is there.

    Works without recursion, so that a file of any depth can be told about.
    """
    wanted = list(where)
    walk = _Walk()
    line, before, best, depth = 1, 0, 1, -1
    for token in _TOKEN.finditer(text):
        if not walk.begins_value(token[0]):
            continue
        path = walk.path
        if len(path) > depth and path == wanted[: len(path)]:
            line += text.count("\n", before, token.start())
            before = token.start()
            best, depth = line, len(path)
            if depth == len(wanted):
                break
        walk.enter(token[0])
    return best


class _Walk:
    """Where in the document the next mark stands."""

    def __init__(self) -> None:
        self.path: list[str | int] = []
        self._waits_for_key: list[bool] = []

    def begins_value(self, mark: str) -> bool:
        """Whether a mark begins a value, now at `path`; all others only move on."""
        if mark in ("}", "]"):
            if self.path:
                self.path.pop()
                self._waits_for_key.pop()
            return False
        if mark == ",":
            self._next()
            return False
        if mark == ":":
            return False
        if self._waits_for_key and self._waits_for_key[-1]:
            self.path[-1] = _text(mark)
            self._waits_for_key[-1] = False
            return False
        return True

    def enter(self, mark: str) -> None:
        """Go into an object or a list; another value is passed by."""
        if mark in ("{", "["):
            self.path.append("" if mark == "{" else 0)
            self._waits_for_key.append(mark == "{")

    def _next(self) -> None:
        if self.path and isinstance(self.path[-1], int):
            self.path[-1] += 1
        elif self._waits_for_key:
            self._waits_for_key[-1] = True


def _text(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted
