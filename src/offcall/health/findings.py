"""Events as findings: what to do about each resource, how urgent, until when. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from offcall.catalog.resources import can_be_owned
from offcall.core.contributions import EVENT_TYPE, TAKEN
from offcall.core.findings import Evidence, Finding, Resource, Severity
from offcall.health.guidance import Guide, fix_of, guide_for
from offcall.health.model import Action, ActionKind, Category, Entity, EventState
from offcall.health.over import left, over
from offcall.health.resources import account_resource, resource_of

__all__ = ["findings_of", "said_of", "severity_of", "taken", "title_of"]

SOON = timedelta(days=2)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)

_AWS_HEALTH = "AWS Health"
_ENGINE = re.compile(r"\b(RDS for|Aurora)\s+(MySQL|PostgreSQL|MariaDB)\b")

_RULES: dict[str, str] = {
    Category.SCHEDULED_CHANGE: "health-event-change",
    Category.ISSUE: "health-event-issue",
    Category.INVESTIGATION: "health-event-issue",
}


def findings_of(events: Iterable[EventState], now: datetime) -> Iterator[Finding]:
    """One finding for each resource that an event still concerns, or one for the account.

    An event that is over gives none, nor does a resource that is done.
    """
    for event in events:
        if over(event, now) is None:
            yield from _of_event(event, now)


def _of_event(event: EventState, now: datetime) -> Iterator[Finding]:
    alike = _alike(event, now)
    resources = left(event)
    for one in resources:
        yield _finding(event, resource_of(one, event), one, alike)
    if not resources:
        # It names no resource, or others on pages that have not come.
        yield _finding(event, account_resource(event), None, alike)


class _Alike(NamedTuple):
    """What the findings of one event have in common.

    Attributes:
        words: for the steps.
        evidence: what comes before and after that of the resource.
        facts: the other fields of the finding.
    """

    guide: Guide
    words: dict[str, str | None]
    evidence: tuple[list[Evidence], list[Evidence]]
    facts: dict[str, Any]


def _alike(event: EventState, now: datetime) -> _Alike:
    guide = guide_for(event.code, event.category)
    deadline = event.start if event.category == Category.SCHEDULED_CHANGE else None
    versions = _versions(event)
    return _Alike(
        guide,
        {
            "before": _before(deadline, now),
            "service": event.service,
            "engine": _engine(event.description) if event.description else None,
            "version": versions.partition(",")[0],
        },
        (_evidence_before(event), _evidence_after(event)),
        {
            "rule": _RULES.get(event.category, "health-event-notice"),
            "severity": severity_of(event, now),
            "title": title_of(event),
            "key": event.arn,
            "why": _why(guide, event.service),
            "source": guide.source,
            "starts": event.start,
            "deadline": deadline,
            "category": _category(event, now),
        },
    )


def _finding(
    event: EventState, resource: Resource, entity: Entity | None, alike: _Alike
) -> Finding:
    arn = resource.id if resource.id.startswith("arn:") else None
    # What stands for an event without resources is nothing that a command could be given.
    named = can_be_owned(resource)
    before, after = alike.evidence
    said = [_said("resource status", entity.status)] if entity and entity.status else []
    by = taken(event, entity.value if entity else None)
    own = [Evidence(name=TAKEN, value=by, source="offcall")] if by else []
    return Finding(
        resource=resource,
        evidence=(*before, *said, *after, *own),
        fix=fix_of(
            alike.guide,
            id=(arn.rpartition("/")[2] if arn else resource.id) if named else None,
            arn=arn,
            name=resource.name if named else None,
            region=resource.region,
            **alike.words,
        ),
        **alike.facts,
    )


@lru_cache(maxsize=1024)
def _why(guide: Guide, service: str) -> str:
    return guide.why.format(service=service)


def _before(date: datetime | None, now: datetime) -> str:
    if date is None:
        return "before the date in the text"
    # A fifth of what `strftime` costs, and this is done for every event.
    day = date.date().isoformat()
    return f"before {day}" if date > now else f"now: its date, {day}, has passed"


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
    title = _title(guide_for(event.code, event.category), event.service, _versions(event))
    return f"{title} (the text says resolved)" if event.resolved_by_text else title


@lru_cache(maxsize=1024)
def _title(guide: Guide, service: str, versions: str) -> str:
    return guide.title.format(service=service, versions=versions).replace("  ", " ")


@lru_cache(maxsize=1024)
def _said(name: str, value: str) -> Evidence:
    """What AWS Health says of many events alike: the same object for all of them."""
    return Evidence(name=name, value=value, source=_AWS_HEALTH)


def _evidence_before(event: EventState) -> list[Evidence]:
    found = [
        _said(EVENT_TYPE, event.code),
        Evidence(name="event", value=event.arn, source=_AWS_HEALTH),
        _said("status", event.status or "not said"),
    ]
    if event.actionability:
        found.append(_said("actionability", event.actionability))
    return found


def _evidence_after(event: EventState) -> list[Evidence]:
    found = []
    if event.last_updated:
        minute = f"{event.last_updated.isoformat(' ', 'minutes')[:16]} UTC"
        found.append(Evidence(name="last updated", value=minute, source=_AWS_HEALTH))
    if event.missing_pages:
        pages = ", ".join(map(str, event.missing_pages))
        found.append(Evidence(name="pages that did not come", value=pages, source="offcall"))
    return found


def taken(event: EventState, entity: str | None = None) -> str | None:
    """Who took it, in words: "planned by ana for 2026-12-01: change CHG-7"; None if nobody."""
    action = event.standing(entity)
    if action is None:
        return None
    return said_of(action)


_DID = {
    ActionKind.ACKNOWLEDGE: "acknowledged",
    ActionKind.PLAN: "planned",
    ActionKind.CLOSE: "closed",
    ActionKind.REOPEN: "reopened",
}


def said_of(action: Action) -> str:
    """What somebody did, in words: "planned by ana for 2026-12-01 03:00 UTC: change CHG-7"."""
    when = f" for {action.planned_for:%Y-%m-%d %H:%M} UTC" if action.planned_for else ""
    note = f": {action.note}" if action.note else ""
    return f"{_DID[ActionKind(action.kind)]} by {action.by}{when}{note}"


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
