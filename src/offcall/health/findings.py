"""Events as findings: what to do about each resource, how urgent, until when. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from offcall.core.contributions import EVENT_TYPE, TAKEN
from offcall.core.findings import Evidence, Finding, Resource, Severity
from offcall.health.guidance import Guide, fix_of, guide_for
from offcall.health.model import Action, ActionKind, Category, Entity, EventState, Status
from offcall.health.resources import NO_RESOURCE, account_resource, resource_of

__all__ = ["closed_by_people", "findings_of", "severity_of", "taken", "title_of"]

SOON = timedelta(days=2)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)

_ENGINE = re.compile(r"\b(RDS for|Aurora)\s+(MySQL|PostgreSQL|MariaDB)\b")

_RULES: dict[str, str] = {
    Category.SCHEDULED_CHANGE: "health-event-change",
    Category.ISSUE: "health-event-issue",
    Category.INVESTIGATION: "health-event-issue",
}


def findings_of(events: Iterable[EventState], now: datetime) -> Iterator[Finding]:
    """One finding for each resource that an event still concerns, or one for the account.

    An event whose phase is closed gives none, nor does a resource that AWS calls RESOLVED or that
    a person closed.
    """
    for event in events:
        if event.phase(now) != Status.CLOSED:
            yield from _of_event(event, now)


def _of_event(event: EventState, now: datetime) -> Iterator[Finding]:
    entities = [one for one in event.entities if one.listed]
    named = [one for one in entities if one.value not in NO_RESOURCE]
    alike = _alike(event, now)
    if not named:
        if not _closed(event.standing()):
            yield _finding(event, account_resource(event), None, alike)
        return
    for one in named:
        if one.status != "RESOLVED" and not _closed(event.standing(one.value)):
            yield _finding(event, resource_of(one, event), one, alike)


def closed_by_people(event: EventState) -> bool:
    """Whether people closed all of it that AWS does not call resolved."""
    named = [one for one in event.entities if one.listed and one.value not in NO_RESOURCE]
    if not named:
        return _closed(event.standing())
    left = [one for one in named if one.status != "RESOLVED"]
    return bool(left) and all(_closed(event.standing(one.value)) for one in left)


def _closed(action: Action | None) -> bool:
    return action is not None and action.kind == ActionKind.CLOSE


class _Alike(NamedTuple):
    """What the findings of one event have in common."""

    guide: Guide
    before: str
    facts: dict[str, Any]


def _alike(event: EventState, now: datetime) -> _Alike:
    guide = guide_for(event.code, event.category)
    change = event.category == Category.SCHEDULED_CHANGE
    return _Alike(
        guide,
        _before(event.start if change else None, now),
        {
            "rule": _RULES.get(event.category, "health-event-notice"),
            "severity": severity_of(event, now),
            "title": title_of(event),
            "key": event.arn,
            "why": guide.why.format(service=event.service),
            "source": guide.source,
            "starts": event.start,
            "deadline": event.start if change else None,
            "category": _category(event, now),
        },
    )


def _finding(
    event: EventState, resource: Resource, entity: Entity | None, alike: _Alike
) -> Finding:
    bare = resource.id.rsplit("/", 1)[-1] if resource.id.startswith("arn:") else resource.id
    return Finding(
        resource=resource,
        evidence=tuple(_evidence(event, entity)),
        fix=fix_of(
            alike.guide,
            id=bare,
            arn=resource.id if resource.id.startswith("arn:") else None,
            name=resource.name,
            region=resource.region,
            before=alike.before,
            service=event.service,
            engine=_engine(event.description or ""),
            version=_versions(event).partition(",")[0],
        ),
        **alike.facts,
    )


def _before(date: datetime | None, now: datetime) -> str:
    if date is None:
        return "before the date in the text"
    if date <= now:
        return f"now: its date, {date:%Y-%m-%d}, has passed"
    return f"before {date:%Y-%m-%d}"


def _engine(text: str) -> str | None:
    """The engine as `aws rds` calls it, from what AWS writes: "RDS for MySQL 8.0 …"."""
    found = _ENGINE.search(text)
    if found is None:
        return None
    name = {"postgresql": "postgres"}.get(found[2].lower(), found[2].lower())
    if not found[1].startswith("Aurora"):
        return name
    return {"mysql": "aurora-mysql", "postgres": "aurora-postgresql"}.get(name)


def _versions(event: EventState) -> str:
    """The numbers in "Kubernetes 1.34 in EKS"; a runtime's name is left whole."""
    text = event.metadata.get("deprecated_versions") or ""
    if " " not in text or event.service == "LAMBDA":
        return text
    return ", ".join(re.findall(r"\d+(?:\.\w+)*", text)) or text


