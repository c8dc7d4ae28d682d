"""What could not be read, and what of it is missing from an answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from offcall.accesslogs.reading.lines import Rejected

__all__ = ["Problem", "Tally"]

_SHOWN = 5
"""How many rejected lines an answer quotes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be read, or not to its end."""

    file: str
    reason: str


@dataclass
class Tally:
    """Counts of a reading, kept by several threads.

    Attributes:
        files: files read, by the name of their format.
        lines: lines read, also malformed ones.
        size: bytes read, unzipped.
        rejected: malformed lines.
        examples: some of them, each with its file.
        problems: files that are missing from the answer, or a part of them.
        keep: where to write rejected lines, one JSON object a line.
    """

    files: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    size: int = 0
    rejected: int = 0
    examples: list[tuple[str, Rejected]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    keep: Path | None = None
    _file: TextIO | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, kind: str) -> None:
        """A file of this format was begun."""
        with self._lock:
            self.files[kind] = self.files.get(kind, 0) + 1

    def count(
        self,
        file: str,
        *,
        lines: int = 0,
        size: int = 0,
        wrong: int = 0,
        rejected: Callable[[], Sequence[Rejected]] = list,
    ) -> None:
        """Something was read; `wrong` of the lines are `rejected`, which is called if need be."""
        with self._lock:
            self.lines += lines
            self.size += size
            self.rejected += wrong
            if wrong and (self.keep is not None or len(self.examples) < _SHOWN):
                for one in rejected():
                    if len(self.examples) < _SHOWN:
                        self.examples.append((file, one))
                    if self.keep is not None:
                        self._write(file, one)

    def missing(self, file: str, reason: str) -> None:
        """A file, or the rest of it, could not be read."""
        with self._lock:
            self.problems.append(Problem(file, reason))

    def close(self) -> None:
        """All is read."""
        with self._lock:
            self.examples.sort(key=lambda one: (one[0], one[1].line))
            self.problems.sort(key=lambda one: one.file)
            if self._file is not None:
                self._file.close()
                self._file = None

    def _write(self, file: str, one: Rejected) -> None:
        if self._file is None:
            assert self.keep is not None
            self._file = self.keep.open("w", encoding="utf-8")
        text = one.text.decode("utf-8", "surrogateescape")
        record = {"file": file, "line": one.line, "reason": one.reason, "text": text}
        self._file.write(json.dumps(record) + "\n")
