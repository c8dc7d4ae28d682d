"""Bytes of a file, unzipped if it is gzip, with whatever a damaged file still gives.

ISA-L unzips several times as fast as zlib. Members that follow one another are legal, and AWS
writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from isal import isal_zlib

from offcall.core.errors import SourceError

__all__ = ["MAGIC", "Damaged", "pieces"]

MAGIC = b"\x1f\x8b"
_READ = 1 << 18
_PIECE = 1 << 18
_GZIP = 31
_BROKEN: Any = isal_zlib.error  # its stubs say that it is an instance


class Damaged(SourceError):  # noqa: N818 - it reads as the condition
    """The rest of a file cannot be unzipped; what came before was given."""


def _plain(file: BinaryIO, data: bytes) -> Iterator[bytes]:
    while data:
        yield data
        data = file.read(_PIECE)


def pieces(file: BinaryIO, name: str) -> Iterator[bytes]:
    """The content, piece by piece.

    Raises:
        Damaged: gzip that is cut off or broken, after everything that could be had.
    """
    data = file.read(_READ)
    while len(data) < len(MAGIC) and (more := file.read(_READ)):
        data += more
    if not data.startswith(MAGIC):
        yield from _plain(file, data)
        return
    while data:
        member = isal_zlib.decompressobj(_GZIP)
        while not member.eof:
            try:
                piece = member.decompress(data, _PIECE)
            except _BROKEN as error:
                raise Damaged(f"{name}: the rest cannot be unzipped: {error}") from error
            if piece:
                yield piece
            data = member.unconsumed_tail
            if not data and not member.eof and not piece:
                data = file.read(_READ)
                if not data:
                    raise Damaged(f"{name}: is cut off before the end of its gzip data")
        data = member.unused_data.lstrip(b"\0")
        while len(data) < len(MAGIC) and (more := file.read(_READ)):
            data = (data + more).lstrip(b"\0")
        if data and not data.startswith(MAGIC):
            raise Damaged(f"{name}: something else follows its gzip data")
