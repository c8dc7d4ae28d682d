"""References to secrets: resolved late, never shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from offcall.core.errors import EstateError

__all__ = ["Place", "mask", "resolve"]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Place:
    """Where a value stands, for errors."""

    def __init__(self, file: str | None, line: int | None, name: str) -> None:
        self.file = file
        self.line = line
        self.name = name


def resolve(text: str, *, env: Mapping[str, str], folder: Path, place: Place) -> str:
    """The value behind `${NAME}` (anywhere in the text) or `file:PATH` (the whole text).

    Raises:
        EstateError: the variable is not set or empty, the file is not readable or empty.
    """
    if text.startswith("file:"):
        path = folder / Path(text.removeprefix("file:")).expanduser()
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise EstateError(
                f"{place.name}: cannot read the file that holds it: {reason}",
                file=place.file,
                line=place.line,
                value=text,
                expected="a readable file whose first line is the value",
            ) from error
        if not lines or not lines[0].strip():
            raise EstateError(
                f"{place.name}: the file that holds it is empty",
                file=place.file,
                line=place.line,
                value=text,
                expected="a file whose first line is the value",
            )
        return lines[0].strip()

    def value(match: re.Match[str]) -> str:
        found = env.get(match[1], "")
        if not found:
            raise EstateError(
                f"{place.name}: the environment variable {match[1]} is not set",
                file=place.file,
                line=place.line,
                value=match[0],
                expected=f"export {match[1]}=… before running offcall",
            )
        return found

    return _VARIABLE.sub(value, text)


def mask(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret, and every longer piece of a secret URL, replaced by "…"."""
    for secret in sorted({piece for one in secrets for piece in _pieces(one)}, key=len)[::-1]:
        text = text.replace(secret, "…")
    return text


def _pieces(secret: str) -> set[str]:
    """The secret, and if it is a URL the parts that a library may quote on their own."""
    if len(secret) < 6:
        return set()
    found = {secret}
    if "://" in secret:
        rest = secret.partition("://")[2]
        found |= {piece for piece in re.split(r"[/?&=@:]", rest) if len(piece) >= 12}
    return found
