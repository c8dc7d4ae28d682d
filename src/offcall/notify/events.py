"""A Health event, or a finding of the history, as an alert. Pure, given the catalog.

Severity, wording and next step are those of the event's findings, so that a message says what
the brief says. An event is one alert, whatever the number of its resources.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from offcall.core.text import has_word
from offcall.health.findings import findings_of, severity_of, taken, title_of
from offcall.health.model import Category, EventState
from offcall.health.over import over
from offcall.health.resources import account_resource, resources_of
from offcall.notify.alerts import Alert, revision_of

if TYPE_CHECKING:
    from offcall.catalog.book import Catalog
    from offcall.history.findings import Known

__all__ = ["alert_of_event", "alert_of_finding", "event_key", "finding_key"]


def event_key(account: str | None, arn: str) -> str:
    """`account|event ARN`; a public event has no account."""
    return f"{account or 'public'}|{arn}"


def finding_key(fingerprint: str) -> str:
    """`finding|fingerprint`."""
    return f"finding|{fingerprint}"


def alert_of_event(event: EventState, catalog: Catalog, now: datetime) -> Alert:
    """The event as it stands now.

    It is resolved when AWS closed it, when a person did, or when every resource is done.
    """
    findings = catalog.annotate(findings_of([event], now))
    lead = findings[0] if findings else None
    known = resources_of(event)
    named = [one.resource for one in findings if one.resource in known] or list(known)
    names = {one.id: one.label for one in named}
    state, status = _state(event, now)
    owners = {one.owner.name: one.owner for one in findings if one.owner}
    if not findings:
        about = named or [account_resource(event)]
        owners = {one.name: one for one in map(catalog.owner_of, about) if one}
    return Alert(
        key=event_key(event.account, event.arn),
        kind="event",
        revision=revision_of(
            state, status, event.start, event.end, event.description, *sorted(names)
        ),
        state=state,
        status=status,
        severity=severity_of(event, now),
        category=event.category,
        title=_title(title_of(event), list(names.values())),
        code=event.code,
        service=event.service,
        account=event.account,
        region=event.region,
        resources=tuple(names),
        names=tuple(names.values()),
        starts=event.start,
        ends=event.end,
        deadline=event.start if event.category == Category.SCHEDULED_CHANGE else None,
        owner=next(iter(owners.values()), None),
        owners=tuple(owners),
        runbook=next((one.runbook for one in findings if one.runbook), None),
        what=event.description or "",
        next_step=lead.next_step if lead else None,
        show=_show(event),
        source=lead.source if lead else None,
        taken=taken(event),
    )


def alert_of_finding(known: Known, catalog: Catalog) -> Alert:
    """A finding of the history. Its wording is no part of the revision: prices in it change."""
    (finding,) = catalog.annotate([known.finding])
    resource = finding.resource
    resolved = known.resolved_at is not None
    owner = finding.owner
    return Alert(
        key=finding_key(finding.fingerprint),
        kind="finding",
        revision=revision_of(resolved, known.new_since, finding.severity, finding.deadline),
        state="resolved" if resolved else "open",
        status="resolved" if resolved else "open",
        severity=finding.severity,
        category=finding.category or "other",
        title=_title(
            finding.title, [] if has_word(finding.title, resource.label) else [resource.label]
        ),
        code=finding.rule,
        service=resource.service,
        account=resource.account,
        region=resource.region,
        resources=(resource.id,),
        names=(resource.label,),
        starts=finding.starts,
        deadline=finding.deadline,
        owner=owner,
        owners=(owner.name,) if owner else (),
        runbook=finding.runbook,
        what=finding.why,
        next_step=finding.next_step,
        show=f"offcall lifecycle show {resource.label}"
        if finding.rule.startswith("lifecycle-")
        else "offcall brief",
        source=finding.source,
    )


def _state(event: EventState, now: datetime) -> tuple[Literal["open", "resolved"], str]:
    if (why := over(event, now)) is not None:
        return "resolved", why
    status = event.status or "open"
    if event.resolved_by_text:
        status += ", but AWS writes that it is resolved"
    return "open", status


def _title(sentence: str, names: list[str]) -> str:
    if not names:
        return sentence
    more = len(names) - 1
    return f"{sentence}: {names[0]}" + (f" and {more:,} more" if more else "")


def _show(event: EventState) -> str:
    account = f" --account {event.account}" if event.account else ""
    return f"offcall health show {event.arn}{account}"
