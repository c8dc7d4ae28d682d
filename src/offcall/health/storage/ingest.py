"""Taking messages into the history: in bulk, idempotent, safe for several workers.

Each batch is one transaction.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy.engine import Connection

from offcall.health.model import Delivery, Reject
from offcall.health.storage.gather import Gathered, Message
from offcall.health.storage.rows import Stamp
from offcall.health.storage.storing import IngestReport, store
from offcall.history.database import History

__all__ = ["IngestReport", "batches", "ingest", "ingest_batches"]

BATCH = 5000


def ingest(
    history: History,
    items: Iterable[Delivery | Reject],
    now: datetime,
    *,
    batch: int = BATCH,
) -> IngestReport:
    """Store deliveries and rejects; one transaction for each `batch`, which bounds memory.

    Whatever is given twice, at once or later, by one worker or by several, is stored once. When
    this returns, everything is committed.

    Raises:
        StoreError: what earlier batches stored stays; giving the same items again is harmless.
    """
    return ingest_batches(history, batches(items, now, history.timestamp, batch), now)


def batches(
    items: Iterable[Message], now: datetime, stamp: Stamp, size: int = BATCH
) -> Iterator[Gathered]:
    """`items`, gathered for `ingest_batches`."""
    source = iter(items)
    while (gathered := Gathered.of(itertools.islice(source, size), now, stamp)).messages:
        yield gathered


def ingest_batches(history: History, gathered: Iterable[Gathered], now: datetime) -> IngestReport:
    """`ingest`, of what is gathered already."""
    report = IngestReport()
    for one in gathered:
        report.add(history.transact(partial(_take, history, now, one)))
    return report


def _take(history: History, now: datetime, gathered: Gathered, conn: Connection) -> IngestReport:
    return store(history, conn, gathered, now)
