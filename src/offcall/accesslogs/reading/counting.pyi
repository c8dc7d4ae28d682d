"""Requests counted by a text, and the times that each took.

It is the first step of a question (`questions.top.counted`), done where the lines are read: most
texts are met often, and those that are not need not be sorted by the database.
"""

from collections.abc import Mapping
from typing import Any

from offcall.accesslogs.reading.lines import Numbers, Slice

SORTS: tuple[str, ...]
"""By what `leaders` can sort, as `questions.top.SORTS` names it."""

class Counts:
    """Grows with the number of distinct texts, and by twelve bytes a request; not for two threads
    at once.

    Attributes:
        texts: distinct texts, and one for what has none.
        timed: how many requests have a time.
        requests: all of them.
    """

    texts: int
    timed: int
    requests: int
    @property
    def size(self) -> int:
        """How many bytes it takes, about."""
    def add(
        self,
        part: Slice,
        rows: int,
        marks: memoryview,
        status: Numbers,
        times: Numbers,
        sent: Numbers,
        received: Numbers,
    ) -> None:
        """Count the rows that have no mark, by their texts.

        Bytes that are no UTF-8 are shown as U+FFFD. A WebSocket (status 101) has no time.

        Raises:
            MemoryError: there is none.
        """
    def names(self) -> dict[str, int]:
        """Every text, and how many requests it has."""
    def rename(self, names: Mapping[str, str]) -> None:
        """Put texts together under other names."""
    def groups_in_all(self) -> int:
        """How many texts there are, one for what has none included."""
    def leaders(self, sort: str, limit: int) -> list[int]:
        """The texts with the most of something, for `rows`; of equal ones the more requests and
        then the texts decide, as `questions.top.greatest` has it."""
    def rows(self, which: list[int]) -> list[tuple[Any, ...]]:
        """Rows as `questions.top.counted` has them: k, v, n, sent, received and errors.

        The sums of a text stand in one row of it, together with the requests that have no time.
        """
    def columns(self) -> dict[str, Any]:
        """All of it as buffers, for Arrow.

        `offsets` (int64) and `texts` are the texts, the first of which stands for none; n (without
        a time), sent, received, client_errors and server_errors (int64), any_sent and any_received
        (a byte each) have an entry for each. `times` (float64) and `whose` (int32) are the times.
        `texts`, `times` and `whose` are valid for as long as this object lives and nothing is
        added.
        """
