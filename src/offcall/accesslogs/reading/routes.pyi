"""Paths as routes: ids, hashes, dates and addresses become placeholders."""

from offcall.accesslogs.reading.lines import Text

EXTRA: int
"""How many times as long as a path its route can be (`/1` becomes `/{id}`), with room."""

def route(
    text: Text,
    starts: memoryview,
    ends: memoryview,
    rows: int,
    out: bytearray,
    out_starts: memoryview,
    out_ends: memoryview,
) -> None:
    """Write the route of every path to `out`; what follows a `;` in a segment is left out.

    Args:
        out: bytes, `EXTRA` times as many as all the paths have, and one a row.
        out_starts, out_ends: int32: where in `out` each route stands; -1 where there is no path.

    Raises:
        ValueError: too little room.
    """
