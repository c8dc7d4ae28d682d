"""Texts as numbers: each distinct value of a batch once."""

from offcall.accesslogs.reading.lines import Text

class Encoder:
    """Makes dictionaries for batches of at most so many rows; not for two threads at once."""

    def __init__(self, rows: int) -> None: ...
    def encode(
        self,
        text: Text,
        starts: memoryview,
        ends: memoryview,
        rows: int,
        codes: memoryview,
        valid: bytearray,
    ) -> int:
        """Number the distinct values; how many there are. `-`, and what is missing, is not valid.

        Args:
            codes: int32, filled in.
            valid: 0 or 1, filled in.

        Raises:
            ValueError: too little room.
        """
    def values(
        self, text: Text, starts: memoryview, ends: memoryview, count: int
    ) -> tuple[bytes, bytes, bool]:
        """The values numbered last: int32 offsets, the texts, and whether all is ASCII."""
