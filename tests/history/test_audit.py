"""The record of what changed something outside: there before it begins, and after it ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select

from offcall.core.changes import Change
from offcall.core.context import Context
from offcall.core.errors import SourceError, StoreError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.core.render import View, render
from offcall.history import journal, open_history
from offcall.history.database import History
from offcall.history.results import AuditList
from offcall.history.schema.findings import audit

CHANGE = Change("ann", "postgres kill", {"session": 42})


@pytest.fixture
def ctx(history_url: str) -> Iterator[Context]:
    old = datetime(2001, 1, 1, tzinfo=UTC)
    with Context(Estate({"history": history_url}), now=old, journal=journal) as made:
        yield made


def lines(ctx: Context) -> list[Any]:
    with open_history(ctx).read() as conn:
        return list(conn.execute(select(audit)))


def test_it_is_there_while_it_goes_on_and_says_how_it_ended(ctx: Context) -> None:
    with ctx.journal(CHANGE) as said:
        (line,) = lines(ctx)
        assert (line.who, line.action, line.subject) == ("ann", "change", "offcall postgres kill")
        assert line.detail == {"outcome": "under way", "arguments": {"session": 42}}
        said("1 killed")
    (line,) = lines(ctx)
    assert line.detail["outcome"] == "1 killed"
    # Whatever time is judged at, the audit has the real one.
    assert line.at.year > 2001
    assert datetime.fromisoformat(line.detail["ended"]) >= line.at


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (SourceError("the server went away"), "failed: the server went away"),
        (ZeroDivisionError("with a secret in it"), "failed: ZeroDivisionError"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_how_it_failed(ctx: Context, error: BaseException, outcome: str) -> None:
    with pytest.raises(type(error)), ctx.journal(CHANGE):
        raise error
    (line,) = lines(ctx)
    assert line.detail["outcome"] == outcome


def test_what_cannot_be_recorded_is_not_begun(ctx: Context) -> None:
    begun = False
    with open_history(ctx).write() as conn:
        audit.drop(conn)
    with pytest.raises(StoreError), ctx.journal(CHANGE):
        begun = True
    assert not begun


def test_what_is_done_is_done_when_its_end_cannot_be_recorded(ctx: Context) -> None:
    class Notes:
        said: list[str] = []  # noqa: RUF012 - one test's own

        def note(self, text: str) -> None:
            self.said.append(text)

    ctx.progress = Notes()  # type: ignore[assignment]
    history = open_history(ctx)
    with ctx.journal(CHANGE), refusing_updates(history):
        pass
    (line,) = lines(ctx)
    assert line.detail["outcome"] == "under way"
    assert Notes.said[-1].startswith("the audit does not say how postgres kill ended: ")


def refusing_updates(history: History) -> Any:
    """The block's end, after which the history takes no updates."""

    class Refusing:
        def __enter__(self) -> None:
            return

        def __exit__(self, *exc: object) -> None:
            def refuse(*arguments: Any) -> None:
                if arguments[2].startswith("UPDATE"):
                    event.remove(history.engine, "before_cursor_execute", refuse)
                    raise StoreError("the disk is full")

            event.listen(history.engine, "before_cursor_execute", refuse)

    return Refusing()


def test_the_tool_shows_it(ctx: Context) -> None:
    with ctx.journal(CHANGE) as said:
        said("1 killed")
    found = find_tool("history audit").call(ctx, subject="postgres kill")
    assert isinstance(found, AuditList)
    shown = render(found, "plain", View(now=ctx.now, width=160))
    assert "outcome: 1 killed" in shown
    assert "session=42" in shown
