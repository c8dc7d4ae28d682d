"""The findings that the history knows, and muting them: with who, why and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection, Row

from offcall.core.errors import UserError
from offcall.core.findings import Finding
from offcall.history import audit
from offcall.history.database import History
from offcall.history.schema.findings import findings as table
from offcall.history.schema.findings import mutes

__all__ = ["Known", "Mute", "lookup", "mute", "muted", "parts", "unmute"]


_ASK = 500
"""Values in one condition."""


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody does not want to hear of a finding. `until` None is for ever."""

    fingerprint: str
    by: str
    why: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """A finding as the history knows it.

    Attributes:
        first_seen: when it was seen for the first time ever.
        new_since: when it last became new (first seen, or came back after it was resolved).
        resolved_at: None while it is there.
        mute: the mute in force, if any.
    """

    finding: Finding
    scope: str
    first_seen: datetime
    new_since: datetime
    last_seen: datetime
    resolved_at: datetime | None
    times_back: int
    mute: Mute | None

    @property
    def state(self) -> str:
        """ "muted", "resolved" or "open"."""
        if self.resolved_at is not None:
            return "resolved"
        return "muted" if self.mute else "open"


def mute(
    history: History,
    fingerprint: str,
    by: str,
    why: str,
    until: datetime | None,
    now: datetime,
) -> Known:
    """Do not show a finding any more, until a time or for ever.

    Raises:
        UserError: no such finding, no reason, or a time that has passed.
    """
    if not why.strip():
        raise UserError("a mute needs a reason", expected="why this is not worth hearing of")
    if until is not None and until <= now:
        raise UserError("the mute would end before it begins", value=until.isoformat())
    with history.write() as conn:
        one = _only(lookup(conn, fingerprint, now=now), fingerprint)
        added = history.insert(mutes).values(
            fingerprint=one.finding.fingerprint, by=by, why=why, since=now, until=until
        )
        conn.execute(
            added.on_conflict_do_update(
                index_elements=["fingerprint"],
                set_={name: added.excluded[name] for name in ("by", "why", "since", "until")},
            )
        )
        detail = {"why": why, "until": until.isoformat() if until else None}
        audit.record(conn, by, "mute finding", one.finding.fingerprint, detail, now)
        return lookup(conn, one.finding.fingerprint, now=now)[0]


def unmute(history: History, fingerprint: str, by: str, now: datetime) -> Known:
    """Show a muted finding again.

    Raises:
        UserError: no such finding, or it is not muted.
    """
    with history.write() as conn:
        one = _only(lookup(conn, fingerprint, now=now), fingerprint)
        if one.mute is None:
            raise UserError("this finding is not muted", value=one.finding.fingerprint)
        conn.execute(delete(mutes).where(mutes.c.fingerprint == one.finding.fingerprint))
        detail = {"why it was muted": one.mute.why, "by": one.mute.by}
        audit.record(conn, by, "unmute finding", one.finding.fingerprint, detail, now)
        return lookup(conn, one.finding.fingerprint, now=now)[0]


def muted(conn: Connection, now: datetime) -> dict[str, Mute]:
    """The mutes in force at `now`, by fingerprint."""
    rows = conn.execute(select(mutes).where((mutes.c.until.is_(None)) | (mutes.c.until > now)))
    return {row.fingerprint: Mute(*row) for row in rows}


def lookup(
    conn: Connection,
    fingerprint: str | None = None,
    *,
    now: datetime,
    scope: str | None = None,
    present: bool | None = None,
    among: Iterable[str] | None = None,
    without: str | None = None,
) -> list[Known]:
    """Findings that the history knows, newest first.

    Args:
        fingerprint: only this one; the first few digits do.
        scope: only what this run of checks found.
        present: only those that are still there (True), or only resolved ones (False).
        among: only these fingerprints.
        without: not those of rules that begin so.
    """
    query = select(table).order_by(table.c.new_since.desc(), table.c.id)
    if fingerprint is not None:
        query = query.where(table.c.fingerprint.startswith(fingerprint, autoescape=True))
    if scope is not None:
        query = query.where(table.c.scope == scope)
    if present is not None:
        query = query.where(table.c.present == present)
    if without is not None:
        query = query.where(~table.c.rule.startswith(without, autoescape=True))
    silent = muted(conn, now)
    asked = table.c.fingerprint.in_
    queries = [query] if among is None else [query.where(asked(some)) for some in parts(among)]
    return [_known(row, silent) for one in queries for row in conn.execute(one)]


def parts(fingerprints: Iterable[str]) -> Iterator[list[str]]:
    """As many at a time as one condition takes, each once."""
    wanted = sorted(set(fingerprints))
    for start in range(0, len(wanted), _ASK):
        yield wanted[start : start + _ASK]


def _known(row: Row[Any], silent: dict[str, Mute]) -> Known:
    return Known(
        finding=Finding.model_validate(row.body),
        scope=row.scope,
        first_seen=row.first_seen,
        new_since=row.new_since,
        last_seen=row.last_seen,
        resolved_at=row.resolved_at,
        times_back=row.times_back,
        mute=silent.get(row.fingerprint),
    )


def _only(found: list[Known], fingerprint: str) -> Known:
    prints = {one.finding.fingerprint for one in found}
    if not prints:
        raise UserError(
            "there is no such finding in the history",
            value=fingerprint,
            hint="`offcall history findings` lists them",
        )
    if len(prints) > 1:
        raise UserError("several findings begin like this", value=fingerprint)
    return found[0]
