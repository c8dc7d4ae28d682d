"""Fill a demo's history: the sample events, what people said about them, and last week's brief.

Everything takes the way that real things take: parsed, ingested, acted on, briefed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.health.model import Delivery, Reject
    from offcall.history.database import History

__all__ = ["LAST_BRIEF", "prepare"]

LAST_BRIEF = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
"""When the sample estate was briefed before."""

FOLDER = Path(__file__).with_name("estate")
EVENTS = FOLDER / "health-events.jsonl"
ACTIONS = FOLDER / "actions.json"
LAST_INVENTORY = FOLDER / "last-week.csv"


def prepare(ctx: Context, history: History) -> None:
    """Import the sample events as they came: up to last week's brief, that brief, then the rest."""
    from offcall.health.storage.store import ingest

    before, after = _messages()
    ingest(history, before, LAST_BRIEF)
    _act(history, lambda at: at <= LAST_BRIEF)
    _brief_last_week(ctx, history)
    ingest(history, after, ctx.now)
    _act(history, lambda at: at > LAST_BRIEF)
    _look_around(ctx, history)


def _messages() -> tuple[list[Delivery | Reject], list[Delivery | Reject]]:
    """The sample messages; those apart that had come by last week's brief."""
    from offcall.health.model import Delivery, Origin
    from offcall.health.parse import parse_stream

    before: list[Delivery | Reject] = []
    after: list[Delivery | Reject] = []
    with EVENTS.open("rb") as stream:
        for item in parse_stream(stream, origin=Origin(how="demo", name=EVENTS.name)):
            sent = item.sent_at if isinstance(item, Delivery) else None
            (before if sent is not None and sent <= LAST_BRIEF else after).append(item)
    return before, after


def _act(history: History, when: Callable[[datetime], bool]) -> None:
    """What people said about events at those times."""
    from offcall.health.storage.store import act

    for one in json.loads(ACTIONS.read_text(encoding="utf-8")):
        at = datetime.fromisoformat(one["at"])
        if when(at):
            planned = one.get("planned_for")
            act(
                history,
                one["event"],
                one["account"],
                one["kind"],
                one["by"],
                at,
                note=one.get("note"),
                planned_for=datetime.fromisoformat(planned) if planned else None,
            )


def _look_around(ctx: Context, history: History) -> None:
    """What the worker notes of the inventory between two briefs."""
    from offcall.history.resources import note
    from offcall.lifecycle.acquire import read_inventory

    inventory = read_inventory(ctx)
    history.transact(
        lambda conn: note(
            conn, history, "lifecycle", (one.resource for one in inventory.resources), ctx.now
        )
    )


def _brief_last_week(ctx: Context, history: History) -> None:
    """Last week's brief: the same estate with what ran then."""
    from offcall.brief.tools import brief
    from offcall.core.context import Context as Run
    from offcall.core.estate import Estate

    node = {**ctx.estate.node, "lifecycle": {"inventory": [str(LAST_INVENTORY)]}}
    estate = Estate(node, path=ctx.estate.path)
    with Run(estate, now=LAST_BRIEF, zone=ctx.zone, demo=True) as then:
        then.keep("history", lambda: contextlib.nullcontext(history))
        brief.call(then)
