"""What the history's tools look up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection

from offcall.history.database import History
from offcall.history.findings import Known, lookup
from offcall.history.opening import version_of
from offcall.history.results import (
    NEW,
    OPEN,
    STILL,
    AuditLine,
    AuditList,
    FindingHistory,
    HistoryInfo,
    KnownFinding,
    MuteOfOne,
)
from offcall.history.schema import parts, whole
from offcall.history.schema.findings import audit

__all__ = ["audit_lines", "describe", "known_findings", "known_one"]


def describe(history: History) -> HistoryInfo:
    """How big the history is, and how old."""
    rooms = parts().values()
    with history.read() as conn:
        rows = {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in whole().sorted_tables
        }
        begins = [
            conn.execute(select(func.min(one))).scalar() for room in rooms for one in room.begins
        ]
        return HistoryInfo(
            url=history.url,
            engine=_engine(conn, history),
            version=version_of(conn) or "none",
            bytes=_size(conn, history),
            rows=rows,
            counts={
                name: conn.execute(query).scalar_one()
                for room in rooms
                for name, query in room.counts.items()
            },
            oldest=min(filter(None, begins), default=None),
        )


def _engine(conn: Connection, history: History) -> str:
    if history.is_sqlite:
        return f"SQLite {conn.execute(text('SELECT sqlite_version()')).scalar_one()}"
    return f"PostgreSQL {conn.execute(text('SHOW server_version')).scalar_one()}"


def _size(conn: Connection, history: History) -> int | None:
    if not history.is_sqlite:
        found: int = conn.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        return found
    file = history.file
    return file.stat().st_size if file is not None and file.exists() else None


def known_findings(
    history: History, now: datetime, *, state: str | None, scope: str | None
) -> FindingHistory:
    """Findings in one state, or in any."""
    present = None if state is None else state != "resolved"
    with history.read() as conn:
        found = lookup(conn, now=now, scope=scope, present=present)
        brief = conn.execute(select(func.max(audit.c.at)).where(audit.c.action == "brief")).scalar()
    wanted = OPEN if state == "open" else (STILL if state == "still" else state,)
    shown = (_shown(one, brief) for one in found)
    return FindingHistory(
        findings=tuple(one for one in shown if state is None or one.state in wanted)
    )


def known_one(one: Known) -> FindingHistory:
    """One finding as the tools show it."""
    return FindingHistory(findings=(_shown(one),))


def _shown(one: Known, brief: datetime | None = None) -> KnownFinding:
    """With its state: new is what the last brief told as new or found first, or came after it.

    Without a brief, new is what the last run of its room saw for the first time.
    """
    state = one.state
    if state == "open":
        state = NEW if one.new_since >= (brief or one.last_seen) else STILL
    return KnownFinding(
        finding=one.finding,
        state=state,
        scope=one.scope,
        first_seen=one.first_seen,
        new_since=one.new_since,
        last_seen=one.last_seen,
        resolved_at=one.resolved_at,
        times_back=one.times_back,
        mute=one.mute
        and MuteOfOne(by=one.mute.by, why=one.mute.why, since=one.mute.since, until=one.mute.until),
    )


def audit_lines(history: History, *, subject: str | None, limit: int) -> AuditList:
    """The newest lines of the audit."""
    query = select(audit).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(audit.c.subject.contains(subject, autoescape=True))
    with history.read() as conn:
        return AuditList(
            lines=tuple(
                AuditLine(
                    at=row.at,
                    who=row.who,
                    action=row.action,
                    subject=row.subject,
                    detail=row.detail,
                )
                for row in conn.execute(query)
            )
        )
