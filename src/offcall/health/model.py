"""What an AWS Health event is to us: deliveries as they came, and the state they add up to.

The state of an event is kept for each affected account and event ARN, because an ARN alone is not
unique to an account. A public event concerns everybody and has no affected account.

These are msgspec structs: hundreds of thousands pass through here. They hold no cycles, so the
garbage collector need not look at them.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

__all__ = [
    "Action",
    "ActionKind",
    "Category",
    "Change",
    "Delivery",
    "Entity",
    "EventKey",
    "EventState",
    "Feed",
    "Origin",
    "Reject",
    "Revision",
    "Scope",
    "Status",
]


class Status(StrEnum):
    """What AWS says of an event. Compare with `==`: the fields hold plain text, so that a word
    which AWS adds later is kept as it is."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"


class Category(StrEnum):
    """The kinds of event that AWS has today."""

    ISSUE = "issue"
    ACCOUNT_NOTIFICATION = "accountNotification"
    SCHEDULED_CHANGE = "scheduledChange"
    INVESTIGATION = "investigation"


class Scope(StrEnum):
    """Whom an event concerns."""

    PUBLIC = "PUBLIC"
    ACCOUNT_SPECIFIC = "ACCOUNT_SPECIFIC"
    NONE = "NONE"


class ActionKind(StrEnum):
    """What a person can say about an event or one of its resources."""

    ACKNOWLEDGE = "acknowledge"
    PLAN = "plan"
    CLOSE = "close"
    REOPEN = "reopen"


_STATUSES = frozenset(one.value for one in Status)
_KINDS = frozenset(one.value for one in Category)

EventKey = tuple[str | None, str]
"""Affected account (None for a public event) and event ARN."""


