"""What a watcher knows: counts of some days, and the requests of the last hours, in DuckDB."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from offcall.accesslogs.anomalies.analysing import analyse
from offcall.accesslogs.anomalies.counting import count_in
from offcall.accesslogs.anomalies.looking import NEEDS
from offcall.accesslogs.anomalies.model import Anomalies
from offcall.accesslogs.engine.duck import Logs, Rows, connect
from offcall.accesslogs.engine.routing import load_requests
from offcall.accesslogs.questions.single import balancer
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.stream import File

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["KEPT_DAYS", "State"]

KEPT_DAYS = 8
"""Counts are kept for so long: over two days, so that there is a season, and a week of it."""
EXPLAINED_SECONDS = 4 * 3600
"""Requests are kept for so long: they explain what begins now."""


class State:
    """Counts that grow with what is read, and lose what is old.

    DuckDB keeps them in bounded memory (`duck.MEMORY`), and the rest on disk for as long as the
    state is open.

    Args:
        route: what a route is, as SQL: see `patterns.written.route_sql`.
    """

    def __init__(self, threads: int, route: str = "route") -> None:
        self._route = route
        self._logs = Logs((), Tally(), threads)
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> State:
        self._db = self._stack.enter_context(connect(self._logs))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def take(self, files: Sequence[File]) -> Tally:
        """Read files, all of them or none; what could not be read in them."""
        self._logs.files, self._logs.tally = files, Tally()
        self._db.execute("DROP TABLE IF EXISTS incoming_requests")
        load_requests(self._db, NEEDS, self._logs, self._route, name="incoming_requests")
        self._db.execute("BEGIN")
        try:
            count_in(self._db, "incoming_requests")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS requests AS FROM incoming_requests LIMIT 0"
            )
            self._db.execute("INSERT INTO requests FROM incoming_requests")
            self._forget()
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        self._db.execute("DROP TABLE incoming_requests")
        return self._logs.tally

    def _forget(self) -> None:
        last = self._db.execute("SELECT MAX(minute) FROM counted").fetchall()[0][0]
        if last is None:
            return
        self._db.execute("DELETE FROM requests WHERE second < ?", [last - EXPLAINED_SECONDS])
        # Each batch adds rows of its own for a minute: they become one.
        self._db.execute(
            """\
CREATE OR REPLACE TABLE counted AS
SELECT minute, route, class, CAST(SUM(n) AS BIGINT) AS n,
  CAST(SUM(client_errors) AS BIGINT) AS client_errors,
  CAST(SUM(server_errors) AS BIGINT) AS server_errors
FROM counted WHERE minute >= ? GROUP BY 1, 2, 3""",
            [last - KEPT_DAYS * 86_400],
        )

    def look(self) -> tuple[Anomalies, Rows]:
        """The incidents in what is known, and the balancers: see `questions.single.balancer`."""
        return analyse(self._db), self._db.execute(balancer(()).sql).fetchall()
