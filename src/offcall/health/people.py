"""What people do through the tools: take events, settle quarantine, examine the set-up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from offcall.catalog import open_catalog
from offcall.core.checks import checks_of, run_checks
from offcall.core.render.humane import time_text
from offcall.health.findings import said_of
from offcall.health.interest import DOCTOR, LIVE
from offcall.health.looking import annotated
from offcall.health.model import Category, EventState
from offcall.health.read import read_setup
from offcall.health.snapshot import Setup
from offcall.health.storage import quarantine, store
from offcall.health.storage.quarantine import Held
from offcall.health.work import ActionDone, Doctor, HeldRow, QuarantineList
from offcall.history import open_history
from offcall.history.recording import record

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["act", "discarded", "examined", "quarantined", "retried"]


def act(
    ctx: Context,
    kind: str,
    arn: str,
    account: str | None,
    entity: str | None,
    by: str | None,
    note: str | None,
    *,
    planned_for: datetime | None = None,
) -> ActionDone:
    """Record it; what is left to do."""
    state = store.act(
        open_history(ctx),
        arn,
        account,
        kind,
        ctx.person(by),
        ctx.now,
        note=note,
        planned_for=planned_for,
        entity=entity,
    )
    last = state.actions[-1]
    return ActionDone(
        arn=state.arn,
        account=state.account,
        said=said_of(last),
        resource=last.entity,
        left=annotated(ctx, [state]),
        doubt=_too_late(state, planned_for, ctx),
    )


def _too_late(state: EventState, planned_for: datetime | None, ctx: Context) -> str | None:
    """That AWS acts before the day of the plan; None where it does not."""
    date = state.start if state.category == Category.SCHEDULED_CHANGE else None
    if planned_for is None or date is None or planned_for <= date:
        return None
    return f"the plan is for after the date of AWS, {time_text(date, ctx.zone)}: AWS may act first"


def _row(one: Held, *, body: bool = False) -> HeldRow:
    settled = None
    if one.settled_at is not None:
        settled = f"{one.settled_how} (by {one.settled_by})"
    line = one.line or one.origin.line
    return HeldRow(
        id=one.id,
        reason=one.reason,
        where=(one.origin.name or one.origin.how) + (f":{line}" if line else ""),
        bytes=len(one.body),
        first_seen=one.first_seen,
        last_seen=one.last_seen,
        times=one.times,
        settled=settled,
        body=one.body.decode(errors="backslashreplace") if body else None,
    )


def quarantined(ctx: Context, id: int | None, *, settled: bool, limit: int) -> QuarantineList:
    """The newest, or one with its body."""
    history = open_history(ctx)
    if id is not None:
        return QuarantineList(held=(_row(quarantine.held(history, id), body=True),))
    found = quarantine.listed(history, settled=settled, limit=limit)
    count = quarantine.held_count(history, settled=settled)
    return QuarantineList(held=tuple(map(_row, found)), left_out=count - len(found))


def retried(ctx: Context, ids: list[int] | None, by: str | None) -> QuarantineList:
    """What was tried, as it stands now."""
    tried = quarantine.retry(open_history(ctx), ids, ctx.person(by), ctx.now)
    out = sum(one.settled_at is not None for one in tried)
    return QuarantineList(
        about=f"tried {len(tried):,} again, {out:,} understood now",
        held=tuple(_row(one) for one in tried),
    )


def discarded(ctx: Context, id: int, why: str, by: str | None) -> QuarantineList:
    """The one that left."""
    one = quarantine.discard(open_history(ctx), id, ctx.person(by), why, ctx.now)
    return QuarantineList(about=f"discarded: {why}", held=(_row(one),))


def examined(ctx: Context, queues: list[str]) -> Doctor:
    """The checks of this room on how events reach us."""
    setup = ctx.snapshot(Setup, lambda: read_setup(ctx, queues))
    found = open_catalog(ctx).annotate(run_checks(checks_of("health"), setup, ctx.now))
    if ctx.load is None and not ctx.demo:
        away = bool(setup.unread)
        asked = [one for one in found if one.rule not in LIVE]
        record(open_history(ctx), DOCTOR, asked, ctx.now, complete=not away)
    return Doctor(
        source=f"{setup.source}, {setup.taken_at:%Y-%m-%d %H:%M} UTC",
        looked_at=tuple(_looked_at(setup)),
        findings=found,
        unread=setup.unread,
    )


def _looked_at(setup: Setup) -> list[tuple[str, str]]:
    rules = {one.region: sum(rule.works for rule in one.rules) for one in setup.regions}
    feeds = (
        "/".join(part for part in (one.how, one.region) if part)
        + f" ({one.messages:,}, last {one.last_seen:%Y-%m-%d %H:%M} UTC)"
        for one in setup.feeds
    )
    return [
        ("account", setup.account or "not read"),
        ("regions", ", ".join(setup.wanted) or "none named (health.regions)"),
        (
            "working rules",
            ", ".join(f"{region}: {count}" for region, count in rules.items()) or "not read",
        ),
        ("queues", ", ".join(one.url for one in setup.queues) or "none"),
        ("Health API", {"api": "in the plan", "no api": "not in the plan"}.get(setup.plan, "?")),
        ("feeds", "; ".join(feeds) or "none"),
        ("quarantine", f"{setup.quarantine:,}"),
    ]
