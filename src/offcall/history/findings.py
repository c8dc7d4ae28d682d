"""The lifecycle of findings: new, still there, resolved, and muted with who, why and until when.

A finding has one life in each room that names it (its `scope`), whoever asked the room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, delete, func, select, update
from sqlalchemy.engine import Connection, Row

from offcall.core.errors import UserError
from offcall.core.findings import Finding
from offcall.history import audit
from offcall.history.database import History
from offcall.history.schema.findings import findings as table
from offcall.history.schema.findings import mutes

__all__ = ["Known", "Mute", "Seen", "lookup", "mute", "muted", "record", "record_on", "unmute"]


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


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run of checks found against the run before. Muted findings are in `muted` alone."""

    new: tuple[Finding, ...] = ()
    still: tuple[Finding, ...] = ()
    resolved: tuple[Finding, ...] = ()
    muted: tuple[Finding, ...] = ()


def record(
    history: History,
    scope: str,
    findings: Sequence[Finding],
    now: datetime,
    *,
    complete: bool = True,
) -> Seen:
    """Keep what a run found, and say what is new, still there, and resolved.

    Args:
        scope: the room that was asked ("health", "lifecycle", …), never who asked it or how far
            ahead: a finding of this scope that is missing in `findings` is resolved. One that
            comes back after that is new again.
        complete: False when part of what should be looked at could not be read: then nothing
            is taken for resolved.

    Raises:
        StoreError: see `History.write`.
    """
    return history.transact(
        lambda conn: record_on(conn, history, scope, findings, now, complete=complete)
    )


def record_on(
    conn: Connection,
    history: History,
    scope: str,
    findings: Sequence[Finding],
    now: datetime,
    *,
    complete: bool = True,
) -> Seen:
    """`record`, inside the transaction of `conn`."""
    if not history.is_sqlite:
        # Two runs of one scope would each miss what the other adds.
        conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"finding {scope}"))))
    found = {one.fingerprint: one for one in findings}
    known = _known_rows(conn, scope, found.keys())
    silent = muted(conn, now)
    new: list[Finding] = []
    still: list[Finding] = []
    hushed: list[Finding] = []
    rows: list[tuple[Any, ...]] = []
    for print_, one in found.items():
        before = known.get(print_)
        fresh = before is None or not before.present
        if print_ in silent:
            hushed.append(one)
        else:
            (new if fresh else still).append(one)
        body = one.model_dump_json()
        # Most findings are there again as they were: of them only the time changes, below.
        if before is None or fresh or body != before.body:
            rows.append(_row(history, scope, one, body, before, fresh, now))
    gone = [
        row for print_, row in known.items() if complete and row.present and print_ not in found
    ]
    history.many(conn, _UPSERT, rows)
    if gone:
        conn.execute(
            update(table)
            .where(table.c.id == bindparam("row"))
            .values(present=False, resolved_at=now),
            [{"row": row.id} for row in gone],
        )
    _saw(conn, scope, None if complete else list(found), now)
    resolved = tuple(
        Finding.model_validate_json(row.body) for row in gone if row.fingerprint not in silent
    )
    return Seen(tuple(new), tuple(still), resolved, tuple(hushed))


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
    queries = [query] if among is None else _parts(query, among)
    return [_known(row, silent) for one in queries for row in conn.execute(one)]


def _parts(query: Select[Any], among: Iterable[str]) -> Iterator[Select[Any]]:
    """The query for so many fingerprints at a time."""
    wanted = sorted(set(among))
    for start in range(0, len(wanted), _ASK):
        yield query.where(table.c.fingerprint.in_(wanted[start : start + _ASK]))


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


def _known_rows(conn: Connection, scope: str, found: Set[str]) -> dict[str, Row[Any]]:
    """The scope's findings that are there, and those of `found` that once were, by fingerprint.

    The body is the text that was written.
    """
    c = table.c
    query = select(
        c.id,
        c.fingerprint,
        c.present,
        c.first_seen,
        c.new_since,
        c.times_back,
        cast(c.body, Text).label("body"),
    ).where(c.scope == scope)
    rows = {row.fingerprint: row for row in conn.execute(query.where(table.c.present))}
    for some in _parts(query.where(~table.c.present), found - rows.keys()):
        rows |= {row.fingerprint: row for row in conn.execute(some)}
    return rows


def _saw(conn: Connection, scope: str, fingerprints: list[str] | None, now: datetime) -> None:
    """These were there now; None is all that are present."""
    seen = update(table).where(table.c.scope == scope, table.c.present).values(last_seen=now)
    if fingerprints is None:
        conn.execute(seen)
        return
    for start in range(0, len(fingerprints), _ASK):
        conn.execute(seen.where(table.c.fingerprint.in_(fingerprints[start : start + _ASK])))


_COLUMNS = (
    "scope",
    "fingerprint",
    "rule",
    "severity",
    "title",
    "resource",
    "account",
    "body",
    "present",
    "first_seen",
    "new_since",
    "last_seen",
    "resolved_at",
    "times_back",
)
_UPSERT = (
    f"INSERT INTO {table.name} ({', '.join(_COLUMNS)}) "  # noqa: S608 - our own names
    f"VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (scope, fingerprint) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:] if name != "first_seen")
)


def _row(
    history: History,
    scope: str,
    one: Finding,
    body: str,
    before: Row[Any] | None,
    fresh: bool,
    now: datetime,
) -> tuple[Any, ...]:
    """The values of `_COLUMNS`, as the driver wants them."""
    at = history.timestamp
    return (
        scope,
        one.fingerprint,
        one.rule,
        one.severity.value,
        one.title,
        one.resource.id,
        one.resource.account,
        body,
        True,
        at(now if before is None else before.first_seen),
        at(now if before is None or fresh else before.new_since),
        at(now),
        None,
        0 if before is None else before.times_back + fresh,
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
