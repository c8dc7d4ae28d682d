"""Bytes of a file, unzipped if it is gzip, with whatever a damaged file still gives.

ISA-L unzips several times as fast as zlib. Members that follow one another are legal, and AWS
writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from isal import isal_zlib

from offcall.core.errors import SourceError

__all__ = ["MAGIC", "Damaged", "pieces"]

MAGIC = b"\x1f\x8b"
_READ = 1 << 18
_PIECE = 1 << 18
_GZIP = 31


class Damaged(SourceError):
    """The rest of a file cannot be unzipped; what came before was given."""


def pieces(file: BinaryIO, name: str) -> Iterator[bytes]:
    """The content, piece by piece.

    Raises:
        Damaged: gzip that is cut off or broken, after everything that could be had.
    """
    data = file.read(_READ)
    if not data.startswith(MAGIC):
        while data:
            yield data
            data = file.read(_PIECE)
        return
    while data:
        member = isal_zlib.decompressobj(_GZIP)
        while not member.eof:
            try:
                piece = member.decompress(data, _PIECE)
            except isal_zlib.error as error:
                raise Damaged(f"{name}: the rest cannot be unzipped: {error}") from error
            if piece:
                yield piece
            data = member.unconsumed_tail
            if not data and not member.eof and not piece:
                data = file.read(_READ)
                if not data:
                    raise Damaged(f"{name}: is cut off before the end of its gzip data")
        data = member.unused_data.lstrip(b"\0") or file.read(_READ).lstrip(b"\0")
        if data and not data.startswith(MAGIC):
            raise Damaged(f"{name}: something else follows its gzip data")
