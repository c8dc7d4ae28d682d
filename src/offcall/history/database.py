"""The connection to the history: transactions, and driver errors as words.

SQLite runs in WAL mode, so that readers do not wait for a writer; a writer takes its lock at the
start of the transaction (BEGIN IMMEDIATE), so that two writers wait instead of failing half-way.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import Table, create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from offcall.core.errors import StoreError, UserError
from offcall.core.extras import require
from offcall.core.secrets import without_password
from offcall.history.placeholders import placed
from offcall.history.problems import BusyError, crowded, readable

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql.dml import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert

__all__ = ["History", "How", "connect"]

How = Literal["write", "read", "empty"]
"""How a SQLite history is opened: "read" where nothing may be written, "empty" is one in memory in
place of one that is not there yet."""

T = TypeVar("T")

_MINUTES = tuple(f" {hour:02}:{minute:02}:" for hour in range(24) for minute in range(60))
_SECONDS = tuple(f"{second:02}.000000" for second in range(60))

_ASK = 500
"""Values asked for in one query."""

LOCK_WAIT = 15.0
"""Seconds that a SQLite connection waits for another's write to end."""
PATIENCE = 2.0
"""Seconds of these after which it says that it waits."""
_WAL_WAIT = 5.0

TRIES = 5
"""How often a transaction is begun that others were in the way of."""


