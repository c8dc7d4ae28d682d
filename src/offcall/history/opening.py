"""Opening the history: where it is, making it when it is not there, migrating it when it is old."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.engine import Connection

from offcall.core.errors import StoreError, UserError
from offcall.history.database import History, How, connect
from offcall.history.schema import whole

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["for_context", "head", "location", "nothing_yet", "open_url", "version_of"]

MIGRATIONS = Path(__file__).with_name("migrations")
_SCHEMA_LOCK = 0x0FFCA11
"""PostgreSQL advisory lock, held while the schema is made or migrated."""


def head() -> str:
    """The schema's version: that of the newest migration."""
    names = (re.match(r"(\d{4})_\w+\.py$", one.name) for one in (MIGRATIONS / "versions").iterdir())
    return max(name[1] for name in names if name)


def location(ctx: Context) -> str:
    """The URL of the history: estate file, OFFCALL_HISTORY, or the user's data folder."""
    named = ctx.estate.common.history or os.environ.get("OFFCALL_HISTORY")
    if named:
        if "://" not in named:
            # A bare path is what people write; relative to the estate file, like every path there.
            return f"sqlite:///{ctx.estate.folder / Path(named).expanduser()}"
        return named
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('offcall') / 'history.sqlite'}"


@contextlib.contextmanager
def for_context(ctx: Context) -> Iterator[History]:
    """The history of one run; with `ctx.demo` a temporary one that is gone at the end."""
    if not ctx.demo:
        where = location(ctx)
        _check_named(ctx, where)
        file = _file(where)
        if file is not None and ctx.records and not file.exists():
            ctx.progress.note(f"a new history begins in {file}")
        how: How = "write" if ctx.records or _writable(file) else "read"
        with open_url(where, how=how, say=ctx.progress.note) as history:
            yield history
        return
    with (
        tempfile.TemporaryDirectory(prefix="offcall-demo-") as folder,
        open_url(f"sqlite:///{folder}/history.sqlite") as history,
    ):
        if ctx.prepare is not None:
            ctx.prepare(ctx, history)
        yield history


@contextlib.contextmanager
def nothing_yet(ctx: Context) -> Iterator[History | None]:
    """An empty history in memory when there is none yet where it would be, else None.

    Raises:
        UserError: not a URL that we understand, or in a folder that is not there.
        StoreError: the database is away.
    """
    where = location(ctx)
    _check_named(ctx, where)
    if _exists(where):
        yield None
        return
    with open_url(where, how="empty") as history:
        begins = "`offcall health import FILE` or `offcall brief` begins one"
        ctx.progress.note(f"no history yet at {_file(where) or history.url}; {begins}")
        yield history


def _exists(url: str) -> bool:
    if file := _file(url):
        return file.exists()
    with connect(url) as history, history.read() as conn:
        return version_of(conn) is not None


def _file(url: str) -> Path | None:
    """The file, if it is SQLite's."""
    path = url.removeprefix("sqlite:///").partition("?")[0]
    if path == url or not path:
        return None
    return Path(path).expanduser().absolute()


def _writable(file: Path | None) -> bool:
    """Whether we may write it. A reader too makes files beside it, where it may."""
    return file is None or (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _check_named(ctx: Context, url: str) -> None:
    """A file that somebody named: its folder must be there.

    A misspelt path would otherwise give an empty history, in which there is never anything to do.
    """
    in_estate = ctx.estate.common.history is not None
    path = _file(url)
    if path is None or not (in_estate or os.environ.get("OFFCALL_HISTORY")):
        return
    if not path.parent.is_dir():
        raise UserError(
            "the folder of the history is not there",
            file=str(ctx.estate.path) if in_estate else None,
            line=ctx.estate.line("history") if in_estate else None,
            value=str(path),
            expected="a file in a folder that exists",
            hint=None if in_estate else "OFFCALL_HISTORY names it",
        )


def open_url(url: str, *, how: How = "write", say: Callable[[str], None] | None = None) -> History:
    """Connect, and bring the schema up to date.

    Args:
        how: see `offcall.history.database.How`.
        say: told when another process that writes is waited for.

    Raises:
        UserError: not a URL that we understand.
        StoreError: locked, corrupt, of a newer offcall, of an older one and not to be written, …
    """
    history = connect(url, how=how)
    history.say = say or history.say
    try:
        with history.errors():
            _prepare(history)
    except BaseException:
        history.close()
        raise
    return history


def version_of(conn: Connection) -> str | None:
    """The schema's version in the database; None when it holds no history yet."""
    if not conn.dialect.has_table(conn, "alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _prepare(history: History) -> None:
    newest = head()
    with history.read() as conn:
        if _current(conn, history, newest):
            return
    with history.write() as conn:
        if not history.is_sqlite:
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
        if _current(conn, history, newest):
            # Another process was faster.
            return
        if version_of(conn) is None:
            whole().create_all(conn)
            _stamp(conn, newest)
        else:
            from offcall.history.migrate import upgrade

            upgrade(conn)


def _current(conn: Connection, history: History, newest: str) -> bool:
    found = version_of(conn)
    if found is not None and found > newest:
        raise StoreError(
            f"the history {history.url} was written by a newer offcall "
            f"(its schema is {found}, this offcall knows {newest})",
            hint="upgrade offcall, or name another history",
        )
    return found == newest


def _stamp(conn: Connection, version: str) -> None:
    conn.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    conn.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
