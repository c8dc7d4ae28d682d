"""Alembic, run on a connection that the history already holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection

from offcall.history.opening import MIGRATIONS

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["config", "upgrade"]


def config(conn: Connection) -> Config:
    """Alembic's configuration for this connection."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = conn
    return made


def upgrade(conn: Connection, to: str = "head") -> None:
    """Migrate inside the transaction of `conn`."""
    from alembic import command

    command.upgrade(config(conn), to)
