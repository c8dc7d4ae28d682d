"""Whether an event goes on, where AWS does not say: one answer, whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.core.windows import Window
from offcall.health.brief import contribute
from offcall.health.model import Origin, Status
from offcall.health.parse import parse
from offcall.health.storage import store
from offcall.health.storage.phases import Phases
from offcall.history import open_history
from offcall.history.database import History
from offcall.notify.collect import collect
from tests.health.messages import message

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOW = Window(NOW, NOW + 14 * DAY, "next 2 weeks", UTC)


def deliveries() -> list[Any]:
    """Every status with every date: the number of an event says which."""
    bodies = []
    for status in ("open", "upcoming", "closed", None, "paused"):
        for start in (-2 * DAY, 2 * DAY):
            for end in (None, -1 * DAY, 3 * DAY):
                at = NOW + end if end else None
                number = len(bodies) + 1
                bodies.append(message(number, start=NOW + start, end=at, statusCode=status))
    return [one for body in bodies for one in parse(body, origin=Origin(how="file"))]


def test_the_database_and_the_model_agree(history: History) -> None:
    store.ingest(history, deliveries(), NOW)
    every = store.events(history)
    assert len(every) == 30
    for names in (("open",), ("upcoming",), ("closed",), ("open", "upcoming"), tuple(Status)):
        asked = {one.arn for one in store.events(history, phases=Phases(names, NOW))}
        assert asked == {one.arn for one in every if one.phase(NOW) in names}, names


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return Context(Estate({"history": str(tmp_path / "h.sqlite")}), now=NOW)


def test_without_a_status_it_is_told_everywhere(ctx: Context) -> None:
    issue = {"code": "AWS_ABUSE_DOS_REPORT", "category": "issue", "start": NOW - 3 * DAY}
    with ctx:
        history = open_history(ctx)
        for body in (
            message(1, statusCode=None, **issue),
            message(2, statusCode=None, end=NOW - DAY, **issue),
            message(3, statusCode=None, start=NOW + DAY),
        ):
            store.ingest(history, parse(body, origin=Origin(how="file")), NOW)
        call = {name: find_tool(f"health {name}").call for name in ("list", "changes")}
        assert [one.arn[-1] for one in call["list"](ctx).events] == ["1", "3"]
        assert [one.arn[-1] for one in call["list"](ctx, status="open").events] == ["1"]
        assert [one.arn[-1] for one in call["list"](ctx, status="upcoming").events] == ["3"]
        assert [one.arn[-1] for one in call["list"](ctx, status="closed").events] == ["2"]
        assert [one.key[-1] for one in call["changes"](ctx).changes] == ["3"]
        assert {one.key[-1] for one in contribute(ctx, WINDOW).findings} == {"1", "3"}
        assert {one.key[-1] for one in collect(ctx, history, {}, NOW)} == {"1", "3"}


def test_a_brief_of_closed_events_has_looked_at_something(ctx: Context) -> None:
    with ctx:
        body = message(1, status="closed")
        store.ingest(open_history(ctx), parse(body, origin=Origin(how="file")), NOW)
        brief = find_tool("brief").call(ctx)
    assert brief.configured
    assert not any(brief.parts.open)
