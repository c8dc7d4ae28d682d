"""Make a brief: read or load the facts, compare with the history, sort, and remember."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from offcall.brief.comparing import Difference, compare, last_brief, note_brief
from offcall.brief.lines import BriefLine, parts_of
from offcall.brief.merging import merge
from offcall.brief.remembering import record_rooms
from offcall.brief.result import Brief
from offcall.brief.snapshot import BriefFacts, read_facts
from offcall.catalog.book import NOBODY

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from offcall.core.context import Context
    from offcall.core.findings import Finding

__all__ = ["make_brief"]


def make_brief(
    ctx: Context, *, window: str, owners: Sequence[str], since: str, record: bool
) -> Brief:
    """See the tool. What was loaded with `--from` is another machine's: it is not remembered."""
    from offcall.history import open_history
    from offcall.history.findings import muted

    span = ctx.window(window)
    facts = ctx.snapshot(BriefFacts, lambda: read_facts(ctx, span))
    remember = record and ctx.load is None
    complete = {one.room for one in facts.rooms if one.complete}
    present = {one.fingerprint for room in facts.rooms for one in (*room.findings, *room.later)}
    history = open_history(ctx)

    def difference(conn: Connection) -> Difference:
        base = last_brief(conn, facts.window, ctx.now) if since == "last" else ctx.time(since)
        return compare(conn, present, base, complete)

    def remembered(conn: Connection) -> Difference:
        changed = difference(conn)
        record_rooms(conn, history, facts, ctx.now)
        note_brief(conn, facts.window, ctx.now, len(facts.findings))
        return changed

    changed = history.transact(remembered) if remember else None
    with history.read() as conn:
        changed = changed or difference(conn)
        silent = muted(conn, ctx.now)
    wanted = _owned_by(ctx, owners)
    heard = [one for one in facts.findings if one.fingerprint not in silent and wanted(one)]
    lines = [BriefLine.of(one, changed.new) for one in merge(heard, ctx.now)]
    over = [
        one
        for one in changed.resolved
        if one.category != "notice" and one.fingerprint not in silent and wanted(one)
    ]
    return Brief(
        estate=facts.estate,
        now=ctx.now,
        time_zone=str(ctx.zone),
        start=span.start,
        end=span.end,
        window=facts.window,
        owners=tuple(owners),
        parts=parts_of(lines, until=span.end),
        compared_to=changed.base,
        resolved=tuple(shown for shown, _ in merge(over, ctx.now)),
        muted=sum(one.fingerprint in silent for one in facts.findings),
        looked_at=facts.looked_at,
        accounts=facts.accounts,
        ownerless=facts.ownerless if not owners or NOBODY in owners else (),
        unread=facts.unread,
        configured=facts.configured,
    )


def _owned_by(ctx: Context, owners: Sequence[str]) -> Callable[[Finding], bool]:
    """Whether a finding belongs to one of `owners`; everything does when none is named."""
    from offcall.catalog import open_catalog

    wanted = open_catalog(ctx).owner_filter(owners)
    return lambda finding: wanted(finding.owner.name if finding.owner else None)
