"""Alembic's environment: the connection comes from `offcall.history.migrate`."""

from __future__ import annotations

from alembic import context

from offcall.history.schema import whole

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=whole(),
    # SQLite changes a table by making it anew.
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
context.run_migrations()
