"""Make a brief: read or load the facts, compare with the history, sort, and remember."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from offcall.brief.comparing import ACTION, Difference, compare, last_brief
from offcall.brief.lines import BriefLine, parts_of
from offcall.brief.merging import merge
from offcall.brief.result import Brief
from offcall.brief.snapshot import BriefFacts, read_facts

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from offcall.core.context import Context
    from offcall.core.findings import Finding

__all__ = ["make_brief"]

NOBODY = "nobody"


def make_brief(
    ctx: Context, *, window: str, owners: Sequence[str], since: str, record: bool
) -> Brief:
    """See the tool. What was loaded with `--from` is another machine's: it is not remembered."""
    from offcall.history import open_history
    from offcall.history.findings import muted, record_on

    span = ctx.window(window)
    facts = ctx.snapshot(BriefFacts, lambda: read_facts(ctx, span))
    remember = record and ctx.load is None
    scope = f"brief {' '.join(facts.window.casefold().split())}"
    complete = not facts.unread
    present = {one.fingerprint for one in facts.findings}
    history = open_history(ctx)

    def difference(conn: Connection) -> Difference:
        base = last_brief(conn, scope, ctx.now) if since == "last" else ctx.time(since)
        return compare(conn, scope, present, base, complete=complete)

    if remember:
        with history.write() as conn:
            changed = difference(conn)
            record_on(conn, history, scope, facts.findings, ctx.now, complete=complete)
            _note(conn, scope, ctx.now, len(facts.findings))
            silent = muted(conn, ctx.now)
    else:
        with history.read() as conn:
            changed = difference(conn)
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
    if not owners:
        return lambda finding: True
    from offcall.catalog import open_catalog

    catalog = open_catalog(ctx)
    names = {catalog.owner_called(one).casefold() for one in owners}

    def wanted(finding: Finding) -> bool:
        name = finding.owner.name if finding.owner else NOBODY
        return name.casefold() in names

    return wanted


def _note(conn: Connection, scope: str, now: datetime, count: int) -> None:
    """Remember that there was a brief, so that the next one is compared with it."""
    from offcall.history.audit import record

    record(conn, "offcall brief", ACTION, scope, {"findings": count}, now)
