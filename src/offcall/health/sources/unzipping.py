"""Gzip that is damaged or cut off, read as far as it goes.

`gzip.GzipFile` raises in the middle of a read, and what it had unpacked until then is lost.
"""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

__all__ = ["Unzipped"]

_CHUNK = 256 * 1024
_MOST = 4 * 1024 * 1024
"""Bytes unpacked at once: a small file may hold very many."""

_GZIP = 16 + zlib.MAX_WBITS


class Unzipped(io.RawIOBase):
    """The unpacked bytes of a gzip file of one or several members; give it to a BufferedReader.

    Attributes:
        damage: why it ended before its time, or None.
        rest: the beginning of what could not be unpacked.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._packed = b""
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False
        self._ended = False
        self.damage: str | None = None
        self.rest = b""

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a view is all it is given
        """Some bytes; none at the end, which may be where the damage is."""
        wanted = min(len(buffer), _MOST)
        while not self._ended:
            if not self._packed:
                self._packed = self._source.read(_CHUNK)
                if not self._packed:
                    self._end("it is cut off" if self._begun else None)
                    break
            found = self._unpack(wanted)
            if found:
                buffer[: len(found)] = found
                return len(found)
        return 0

    def _unpack(self, wanted: int) -> bytes:
        packed = self._packed
        if not self._begun:
            # Between members there may be zeros, as tapes and block devices leave them.
            packed = packed.lstrip(b"\0")
            if not packed:
                self._packed = b""
                return b""
        self._begun = True
        # What a failing call has unpacked is lost, so there must be a way to do it again.
        before = self._member.copy()
        try:
            found = self._member.decompress(packed, wanted)
        except zlib.error as error:
            self._end(str(error))
            return self._salvage(before, packed)[:wanted]
        if self._member.eof:
            self._packed = self._member.unused_data
            self._member = zlib.decompressobj(_GZIP)
            self._begun = False
        else:
            self._packed = self._member.unconsumed_tail
        return found

    def _salvage(self, member: zlib._Decompress, packed: bytes) -> bytes:
        """What comes before the damage in `packed`, byte by byte."""
        found = bytearray()
        for at in range(len(packed)):
            try:
                found += member.decompress(packed[at : at + 1])
            except zlib.error:
                self.rest = packed[at:]
                break
        return bytes(found)

    def _end(self, damage: str | None) -> None:
        self._ended = True
        self.damage = damage
