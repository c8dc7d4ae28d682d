"""What this room tells the brief: changes, what is open, what nobody has taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from offcall.core.contributions import Contribution
from offcall.health.checks.feed_silent import feed_silent
from offcall.health.checks.no_feed import no_feed
from offcall.health.checks.quarantine import quarantine as held
from offcall.health.findings import findings_of
from offcall.health.interest import DOCTOR, LIVE, OPEN, section, shown
from offcall.health.model import Category, EventState
from offcall.health.snapshot import FeedFacts, Setup
from offcall.health.storage import quarantine, store
from offcall.health.storage.phases import Phases
from offcall.history import open_history
from offcall.history.findings import lookup

if TYPE_CHECKING:
    from datetime import datetime

    from offcall.core.context import Context
    from offcall.core.findings import Finding
    from offcall.core.windows import Window
    from offcall.history.database import History

__all__ = ["contribute"]

NEWS = timedelta(days=7)
"""How long a notice that asks for nothing is told."""


def contribute(ctx: Context, window: Window) -> Contribution:
    """Events that are not closed, and whether the feeds still bring any.

    What begins after the window is kept for later. Scheduled changes are told also when their date
    has passed; issues, what asks for action and what is of an unknown kind as long as they are
    open; a notice for a week after it was updated, began or ended.
    """
    history = open_history(ctx)
    events = shown(ctx, store.events(history, phases=Phases(OPEN, ctx.now), texts=False))
    told: list[EventState] = []
    later: list[EventState] = []
    for one in events:
        if _begins_after(one, window):
            later.append(one)
        elif _is_news(one, ctx.now):
            told.append(one)
    own = section(ctx)
    setup = Setup(
        taken_at=ctx.now,
        source="the history",
        silent_after_days=own.silent_after_days,
        feeds=tuple(map(FeedFacts.of, store.feeds(history))),
        quarantine=quarantine.held_count(history),
    )
    # Who names a queue or a region waits for events; without a feed, silence is not good news.
    waits = not ctx.demo and bool(own.queues or own.regions)
    about_feeds = [*feed_silent(setup, ctx.now), *held(setup, ctx.now)]
    about_feeds += no_feed(setup, ctx.now) if waits else ()
    known = {one.fingerprint for one in about_feeds}
    examined = [one for one in _examined(history, ctx.now) if one.fingerprint not in known]
    return Contribution(
        findings=(*findings_of(told, ctx.now), *about_feeds, *examined),
        later=tuple(findings_of(later, ctx.now)),
        looks=bool(setup.feeds) or waits,
    )


def _examined(history: History, now: datetime) -> list[Finding]:
    """What the doctor found when it looked last, but for what is known without AWS."""
    with history.read() as conn:
        found = lookup(conn, now=now, scope=DOCTOR, present=True)
    return [one.finding for one in found if one.finding.rule not in LIVE]


def _begins_after(event: EventState, window: Window) -> bool:
    if event.category in (Category.ISSUE, Category.INVESTIGATION):
        return False
    return event.start is not None and window.end is not None and event.start >= window.end


def _is_news(event: EventState, now: datetime) -> bool:
    """Whether it is still to be told; this does not depend on how far somebody looks."""
    if event.category != Category.ACCOUNT_NOTIFICATION:
        return True
    # A notice is news once; one that asks for action stays until somebody takes it.
    if event.actionability in ("ACTION_REQUIRED", "ACTION_MAY_BE_REQUIRED") or event.abuse:
        return True
    times = [one for one in (event.last_updated, event.start, event.end) if one is not None]
    return not times or max(times) >= now - NEWS
