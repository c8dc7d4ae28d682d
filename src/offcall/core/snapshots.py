"""Snapshots: what was seen, when, from where, and what could not be read.

Reading is the only impure step. A snapshot can be saved and judged later, on another machine.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from offcall.core.errors import SnapshotError

__all__ = ["Snapshot", "Unread"]


class Unread(BaseModel):
    """Something that should be in the snapshot and is not, and why: never left out in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    why: str
    hint: str | None = None


class Snapshot(BaseModel):
    """Base of every room's facts. Subclasses set `kind` (for example "offcall.lifecycle/1")."""

    model_config = ConfigDict(extra="forbid")

    kind: ClassVar[str]

    taken_at: datetime
    source: str = Field(description="Where it was read, in words: an account, a file, 'demo'.")
    unread: tuple[Unread, ...] = ()

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all; a new file is for this user alone."""
        body = self.model_dump(mode="json")
        text = json.dumps({"snapshot": self.kind, **body}, indent=1, ensure_ascii=False)
        temporary = None
        try:
            # A name that nobody can guess or use as well, and the mode 0600: it tells of an estate.
            with tempfile.NamedTemporaryFile(
                "w",
                encoding="utf-8",
                dir=path.parent,
                prefix=f".{path.name}.",
                suffix=".part",
                delete=False,
            ) as file:
                temporary = Path(file.name)
                file.write(text + "\n")
            temporary.replace(path)
        except OSError as error:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
            raise SnapshotError(
                f"cannot write the snapshot: {error.strerror}", file=str(path)
            ) from error

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a saved snapshot of this kind; "-" reads standard input.

        Raises:
            SnapshotError: not there, not JSON, another kind, or a field that does not fit.
        """
        try:
            text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
            body = json.loads(text)
        except OSError as error:
            raise SnapshotError(
                f"cannot read the snapshot: {error.strerror}", file=str(path)
            ) from error
        except UnicodeDecodeError as error:
            raise SnapshotError(
                "a snapshot is UTF-8 text, this is not", file=str(path), expected=cls.kind
            ) from error
        except json.JSONDecodeError as error:
            raise SnapshotError(
                f"not JSON: {error.msg}",
                file=str(path),
                line=error.lineno,
                expected=f"a snapshot of kind {cls.kind}, as --save writes it",
            ) from error
        except RecursionError as error:
            raise SnapshotError("nested too deeply", file=str(path), expected=cls.kind) from error
        found = body.pop("snapshot", None) if isinstance(body, dict) else None
        if found != cls.kind:
            raise SnapshotError(
                "this is not the snapshot that the command needs",
                file=str(path),
                value=found if found is not None else "no 'snapshot' member",
                expected=cls.kind,
            )
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise SnapshotError(
                f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
                file=str(path),
                value=first.get("input"),
                expected=cls.kind,
            ) from error
