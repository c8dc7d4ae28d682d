"""Pieces of a file to whole lines, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

from offcall.accesslogs.reading.lines import KEPT, LONGEST, TOO_LONG, Lines, Rejected
from offcall.core.errors import SourceError

__all__ = ["Buffer"]

_CHUNK = 1 << 19
_NEWLINE = 10


class Buffer:
    """Whole lines of a file, and the beginning of the next.

    Attributes:
        line: the number of the first line that is in here.
        damage: why the file ends before its end; set by the last step of `fill`.
    """

    def __init__(self) -> None:
        self.line = 1
        self.damage: OSError | SourceError | None = None
        self._text = bytearray(2 * _CHUNK)
        self._have = 0
        self._skipping = False

    def fill(self, source: Iterator[bytes]) -> Iterator[int]:
        """Put more in, and wait until its whole lines are taken out: how many bytes were read.

        What `source` raises is kept in `damage`. The line at which it happened is not whole, and
        is left out like everything that would have followed.
        """
        new = 0
        while True:
            try:
                piece = next(source, None)
            except (OSError, SourceError) as error:
                self.damage = error
                break
            if piece is None:
                break
            new += len(piece)
            self._put(piece)
            if self._have >= _CHUNK:
                yield new
                new = 0
        if self._skipping:
            self.line += 1
        if self.damage is not None:
            self._have = self._text.rfind(b"\n", 0, self._have) + 1
        elif self._have and self._text[self._have - 1] != _NEWLINE:
            self._put(b"\n")
        yield new

    def _put(self, piece: bytes) -> None:
        if self._skipping:
            _, newline, piece = piece.partition(b"\n")
            if not newline:
                return
            self._skipping = False
            self.line += 1
        while self._have + len(piece) > len(self._text):
            self._text = self._text + bytes(len(self._text))
        memoryview(self._text)[self._have : self._have + len(piece)] = piece
        self._have += len(piece)

    def first_lines(self, count: int) -> list[bytes]:
        """So many lines from the beginning, if there are; without blank ones."""
        lines = bytes(self._text[: self._have]).split(b"\n", count)[:count]
        return [line for line in lines if line.strip()]

    def steps(self, lines: Lines) -> Iterator[int]:
        """Let `lines` have all whole lines, step by step; then move what is left to the beginning.

        How many lines, blank ones too, each step had.
        """
        at = 0
        while at < self._have and lines.split(self._text, at, self._have, self.line):
            at = lines.end
            self.line += lines.seen
            yield lines.seen
        left = self._have - at
        memoryview(self._text)[:left] = self._text[at : self._have]
        self._have = left

    def let_go(self) -> list[Rejected]:
        """The line that has begun, if it is too long; the rest of it will be passed over."""
        if self._have <= LONGEST:
            return []
        text = bytes(self._text[:KEPT])
        self._have = 0
        self._skipping = True
        return [Rejected(self.line, text, TOO_LONG)]