class Origin(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """Where a body was read.

    Attributes:
        how: "file", "stdin", "sqs", "api", "demo", …: names the feed for `health doctor`.
        region: the region of the queue or endpoint, if it has one.
        account: the account that we read as: the last resort for an event that names none.
        name: file name, queue URL, … for messages to people.
        line: 1-based line of the body's beginning in that file.
        received: when it reached us (SQS SentTimestamp, say), if known.
    """

    how: str
    region: str | None = None
    account: str | None = None
    name: str | None = None
    line: int | None = None
    received: datetime | None = None


class Feed(msgspec.Struct, gc=False, frozen=True, order=True):
    """One way by which events reach us.

    Attributes:
        how: as in `Origin`.
        region: the region that delivered it (the envelope's, not the event's), or "".
        account: the account that received it (not the affected one), or "".
        backup: it was the copy that AWS sends to the backup region.
    """

    how: str
    region: str = ""
    account: str = ""
    backup: bool = False


class Entity(msgspec.Struct, gc=False, frozen=True, kw_only=True, omit_defaults=True):
    """A resource that an event names.

    Attributes:
        value: what AWS calls it: an ARN, a bare id, `AWS_ACCOUNT`, `UNKNOWN`, an account id.
        status: IMPAIRED, UNIMPAIRED, UNKNOWN, PENDING, RESOLVED, or None.
        arn: the entity's ARN in the Health API (`entityArn`), not the resource's.
        listed: False when the latest complete update no longer names it.
    """

    value: str
    status: str | None = None
    last_updated: datetime | None = None
    arn: str | None = None
    url: str | None = None
    account: str | None = None
    account_name: str | None = None
    tags: dict[str, str] = {}
    metadata: dict[str, str] = {}
    listed: bool = True


class Delivery(msgspec.Struct, gc=False, kw_only=True):
    """One parsed message: one page of one update of one event.

    `key` is the same for every copy of it (backup region, redelivery, a file imported twice).
    All times are aware UTC. Fields that the message lacks are None or empty.
    `body` is the event alone, without what carried it: parsed again, it gives this delivery.
    `received` is when we first stored it.
    """

    key: bytes
    account: str | None
    arn: str
    code: str
    service: str
    category: str
    category_written: str | None = None
    region: str | None = None
    zone: str | None = None
    scope: str | None = None
    status: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    last_updated: datetime | None = None
    description: str | None = None
    actionability: str | None = None
    personas: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    entities: tuple[Entity, ...] = ()
    communication_id: str | None = None
    page: int = 1
    total_pages: int = 1
    sent_at: datetime | None = None
    receiving_account: str | None = None
    abuse: bool = False
    feeds: tuple[Feed, ...] = ()
    notes: tuple[str, ...] = ()
    body: bytes = b""
    received: datetime | None = None
    line: int | None = None

    @property
    def event_key(self) -> EventKey:
        """Which event it belongs to."""
        return (self.account, self.arn)


class Reject(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """A body that could not be understood, whole, and why.

    Attributes:
        reason: one sentence, with the place in the body ("at byte 1,024", "detail.eventArn").
        body: as it came, at most `parse.MAX_BODY` bytes.
        line: 1-based line in the file, when it came from one.
    """

    reason: str
    body: bytes
    origin: Origin
    line: int | None = None


class Change(msgspec.Struct, gc=False, frozen=True, omit_defaults=True):
    """One thing that an update changed.

    Attributes:
        what: "status", "start", "end", "text", "actionability", "entity", "entity status".
        entity: the entity's value, for the last two.
        before, after: as text; times in ISO 8601 UTC; None is "was not there" or "is gone".
    """

    what: str
    before: str | None = None
    after: str | None = None
    entity: str | None = None


class Revision(msgspec.Struct, gc=False, frozen=True, omit_defaults=True):
    """One update of an event, and what it changed against the one before.

    Attributes:
        at: lastUpdatedTime, else the envelope's time; None when the messages have neither.
        changes: empty for the first revision.
        pages: the pages seen, and of how many.
    """

    at: datetime | None
    communication: str | None = None
    changes: tuple[Change, ...] = ()
    pages: tuple[int, ...] = (1,)
    total_pages: int = 1


class Action(msgspec.Struct, gc=False, frozen=True, kw_only=True, omit_defaults=True):
    """What a person said about an event, or about one of its entities."""

    kind: str
    by: str
    at: datetime
    note: str | None = None
    planned_for: datetime | None = None
    entity: str | None = None


class EventState(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """What is known of one event for one affected account.

    Attributes:
        account: the affected account; None for a public event.
        category: one of `Category`, or a word that AWS added later; `category_written` is how the
            message had it, when that differs.
        region: the impacted region; "global" is possible. Not where it was delivered.
        status: `Status`, in lower case.
        resolved_by_text: the text says "[RESOLVED]" although the status is not closed.
        actionability: ACTION_REQUIRED, ACTION_MAY_BE_REQUIRED, INFORMATIONAL, or None.
        personas: OPERATIONS, SECURITY, BILLING.
        receiving_accounts: accounts that got the message.
        missing_pages: pages of the latest update that have not come yet.
        timeline: revisions, oldest first.
        notes: what was odd in the messages, in words.
        actions: what people did, oldest first.
        first_seen: when we first stored a message of it.
        described_by: the key of the delivery that the description stands in.
    """

    account: str | None
    arn: str
    code: str
    service: str
    category: str
    category_written: str | None = None
    region: str | None = None
    zone: str | None = None
    scope: str | None = None
    status: str | None = None
    resolved_by_text: bool = False
    start: datetime | None = None
    end: datetime | None = None
    last_updated: datetime | None = None
    description: str | None = None
    actionability: str | None = None
    personas: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    entities: tuple[Entity, ...] = ()
    abuse: bool = False
    receiving_accounts: tuple[str, ...] = ()
    feeds: tuple[Feed, ...] = ()
    missing_pages: tuple[int, ...] = ()
    total_pages: int = 1
    timeline: tuple[Revision, ...] = ()
    notes: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    first_seen: datetime | None = None
    described_by: bytes | None = None

    @property
    def key(self) -> EventKey:
        """Affected account and ARN."""
        return (self.account, self.arn)

    @property
    def is_public(self) -> bool:
        """It concerns everybody, not one account."""
        return self.scope == Scope.PUBLIC

    @property
    def is_closed(self) -> bool:
        """AWS says that it is over. Text that says so does not count: see `resolved_by_text`."""
        return self.status == Status.CLOSED

    @property
    def is_of_known_kind(self) -> bool:
        """AWS named its category, by a word that we know."""
        return self.category in _KINDS

    def phase(self, now: datetime) -> Status:
        """Whether it is upcoming, open or closed at `now`.

        Messages of older years, and AWS's own sample of an abuse report, name no status. Such an
        event is closed once its end has passed, upcoming before its start, and open otherwise.
        """
        if self.status in _STATUSES:
            return Status(self.status)
        if self.end is not None and self.end < now:
            return Status.CLOSED
        if self.start is not None and self.start > now:
            return Status.UPCOMING
        return Status.OPEN

    def standing(self, entity: str | None = None) -> Action | None:
        """The last thing a person said about the entity, or about the event as a whole.

        What was said about the whole event stands for each entity, unless something later was
        said about the entity itself. A "reopen" takes back what was said before, so it gives None.
        """
        for action in reversed(self.actions):
            if action.entity is None or action.entity == entity:
                return None if action.kind == ActionKind.REOPEN else action
        return None
