"""The marks for parameters in SQL that goes to a driver as it is."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["placed"]

_PART = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\?|%""")


@lru_cache(maxsize=256)
def placed(sql: str, mark: str) -> tuple[str, int]:
    """`sql` with the driver's own mark for each `?` outside of quotes, and how many there are.

    Where the driver's mark begins with `%`, every other `%` (of LIKE, of a remainder) is doubled,
    which the driver reads as one. The operators of PostgreSQL that are written with `?` have
    functions of other names (`jsonb_exists`).
    """
    count = 0

    def put(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] == "?":
            count += 1
            return mark
        return found[0].replace("%", "%%") if mark.startswith("%") else found[0]

    return _PART.sub(put, sql), count
