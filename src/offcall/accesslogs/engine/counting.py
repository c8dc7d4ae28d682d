"""Counting where the lines are read, and asking the database about what leads.

`questions.top` counts the requests by a text and the time that they took, and looks for the
percentiles of each text. Most texts cannot be among the first twenty, and their percentiles need
not be known: so the reader counts (`reading.counting`), and the very same SQL is asked about the
rows of the leaders alone. What does not fit into the memory goes to the database as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from offcall.accesslogs.patterns.learning import learn
from offcall.accesslogs.questions.dimensions import DIMENSIONS, DimensionName, MeasureName
from offcall.accesslogs.questions.top import greatest
from offcall.accesslogs.reading.counting import SORTS, Counts
from offcall.accesslogs.reading.lines import Lines
from offcall.accesslogs.reading.stream import File, each

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from offcall.accesslogs.columns import Table
    from offcall.accesslogs.engine.logs import Logs, Rows

__all__ = ["MOST", "can_count", "leading"]

MOST = 160 << 20
"""So many bytes of counts are kept; more go to the database, which may use the disk."""

_TIMES: dict[MeasureName, str] = {
    "target": "target_processing_time",
    "request": "request_processing_time",
    "response": "response_processing_time",
    "total": "total_time",
}
_NUMBERS = ("elb_status_code", "sent_bytes", "received_bytes")


def can_count(by: DimensionName, conditions: Sequence[str], sort: str) -> bool:
    """Whether `leading` can answer: by one text, of all requests, and not for all percentiles."""
    dimension = DIMENSIONS[by]
    if dimension.number or not dimension.sql.isidentifier() or by in ("log", "file"):
        return False
    return not conditions and sort in SORTS


def leading(by: DimensionName, measure: MeasureName, sort: str, limit: int, logs: Logs) -> Rows:
    """The rows of `questions.top.top` by a text; see `can_count`."""
    finish = partial(greatest, dimension=by, sort=sort, limit=limit)
    # The database takes a while to load, and is needed when all is read.
    threading.Thread(target=import_module, args=("duckdb",), daemon=True).start()
    with ExitStack() as stack:
        counting = _Counting(DIMENSIONS[by].sql, _TIMES[measure], logs, stack)
        counts = counting.run()
        if counting.db is not None:
            from offcall.accesslogs.engine.duck import answer_found

            return answer_found(counting.db, finish, by_route=by == "route")
    if by == "route":
        counts.rename(learn(counts.names()))
    from offcall.accesslogs.engine.duck import answer_rows

    found = answer_rows(counts.rows(counts.leaders(sort, limit)), finish, logs)
    everything = (counts.groups_in_all(), counts.requests)
    return [(*row[: -len(everything)], *everything) for row in found]


class _Counting:
    """What several threads count together, and the database for what is too much."""

    def __init__(self, column: str, time: str, logs: Logs, stack: ExitStack) -> None:
        self._column = column
        self._time = time
        self._logs = logs
        self._stack = stack
        self._lock = threading.Lock()
        self._counts = Counts()
        self.db: DuckDBPyConnection | None = None

    def run(self) -> Counts:
        """Count all; when there is a database, everything is there."""
        logs = self._logs
        wanted: dict[Table, Sequence[str]] = {"requests": (self._column, self._time, *_NUMBERS)}
        each(logs.files, wanted, logs.tally, self._take, threads=logs.threads, done=logs.done)
        if self.db is not None:
            self._keep()
        return self._counts

    def _take(self, _: File, lines: Lines) -> bool:
        status, sent, received = map(lines.numbers, _NUMBERS)
        time = lines.numbers(self._time)
        part = lines.slice(self._column)
        with self._lock:
            self._counts.add(part, lines.rows, lines.marks, status, time, sent, received)
            if self._counts.size > MOST:
                self._keep()
        return True

    def _keep(self) -> None:
        from offcall.accesslogs.engine.duck import connect, keep

        if self.db is None:
            self.db = self._stack.enter_context(connect(self._logs))
        keep(self.db, self._counts)
        self._counts = Counts()
