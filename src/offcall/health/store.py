"""Health events in the history: take deliveries in, give states out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from offcall.health.model import Delivery, EventState, Reject
from offcall.history.database import History

if TYPE_CHECKING:
    from offcall.core.windows import Window

__all__ = ["FeedSeen", "IngestReport", "act", "event", "events", "feeds", "ingest"]

BATCH = 2000


@dataclass(slots=True)
class IngestReport:
    """What became of the items.

    Attributes:
        messages: deliveries and rejects together.
        new: deliveries stored.
        duplicates: deliveries that were there already.
        rejected: bodies put into quarantine (again or for the first time).
        created: events that are new; `changed`: events whose state changed.
    """

    messages: int = 0
    new: int = 0
    duplicates: int = 0
    rejected: int = 0
    created: int = 0
    changed: int = 0
    noted: int = 0


@dataclass(frozen=True, slots=True)
class FeedSeen:
    """When and how much one feed has brought. `last_sent` is by AWS's clock, of the envelope."""

    how: str
    region: str
    account: str
    backup: bool
    first_seen: datetime
    last_seen: datetime
    last_sent: datetime | None
    messages: int
    new_messages: int


def ingest(
    history: History,
    items: Iterable[Delivery | Reject],
    now: datetime,
    *,
    batch: int = BATCH,
) -> IngestReport:
    """Store deliveries and rejects: in bulk, idempotent, one transaction for each `batch`."""
    raise NotImplementedError


def events(
    history: History,
    *,
    window: Window | None = None,
    region: str | None = None,
    account: str | None = None,
    service: str | None = None,
    category: str | Sequence[str] | None = None,
    status: str | Sequence[str] | None = None,
    scope: str | None = None,
    changed_since: datetime | None = None,
    limit: int | None = None,
) -> list[EventState]:
    """States, soonest start first. `window` selects events that are under way in it."""
    raise NotImplementedError


def event(history: History, arn: str, account: str | None = None) -> EventState:
    """One event, by its ARN or the ARN's last part.

    Raises:
        UserError: there is none, or it is there for several accounts and none is named.
    """
    raise NotImplementedError


def act(
    history: History,
    arn: str,
    account: str | None,
    kind: str,
    by: str,
    now: datetime,
    *,
    note: str | None = None,
    planned_for: datetime | None = None,
    entity: str | None = None,
) -> EventState:
    """Record what a person says about an event or one of its entities; audited."""
    raise NotImplementedError


def feeds(history: History) -> list[FeedSeen]:
    """Every feed that ever brought a message."""
    raise NotImplementedError
