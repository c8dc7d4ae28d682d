"""The history of a test: every test that asks for `history` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offcall.history.database import History
from offcall.history.opening import open_url

__all__ = ["history", "history_url"]


@pytest.fixture(params=["sqlite", "postgres"])
def history_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a history that does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/history.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def history(history_url: str) -> Iterator[History]:
    """An open, empty history."""
    with open_url(history_url) as opened:
        yield opened
