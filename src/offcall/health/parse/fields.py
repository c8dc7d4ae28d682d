"""Single members of an event, judged: account, category, status, entities, …

Each function takes the notes of the delivery and adds what was odd; none raises.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from offcall.health.model import Category, Entity, Status
from offcall.health.parse.values import text, text_map, time

__all__ = [
    "account_of",
    "category_of",
    "description_of",
    "entities_of",
    "entity_of",
    "is_account",
    "is_event_arn",
    "of_arn",
    "personas_of",
    "receiver_of",
    "status_of",
    "update_time",
]

_CATEGORIES = {one.value.lower(): one.value for one in Category}
_BY_CODE = (
    ("_SCHEDULED", Category.SCHEDULED_CHANGE.value),
    ("_PLANNED_LIFECYCLE_EVENT", Category.SCHEDULED_CHANGE.value),
    ("_OPERATIONAL_ISSUE", Category.ISSUE.value),
    ("_NOTIFICATION", Category.ACCOUNT_NOTIFICATION.value),
)
"""What the ends of AWS's event type codes say of the category."""
# aws-samples' own test events say so.
_CATEGORIES["plannedchange"] = Category.SCHEDULED_CHANGE.value
_EXACT = {one.value: one.value for one in Category}
_STATUSES = frozenset(one.value for one in Status)
# The documentation says OPERATIONAL, the service sends OPERATIONS.
_PERSONAS = {"OPERATIONAL": "OPERATIONS"}
_FIRST_YEAR, _LAST_YEAR = 2006, 2100
"""AWS is as old as that; the last year is for messages that do not say when they were sent."""
is_account = re.compile(r"[0-9]{12}\Z").match
is_event_arn = re.compile(r"arn:aws[a-z-]*:health:[a-z0-9-]*:[0-9]*:event/\S").match
_PLAIN = frozenset(("entityValue", "status", "lastUpdatedTime"))


def update_time(value: Any, name: str, notes: list[str], sent: datetime | None) -> datetime | None:
    """A time by which updates are ordered. One that cannot be is none: it would win for ever."""
    found = time(value, name, notes)
    if found is None:
        return None
    latest = _LAST_YEAR if sent is None else sent.year + 1
    if _FIRST_YEAR <= found.year <= latest:
        return found
    notes.append(f"{name} cannot be {found:%Y-%m-%d}: it is not used")
    return None


def of_arn(arn: str) -> tuple[str | None, str, str]:
    """Region, service and code from `arn:aws:health:REGION::event/SERVICE/CODE/ID`."""
    path = arn.split("/")
    parts = path[0].split(":")
    region = parts[3] if len(parts) > 3 else None
    if len(path) < 4:
        return region or None, "", ""
    return region or None, path[1], path[2]


def receiver_of(named: Any, notes: list[str]) -> str | None:
    """The receiving account; one that cannot be is none."""
    if isinstance(named, str) and is_account(named):
        return named
    if named is None or named == "":
        return None
    found = _number_as_account(named) or text(named, "account", notes)
    if found is not None and is_account(found):
        notes.append("the receiving account is a number")
        return found
    notes.append(f"the receiving account is not 12 digits: {found!r:.60}")
    return None


