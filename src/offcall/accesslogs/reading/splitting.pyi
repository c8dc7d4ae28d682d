"""Lines and their fields: where each begins and ends."""

from offcall.accesslogs.reading.lines import Text

OPEN: int
COUNT: int
QUOTED: int
LONG: int
"""Why a line is none: a quote is not closed; it has a number of fields that no version has; it has
quotes where no version has any, or none where all have some; it is too long."""

Marks = tuple[bool, int, int]

def marks(quotes: str | None) -> Marks:
    """For `split`: whether quotes mean anything; a bit for each field in them; for each judged."""

def split(
    text: Text,
    begin: int,
    size: int,
    separator: int,
    lengths: bytearray,
    longest: int,
    quoting: Marks,
    slots: memoryview,
    starts: memoryview,
    ends: memoryview,
    lines: memoryview,
    bad: memoryview,
    room: int,
) -> tuple[int, int, int, int]:
    """Split the whole lines in `text[begin:size]`.

    A field that begins with a quote ends at a quote before a separator or the end of the line;
    AWS writes a quote inside as `\\x22`. Blank lines are passed over, and in a file whose fields
    are separated by tabs those that begin with `#`: such a line is always the first of its step,
    so that the caller sees it. A field that a shorter line does not have begins at -1.

    Args:
        separator: the byte between fields.
        lengths: whether a line of so many fields is known; the last stands for more.
        longest: how many bytes a line may have.
        slots: int32: which of the wanted fields a field is, or -1. The last stands for everything
            after the fields before it.
        starts, ends: int32, filled in: field after field, `room` rows each.
        lines: int64, filled in: begin, end, number (from 0) of each good line.
        bad: int64, filled in: begin, end, number, reason of each bad one.
        room: how many lines of either kind there is room for.

    Returns:
        Good lines, bad lines, lines seen in all, and where they end; it stops when `lines` or
        `bad` is full.

    Raises:
        ValueError: too little room.
    """
