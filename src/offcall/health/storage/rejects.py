"""Putting what could not be understood into quarantine, inside an ingest's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

import msgspec
from sqlalchemy.engine import Connection

from offcall.health.model import Reject
from offcall.health.schema import quarantine
from offcall.history.database import History

__all__ = ["digest_of", "hold"]

_PRINTABLE = 500


def digest_of(body: bytes) -> bytes:
    """What identifies a body: the same one is held once, however often it comes."""
    return blake2b(body, digest_size=16).digest()


def hold(history: History, conn: Connection, rejects: Iterable[Reject], now: datetime) -> None:
    """Keep the rejects. One that is held already is counted; a discarded one stays discarded."""
    by_digest: dict[bytes, tuple[Reject, int]] = {}
    for one in rejects:
        digest = digest_of(one.body)
        by_digest[digest] = (one, by_digest.get(digest, (one, 0))[1] + 1)
    if not by_digest:
        return
    added = history.insert(quarantine)
    conn.execute(
        added.on_conflict_do_update(
            index_elements=["digest"],
            set_={
                "last_seen": added.excluded.last_seen,
                "times": quarantine.c.times + added.excluded.times,
                "reason": added.excluded.reason,
            },
        ),
        [
            {
                "digest": digest,
                "reason": one.reason.replace("\x00", "�")[:_PRINTABLE],
                "body": one.body,
                "size": len(one.body),
                "origin": msgspec.json.encode(one.origin),
                "source": one.origin.name or one.origin.how,
                "line": one.line,
                "first_seen": now,
                "last_seen": now,
                "times": times,
            }
            for digest, (one, times) in sorted(by_digest.items())
        ],
    )