class History:
    """The open history.

    Attributes:
        engine: SQLAlchemy's engine.
        url: where it is, or would be (`of`), without a password.
        is_sqlite: it is kept in SQLite, or else in PostgreSQL.
    """

    def __init__(self, engine: Engine, *, of: URL | None = None) -> None:
        self.engine = engine
        self.url = without_password((of or engine.url).render_as_string(hide_password=True))
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.say: Callable[[str], None] = lambda text: None

    def __enter__(self) -> History:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @property
    def file(self) -> Path | None:
        """The database file, if it is SQLite."""
        name = self.engine.url.database
        return Path(name) if self.is_sqlite and name else None

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in one transaction that changes nothing: it sees one state of the database.

        Raises:
            StoreError: locked, corrupt, away, …
        """
        with self.errors():
            isolation = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            with self.engine.connect() as plain, plain.execution_options(**isolation) as conn:
                yield conn

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, undone when it raises.

        Raises:
            StoreError: locked, full, read-only, corrupt, away, …
        """
        with self.errors(), self.engine.connect() as plain:
            conn = plain.execution_options(offcall_write=True, offcall_say=self._waiting)
            with conn.begin():
                yield conn

    def _waiting(self) -> None:
        self.say(f"waiting for another process that writes to {self.file}")

    def transact(self, work: Callable[[Connection], T]) -> T:
        """`work` in a transaction of its own; again from the start when others were in its way.

        `work` must do nothing but through its connection, since it may run more than once.

        Raises:
            BusyError: others were in its way every time.
            StoreError: see `write`.
        """
        for _ in range(TRIES - 1):
            with contextlib.suppress(BusyError), self.write() as conn:
                return work(conn)
        with self.write() as conn:
            return work(conn)

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what a driver raises into a StoreError with readable text."""
        try:
            yield
        except DBAPIError as error:
            raise readable(error, self.url) from error
        except PoolTimeout as error:
            raise crowded(self.url) from error

    def insert(self, table: Table) -> SqliteInsert | PostgresInsert:
        """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
        if self.is_sqlite:
            from sqlalchemy.dialects.sqlite import insert as sqlite_insert

            return sqlite_insert(table)
        from sqlalchemy.dialects.postgresql import insert as postgres_insert

        return postgres_insert(table)

    def many(self, conn: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run `sql` for each row with the driver's own executemany.

        For hot paths: values are given as the driver wants them (see `timestamp`).

        Args:
            sql: `?` marks a parameter; within quotes it is a question mark.

        Raises:
            ValueError: `sql` has more parameters, or fewer, than a row has values.
        """
        if not rows:
            return
        text, count = placed(sql, "?" if self.is_sqlite else "%s")
        if count != len(rows[0]):
            raise ValueError(f"{count} parameters for {len(rows[0])} values in: {sql}")
        conn.exec_driver_sql(text, list(rows))

    def pick(self, conn: Connection, sql: str, values: Sequence[Any]) -> Iterator[Any]:
        """The rows of a query whose `(?)` stands for all of `values`, some hundreds at a time."""
        mark = "?" if self.is_sqlite else "%s"
        for begin in range(0, len(values), _ASK):
            some = tuple(values[begin : begin + _ASK])
            yield from conn.exec_driver_sql(
                sql.replace("(?)", f"({', '.join([mark] * len(some))})"), some
            )

    def timestamp(self, value: datetime | None) -> str | datetime | None:
        """`value` as the driver stores it in a `UTCDateTime` column, for `many`."""
        if value is None or not self.is_sqlite:
            return value
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        if value.microsecond:
            return value.isoformat(" ", "microseconds")[:26]
        # Three times as fast, and an import does it for each message.
        minute = _MINUTES[value.hour * 60 + value.minute]
        return f"{_day(value.toordinal())}{minute}{_SECONDS[value.second]}"


@lru_cache(maxsize=4096)
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def connect(url: str | URL, *, how: How = "write") -> History:
    """Connect, without creating or checking the schema.

    Args:
        how: not "write" only matters to SQLite; an "empty" one is SQLite's whatever the URL is.

    Raises:
        UserError: not a URL that we understand.
        MissingExtra: PostgreSQL without its driver.
        StoreError: the folder of the SQLite file cannot be made.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise UserError(
            "the history is not given as a URL",
            value=without_password(str(url)),
            expected="sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE",
        ) from error
    if how == "empty":
        return History(_sqlite(make_url("sqlite:///nowhere"), how), of=parsed)
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return History(_sqlite(parsed, how))
    if kind in ("postgresql", "postgres"):
        require("psycopg", "postgres")
        return History(_postgres(parsed))
    raise UserError(
        f"history cannot be kept in {kind!r}",
        value=without_password(parsed.render_as_string(hide_password=True)),
        expected="sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE",
    )


def _to_wal(cursor: sqlite3.Cursor) -> None:
    """Make a new file one with a write-ahead log.

    SQLite does not wait for another process that does the same, whatever its time-out is.
    """
    give_up = time.monotonic() + _WAL_WAIT
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                # Rows of some kilobytes pack better into larger pages; only a new file takes this.
                cursor.execute("PRAGMA page_size=32768")
                cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _sqlite(url: URL, how: How) -> Engine:
    if not url.database or url.database == ":memory:":
        raise UserError("history needs a file", value=str(url), expected="sqlite:///PATH")
    path = Path(url.database).expanduser()
    if how == "write":
        _make_folder(path.parent)
    url = url.set(database=str(path), drivername="sqlite")
    wait = {} if "timeout" in url.query else {"timeout": LOCK_WAIT}
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, **wait},
        poolclass=QueuePool,
        pool_size=5,
        **({} if how == "write" else {"creator": _opener(path, how)}),
    )

    @event.listens_for(engine, "connect")
    def _connected(dbapi: Any, _record: object) -> None:
        # The driver must not open transactions by itself: `_begun` does it.
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        if how == "write":
            _to_wal(cursor)
        for pragma in (
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "cache_size=-32000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(conn: Connection) -> None:
        options = conn.get_execution_options()
        if options.get("offcall_write", False):
            _begin_write(conn, options["offcall_say"])
        else:
            conn.exec_driver_sql("BEGIN")

    return engine


def _begin_write(conn: Connection, say: Callable[[], None]) -> None:
    """Take the lock; say that it is waited for, when that takes a while."""
    cursor = conn.connection.cursor()
    (whole,) = cursor.execute("PRAGMA busy_timeout").fetchone() or (0,)
    patience = int(PATIENCE * 1000)
    try:
        cursor.execute(f"PRAGMA busy_timeout={min(patience, whole)}")
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if whole > patience and _is_busy(error):
                say()
        else:
            return
        # Again, by the way on which errors become words.
        cursor.execute(f"PRAGMA busy_timeout={max(whole - patience, 0)}")
        conn.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        cursor.execute(f"PRAGMA busy_timeout={whole}")
        cursor.close()


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the folder for the history, {folder}: {error.strerror}"
        ) from error


def _opener(path: Path, how: How) -> Callable[[], sqlite3.Connection]:
    """What opens SQLite without writing into the folder."""
    if how == "empty":
        name = f"file:{uuid.uuid4().hex}?mode=memory&cache=shared"
    else:
        name = f"{path.absolute().as_uri()}?mode=ro"
        # Without a log beside it, SQLite reads a file of its WAL mode only when it takes it for
        # one that nobody writes.
        if not path.with_name(f"{path.name}-wal").exists():
            name += "&immutable=1"
    return partial(sqlite3.connect, name, uri=True, timeout=LOCK_WAIT, check_same_thread=False)


def _postgres(url: URL) -> Engine:
    url = url.set(drivername="postgresql+psycopg")
    try:
        return create_engine(url, pool_pre_ping=True, pool_size=5)
    except NoSuchModuleError as error:
        raise UserError("unknown PostgreSQL driver", value=url.drivername) from error
