"""DuckDB over the stream of batches: one pass over the files, in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from offcall.accesslogs.columns import Table
from offcall.accesslogs.engine.logs import Logs, Rows
from offcall.accesslogs.patterns.learning import learn
from offcall.accesslogs.questions.question import Question

if TYPE_CHECKING:
    import pyarrow as pa

    from offcall.accesslogs.reading.counting import Counts

__all__ = [
    "MEMORY",
    "Logs",
    "Rows",
    "answer",
    "answer_by_route",
    "answer_counted",
    "answer_found",
    "answer_rows",
    "answer_sides",
    "by_route",
    "connect",
    "keep",
    "load",
]

MEMORY = "256MB"
"""What DuckDB may use before it writes to disk; the reader has its own bounded part."""


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
    return answer_found(db, finish, by_route=True)


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
        return answer_found(db, finish, by_route=by_route)


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
        return answer_found(db, finish, by_route=by_route)


_COUNTED = {
    "k": "VARCHAR",
    "v": "DOUBLE",
    "n": "BIGINT",
    "sent": "BIGINT",
    "received": "BIGINT",
    "client_errors": "BIGINT",
    "server_errors": "BIGINT",
}


def answer_rows(rows: Rows, finish: Callable[[str], str], logs: Logs) -> Rows:
    """The rows of a question over a few rows of what was counted."""
    unnested = ", ".join(f"unnest(${name}::{kind}[]) AS {name}" for name, kind in _COUNTED.items())
    columns = zip(*rows, strict=True) if rows else [()] * len(_COUNTED)
    values = {name: list(column) for name, column in zip(_COUNTED, columns, strict=True)}
    with connect(logs) as db:
        return db.execute(finish(f"SELECT {unnested}"), values).fetchall()


def keep(db: duckdb.DuckDBPyConnection, counts: Counts) -> None:
    """Keep counts in the database's table `found`, for `answer_found`."""
    import pyarrow as pa

    from offcall.accesslogs.reading.numbers import bits

    found = counts.columns()
    texts = counts.texts

    def numbers(name: str, known: str | None = None) -> pa.Array:
        valid = None if known is None else bits(found[known], texts)
        mask = None if valid is None else pa.py_buffer(valid)
        return pa.Array.from_buffers(pa.int64(), texts, [mask, pa.py_buffer(found[name])])

    # The first text stands for none.
    some = bits(bytes([0]) + bytes([1]) * (texts - 1), texts)
    buffers = [pa.py_buffer(some), pa.py_buffer(found["offsets"]), pa.py_buffer(found["texts"])]
    names = pa.Array.from_buffers(pa.large_string(), texts, buffers)
    sums = {
        "k": names,
        "n": numbers("n"),
        "sent": numbers("sent", "any_sent"),
        "received": numbers("received", "any_received"),
        "client_errors": numbers("client_errors"),
        "server_errors": numbers("server_errors"),
    }
    whose, timed = found["whose"], counts.timed
    codes = pa.Array.from_buffers(pa.int32(), timed, [None, pa.py_buffer(whose)])
    times = {
        "k": pa.DictionaryArray.from_arrays(codes, names),
        "v": pa.Array.from_buffers(pa.float64(), timed, [None, pa.py_buffer(found["times"])]),
    }
    columns = ", ".join(f"{name} {kind}" for name, kind in _COUNTED.items())
    db.execute(f"CREATE TABLE IF NOT EXISTS found (side VARCHAR, {columns})")
    db.register("sums", pa.table(sums))
    db.register("times", pa.table(times))
    db.execute(
        "INSERT INTO found SELECT '', k, NULL, n, sent, received, client_errors, server_errors "
        "FROM sums WHERE n > 0 OR sent IS NOT NULL OR received IS NOT NULL "
        "OR client_errors + server_errors > 0"
    )
    db.execute(
        "INSERT INTO found SELECT '', k, v, COUNT(*), NULL, NULL, 0, 0 FROM times GROUP BY k, v"
    )
    db.unregister("sums")
    db.unregister("times")


def answer_found(
    db: duckdb.DuckDBPyConnection, finish: Callable[[str], str], *, by_route: bool
) -> Rows:
    """The rows of a question over what was counted: the table `found`."""
    _learn(db, wanted=by_route)
    return db.execute(finish(_RENAMED)).fetchall()


def _learn(db: duckdb.DuckDBPyConnection, *, wanted: bool) -> None:
    routes: Rows = []
    if wanted:
        routes = db.execute("SELECT k, SUM(n) FROM found WHERE k IS NOT NULL GROUP BY k").fetchall()
    learned = learn({route: int(requests) for route, requests in routes})
    import pyarrow as pa

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
    import pyarrow as pa

    from offcall.accesslogs.reading.batches import schema

    # A batch without columns has no rows to count.
    columns = tuple(uses) or ("second",)
    reader = pa.RecordBatchReader.from_batches(schema(table, columns), logs.batches(table, columns))
    db.register(name or table, reader)
