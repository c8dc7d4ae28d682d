"""Numbers and times, parsed from the bytes where they stand.

Each function that parses fills `out` and `valid` (0 or 1); what is `-`, or missing, is not valid.
What is no number is marked in `bad`, unless its row has a mark already. All raise ValueError when
there is too little room.
"""

from collections.abc import Sequence

from offcall.accesslogs.reading.lines import Numbers, Text

def integers(
    text: Text,
    starts: memoryview,
    ends: memoryview,
    rows: int,
    out: memoryview,
    valid: memoryview,
    bad: memoryview | bytearray,
    mark: int,
) -> None:
    """int64, with a sign perhaps."""

def seconds(
    text: Text,
    starts: memoryview,
    ends: memoryview,
    rows: int,
    unit: float,
    out: memoryview,
    valid: memoryview,
    bad: memoryview | bytearray,
    mark: int,
) -> None:
    """float64 seconds, of a decimal number of `1 / unit` seconds. -1 is not valid: there is none.

    The nearest float, as Python reads the same text.
    """

def times(
    text: Text,
    starts: memoryview,
    ends: memoryview,
    rows: int,
    out: memoryview,
    valid: memoryview,
    bad: memoryview | bytearray,
    mark: int,
) -> None:
    """int64 microseconds since 1970 in UTC, of `2026-11-24T09:00:00[.ffffff][Z]`.

    Between the date and the time any one byte may stand. A time without a zone is UTC.
    """

def whole_seconds(micros: memoryview, rows: int, out: memoryview) -> None:
    """int64 seconds of int64 microseconds, neither of them negative."""

def total(
    parts: Sequence[Numbers], rows: int, out: memoryview, valid: memoryview | bytearray
) -> None:
    """The sums of float64 seconds, of what each row has of them, to the microsecond."""

def bits(marks: memoryview | bytes | bytearray, rows: int, of: bool = True) -> bytes | None:
    """A bit for each byte, as Arrow has them: set where the byte is not 0 (where it is, if not
    `of`). None if all are set."""
