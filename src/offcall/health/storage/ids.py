"""Short ids of events, as long as they must be to name one, and events by whatever names them.

An id is the beginning of a hash of the event's ARN ("3f9a2c1"). Where several accounts have an
event of one ARN, the beginning of a hash of the account follows ("3f9a2c1-b2").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.engine import Connection, Row

from offcall.core.errors import UserError
from offcall.health.schema import events as table
from offcall.health.storage.keys import arn_range, event_key

__all__ = ["among", "ids_of", "named", "pick_one", "short_ids"]

SHORTEST = 7
"""Digits of an id, unless another event's begins alike."""
_OF_ACCOUNT = 2
"""Digits of the account's part."""
_HALF = 8
"""Bytes of a key that stand for the ARN; as many stand for the account."""
_ASK = 100
_ID = re.compile(r"([0-9a-f]{4,16})(?:-([0-9a-f]{1,16}))?\Z")
_CANDIDATES = 20


def ids_of(conn: Connection, wanted: Sequence[bytes]) -> dict[bytes, str]:
    """The ids of events among all that the history has, by their keys."""
    known = set(wanted)
    for begin in range(0, len(wanted), _ASK):
        near = (
            table.c.key.between(*_between(one.hex()[:SHORTEST]))
            for one in wanted[begin : begin + _ASK]
        )
        query = select(table.c.key).where(or_(*near))
        known.update(bytes(key) for key in conn.execute(query).scalars())
    return short_ids(wanted, known)


def short_ids(wanted: Iterable[bytes], known: Iterable[bytes]) -> dict[bytes, str]:
    """The shortest id of each of `wanted` that no other of `known` has. Pure."""
    accounts: dict[str, list[str]] = {}
    for one in known:
        accounts.setdefault(one[:_HALF].hex(), []).append(one[_HALF:].hex())
    arns = sorted(accounts)
    places = {one: number for number, one in enumerate(arns)}
    found = {}
    for key in wanted:
        arn, account = key[:_HALF].hex(), key[_HALF:].hex()
        place = places[arn]
        beside = [*arns[max(place - 1, 0) : place], *arns[place + 1 : place + 2]]
        found[key] = arn[: _enough(arn, beside, SHORTEST)]
        others = [one for one in accounts[arn] if one != account]
        if others:
            found[key] += "-" + account[: _enough(account, others, _OF_ACCOUNT)]
    return found


def _enough(name: str, others: Iterable[str], least: int) -> int:
    """How many digits tell it from the others."""
    enough = least
    for one in others:
        while name[:enough] == one[:enough]:
            enough += 1
    return enough


def _between(prefix: str) -> tuple[bytes, bytes]:
    """The first and the last key whose id begins so."""
    digits = 4 * _HALF
    return bytes.fromhex(prefix.ljust(digits, "0")), bytes.fromhex(prefix.ljust(digits, "f"))


def among(text: str, keys: Mapping[bytes, str]) -> list[bytes]:
    """The events that `text` names: by ARN, id, the ARN's end, or a piece of it. Pure.

    Args:
        keys: the ARNs of the known events by their keys.
    """
    exact = [key for key, arn in keys.items() if arn == text]
    if exact:
        return exact
    lower = text.lower()
    wanted = _ID.match(lower)
    found = [
        key
        for key, arn in keys.items()
        if arn.lower().endswith(lower) or (wanted is not None and _has_id(key, wanted))
    ]
    return found or [key for key, arn in keys.items() if lower in arn.lower()]


def _has_id(key: bytes, wanted: re.Match[str]) -> bool:
    account = wanted[2] or ""
    return key[:_HALF].hex().startswith(wanted[1]) and key[_HALF:].hex().startswith(account)


def named(conn: Connection, query: Select[Any], text: str) -> Sequence[Row[Any]]:
    """`among` of the rows of a query on the table of events; some of them, if there are many."""
    few = query.limit(_CANDIDATES)
    exact = and_(table.c.key.between(*arn_range(text)), table.c.arn == text)
    if rows := conn.execute(query.where(exact)).all():
        return rows
    found = {
        row.id: row for row in conn.execute(few.where(table.c.arn.endswith(text, autoescape=True)))
    }
    if wanted := _ID.match(text.lower()):
        for row in conn.execute(query.where(table.c.key.between(*_between(wanted[1])))):
            if _has_id(event_key(row.account, row.arn), wanted):
                found[row.id] = row
    return [*found.values()] or conn.execute(
        few.where(table.c.arn.contains(text, autoescape=True))
    ).all()


def pick_one(conn: Connection | None, text: str, found: Sequence[tuple[str, str]]) -> int:
    """The place of the only one of the candidates.

    Args:
        conn: to the history among which ids have to differ; None when the candidates are all.
        found: affected account ("" for a public event) and ARN of each.

    Raises:
        UserError: there is none, or there are several.
    """
    if len(found) == 1:
        return 0
    keys = [event_key(*one) for one in found]
    ids = ids_of(conn, keys) if conn is not None else short_ids(keys, keys)
    if not found:
        raise UserError(
            "there is no such event in the history",
            value=text,
            expected="an event's id, its ARN, or the end of that",
            hint="`offcall health list --status all` shows what there is",
        )
    accounts = len({arn for _, arn in found}) == 1
    said = [
        f"{ids[event_key(account, arn)]} ({(account or 'public') if accounts else arn})"
        for account, arn in sorted(found, key=lambda one: (one[1], one[0]))
    ]
    raise UserError(
        f"this is there for several {'accounts' if accounts else 'events'}",
        value=text,
        expected="one of " + ", ".join(said[:5]) + (", …" if len(said) > 5 else ""),
        hint="give the id, or --account" if accounts else "give the id, or more of the ARN",
    )