def _number_as_account(value: Any) -> str | None:
    """An account id that went through a spreadsheet or YAML: leading zeros are lost."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return f"{value:012d}"
    return None


def account_of(named: Any, receiving: str | None, notes: list[str]) -> str | None:
    """The affected account; the receiving one when none is named."""
    if (number := _number_as_account(named)) is not None:
        notes.append("affectedAccount is a number")
        return number
    found = text(named, "affectedAccount", notes)
    if found is None:
        notes.append(
            "affectedAccount is not given: the receiving account is taken"
            if receiving
            else "no account is given"
        )
    return found or receiving


def category_of(value: Any, code: str, notes: list[str]) -> tuple[str, str | None]:
    """The category, and how it is written when that is another way."""
    if isinstance(value, str) and value in _EXACT:
        return value, None
    written = text(value, "eventTypeCategory", notes)
    if written is None:
        found = next((kind for ending, kind in _BY_CODE if code.endswith(ending)), "")
        if found:
            notes.append(f"eventTypeCategory is not given: {found} by the event type's name")
        return found, None
    known = _CATEGORIES.get(written.lower())
    if known is None:
        notes.append(f"unknown category {written!r:.60}")
        return written, None
    notes.append(f"the category is written {written!r}")
    return known, written


def status_of(value: Any, notes: list[str]) -> str | None:
    """The status in lower case."""
    if isinstance(value, str) and value in _STATUSES:
        return value
    written = text(value, "statusCode", notes)
    if written is None:
        return None
    status = written.lower()
    if status not in _STATUSES:
        notes.append(f"unknown status {written!r:.60}")
    else:
        notes.append(f"the status is written {written!r}")
    return status


def description_of(value: Any, notes: list[str]) -> str | None:
    """The text, English if there are several languages: a list, a mapping (API, AHA), or text."""
    if isinstance(value, list):
        items = [one for one in value if isinstance(one, dict)]
        if not items and value:
            notes.append("eventDescription holds no description")
            return None
        value = next(
            (one for one in items if str(one.get("language", "en")).startswith("en")),
            items[0] if items else None,
        )
    if isinstance(value, dict):
        value = value.get("latestDescription")
    return text(value, "eventDescription", notes)


def personas_of(value: Any, notes: list[str]) -> tuple[str, ...]:
    """Whom AWS means it for, each once."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        notes.append("personas is not a list")
        return ()
    names = [str(one).upper() for one in value]
    if any(one in _PERSONAS for one in names):
        notes.append("persona OPERATIONAL is taken for OPERATIONS")
    return tuple(dict.fromkeys(_PERSONAS.get(one, one) for one in names))


def entities_of(value: Any, resources: Any, notes: list[str]) -> tuple[Entity, ...]:
    """The affected entities; the envelope's `resources` when the event names none."""
    if not value:
        if not isinstance(resources, list):
            return ()
        return tuple(Entity(value=one) for one in resources if isinstance(one, str) and one)
    if not isinstance(value, list):
        notes.append("affectedEntities is not a list")
        return ()
    found = []
    for one in value:
        entity = entity_of(one, notes)
        if entity is None:
            notes.append(f"an affected entity has no value: {one!r:.60}")
        else:
            found.append(entity)
    return tuple(found)


def entity_of(one: Any, notes: list[str]) -> Entity | None:
    """An entity as EventBridge, the Health API or AHA write it; None if it has no name."""
    if isinstance(one, str) and one:
        return Entity(value=one)
    if not isinstance(one, dict):
        return None
    get = one.get
    value = text(get("entityValue") or get("entityArn"), "entityValue", notes)
    if value is None:
        return None
    status = text(get("status") or get("statusCode"), "entity status", notes)
    updated = get("lastUpdatedTime") or get("lastUpdatedtime")
    when = update_time(updated, "an entity's lastUpdatedTime", notes, None)
    if one.keys() <= _PLAIN:
        return Entity(value=value, status=status.upper() if status else None, last_updated=when)
    return Entity(
        value=value,
        status=status.upper() if status else None,
        last_updated=when,
        arn=text(get("entityArn"), "entityArn", notes),
        url=text(get("entityUrl"), "entityUrl", notes),
        account=text(get("awsAccountId"), "awsAccountId", notes),
        account_name=text(get("awsAccountName"), "awsAccountName", notes),
        tags={
            **text_map(get("accountTags"), "accountTags", notes),
            **text_map(get("tags"), "tags", notes),
            **text_map(get("resourceTags"), "resourceTags", notes),
        },
        metadata=text_map(get("entityMetadata"), "entityMetadata", notes),
    )
