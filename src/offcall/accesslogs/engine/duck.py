"""DuckDB over the stream of batches: one pass over the files, in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from offcall.accesslogs.columns import Table
from offcall.accesslogs.patterns.learning import learn
from offcall.accesslogs.questions.question import Question
from offcall.accesslogs.reading.batches import schema
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.stream import File, read

__all__ = [
    "MEMORY",
    "Logs",
    "Rows",
    "answer",
    "answer_by_route",
    "answer_counted",
    "answer_sides",
    "by_route",
    "connect",
    "load",
]

MEMORY = "256MB"
"""What DuckDB may use before it writes to disk; the reader has its own bounded part."""

Rows = list[tuple[Any, ...]]


def _nothing(_: File) -> None:
    """Nobody wants to know how far it is."""


@dataclass
class Logs:
    """What is read, and how.

    Attributes:
        threads: how many files at a time, and how many threads DuckDB has.
        done: called for each file that was read.
        failure: what went wrong while DuckDB was reading; it would hide it.
    """

    files: Sequence[File]
    tally: Tally
    threads: int
    done: Callable[[File], object] = _nothing
    failure: BaseException | None = field(default=None, init=False)

    def batches(self, table: Table, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The lines of a table."""
        wanted = {table: columns}
        try:
            for _, batch in read(
                self.files, wanted, self.tally, threads=self.threads, done=self.done
            ):
                yield batch
        except BaseException as error:
            self.failure = error
            raise


@contextmanager
def connect(logs: Logs) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that may use the disk, and knows the functions of the other engines."""
    with tempfile.TemporaryDirectory(prefix="offcall-logs-") as folder:
        config: dict[str, Any] = {
            "threads": logs.threads,
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
        with duckdb.connect(config=config) as db:
            db.execute("CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)")
            try:
                yield db
            except duckdb.Error as error:
                if logs.failure is not None:
                    raise logs.failure from error
                raise


def answer(question: Question, logs: Logs) -> Rows:
    """The rows of a question, from one pass over the files."""
    with connect(logs) as db:
        _stream(db, question.table, question.uses, logs)
        return db.execute(question.sql).fetchall()


def answer_by_route(counted: Question, finish: Callable[[str], str], logs: Logs) -> Rows:
    """The rows of a question by route, with routes learned from all that there are.

    Args:
        counted: the requests counted by route and time: k, v, n and sums.
        finish: the question itself, over such rows.
    """
    with connect(logs) as db:
        _stream(db, counted.table, counted.uses, logs)
        return by_route(db, counted, finish)


def by_route(
    db: duckdb.DuckDBPyConnection, counted: Question, finish: Callable[[str], str]
) -> Rows:
    """The same over what a database has already."""
    db.execute(f"CREATE OR REPLACE TABLE found AS SELECT '' AS side, * FROM ({counted.sql})")
    _learn(db, wanted=True)
    return db.execute(finish(_RENAMED)).fetchall()


def answer_sides(
    sides: Sequence[tuple[Question, Logs]], finish: Callable[[str], str], *, by_route: bool
) -> Rows:
    """The rows of one question about several sides; k begins with the number of the side."""
    with connect(sides[0][1]) as db:
        for number, (counted, logs) in enumerate(sides):
            _stream(db, counted.table, counted.uses, logs)
            make = "CREATE TABLE found AS" if number == 0 else "INSERT INTO found"
            try:
                db.execute(f"{make} SELECT '{number}' AS side, * FROM ({counted.sql})")
            except duckdb.Error as error:
                if logs.failure is not None:
                    raise logs.failure from error
                raise
            db.unregister(counted.table)
        _learn(db, wanted=by_route)
        return db.execute(finish(_RENAMED)).fetchall()


def answer_counted(
    sides: Sequence[pa.Table], finish: Callable[[str], str], *, by_route: bool
) -> Rows:
    """The same over what another engine counted; k begins with the number of the side, if any."""
    with duckdb.connect() as db:
        parts = []
        for number, counted in enumerate(sides):
            db.register(f"counted{number}", counted)
            side = number if len(sides) > 1 else ""
            parts.append(f"SELECT '{side}' AS side, * FROM counted{number}")
        db.execute(f"CREATE TABLE found AS {' UNION ALL '.join(parts)}")
        _learn(db, wanted=by_route)
        return db.execute(finish(_RENAMED)).fetchall()


def _learn(db: duckdb.DuckDBPyConnection, *, wanted: bool) -> None:
    routes: Rows = []
    if wanted:
        routes = db.execute("SELECT k, SUM(n) FROM found WHERE k IS NOT NULL GROUP BY k").fetchall()
    learned = learn({route: int(requests) for route, requests in routes})
    names = pa.schema([("k", pa.string()), ("route", pa.string())])
    columns = {"k": list(learned), "route": list(learned.values())}
    db.register("learned", pa.table(columns, schema=names))


# What is counted, with the routes that were learned; a side's number stands before k.
_RENAMED = """\
SELECT side || COALESCE(learned.route, CAST(found.k AS VARCHAR)) AS k, v, SUM(n) AS n,
  SUM(sent) AS sent, SUM(received) AS received, SUM(client_errors) AS client_errors,
  SUM(server_errors) AS server_errors
FROM found LEFT JOIN learned ON CAST(found.k AS VARCHAR) = learned.k
GROUP BY side || COALESCE(learned.route, CAST(found.k AS VARCHAR)), v"""


def load(
    db: duckdb.DuckDBPyConnection,
    table: Table,
    uses: Sequence[str],
    logs: Logs,
    name: str | None = None,
) -> None:
    """Keep columns of all lines in a table, for several questions after one pass.

    Args:
        name: what the table is called in the database, if not as in the logs.
    """
    _stream(db, table, uses, logs, name="incoming")
    db.execute(f'CREATE TABLE "{name or table}" AS SELECT * FROM incoming')
    db.unregister("incoming")


def _stream(
    db: duckdb.DuckDBPyConnection,
    table: Table,
    uses: Sequence[str],
    logs: Logs,
    name: str | None = None,
) -> None:
    # A batch without columns has no rows to count.
    columns = tuple(uses) or ("second",)
    reader = pa.RecordBatchReader.from_batches(schema(table, columns), logs.batches(table, columns))
    db.register(name or table, reader)