def title_of(event: EventState) -> str:
    """One sentence of what the event is."""
    guide = guide_for(event.code, event.category)
    title = guide.title.format(service=event.service, versions=_versions(event))
    title = title.replace("  ", " ")
    if event.resolved_by_text:
        title += " (the text says resolved)"
    return title


@lru_cache(maxsize=1024)
def _said(name: str, value: str) -> Evidence:
    """What AWS Health says of many events alike: the same object for all of them."""
    return Evidence(name=name, value=value, source="AWS Health")


def _evidence(event: EventState, entity: Entity | None) -> Iterator[Evidence]:
    yield _said(EVENT_TYPE, event.code)
    yield _said("event", event.arn)
    yield _said("status", event.status or "not said")
    if event.actionability:
        yield _said("actionability", event.actionability)
    if entity is not None and entity.status:
        yield _said("resource status", entity.status)
    if event.last_updated:
        yield _said("last updated", f"{event.last_updated:%Y-%m-%d %H:%M} UTC")
    if event.missing_pages:
        pages = ", ".join(map(str, event.missing_pages))
        yield Evidence(name="pages that did not come", value=pages, source="offcall")
    if by := taken(event, entity.value if entity else None):
        yield Evidence(name=TAKEN, value=by, source="offcall")


def taken(event: EventState, entity: str | None = None) -> str | None:
    """Who took it, in words: "planned by ana for 2026-12-01: change CHG-7"; None if nobody."""
    action = event.standing(entity)
    if action is None:
        return None
    word = {
        ActionKind.ACKNOWLEDGE: "acknowledged",
        ActionKind.PLAN: "planned",
        ActionKind.CLOSE: "closed",
    }.get(ActionKind(action.kind), action.kind)
    when = f" for {action.planned_for:%Y-%m-%d %H:%M} UTC" if action.planned_for else ""
    note = f": {action.note}" if action.note else ""
    return f"{word} by {action.by}{when}{note}"


def _category(event: EventState, now: datetime) -> str:
    if event.category == Category.SCHEDULED_CHANGE:
        return "change"
    if event.category in (Category.ISSUE, Category.INVESTIGATION):
        return "open"
    if _asks_for_action(event) or _is_security(event) or not event.is_of_known_kind:
        return "open"
    # What AWS only tells, but for a day that is still to come, is no news of yesterday.
    return "change" if event.start is not None and event.start > now else "notice"


def _asks_for_action(event: EventState) -> bool:
    return event.actionability in ("ACTION_REQUIRED", "ACTION_MAY_BE_REQUIRED")


def _is_security(event: EventState) -> bool:
    return event.service in ("RISK", "ABUSE") or event.abuse


def severity_of(event: EventState, now: datetime) -> Severity:
    """By kind, by whether somebody has to act, and by the time that is left."""
    required = event.actionability == "ACTION_REQUIRED"
    if event.code.startswith("AWS_RISK_"):
        return Severity.CRITICAL
    if _is_security(event):
        return Severity.HIGH
    if event.category in (Category.ISSUE, Category.INVESTIGATION):
        if event.resolved_by_text:
            return Severity.LOW
        return Severity.MEDIUM if event.is_public else Severity.HIGH
    if event.category == Category.SCHEDULED_CHANGE:
        return _by_time(event, now, required=required)
    if required:
        return Severity.MEDIUM
    return Severity.LOW if event.actionability == "ACTION_MAY_BE_REQUIRED" else Severity.INFO


def _by_time(event: EventState, now: datetime, *, required: bool) -> Severity:
    if event.actionability == "INFORMATIONAL":
        return Severity.LOW if event.start and event.start - now <= WEEK else Severity.INFO
    if event.start is None:
        return Severity.MEDIUM if required else Severity.LOW
    left = event.start - now
    if left <= SOON:
        return Severity.CRITICAL if required and left > -MONTH else Severity.HIGH
    if left <= WEEK:
        return Severity.HIGH if required else Severity.MEDIUM
    if left <= MONTH:
        return Severity.MEDIUM if required else Severity.LOW
    return Severity.LOW if required else Severity.INFO
