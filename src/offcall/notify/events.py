"""A Health event, or a finding of the history, as an alert. Pure, given the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from offcall.core.findings import Owner, Resource, Runbook, Severity
from offcall.health.model import ActionKind, Category, Entity, EventState
from offcall.notify.alerts import Alert, revision_of

if TYPE_CHECKING:
    from offcall.catalog.book import Catalog
    from offcall.history.findings import Known

__all__ = ["alert_of_event", "alert_of_finding", "event_key", "finding_key", "severity_of"]

# Names that AWS uses where there is no resource.
NO_RESOURCE = frozenset({"AWS_ACCOUNT", "UNKNOWN", ""})
SECURITY_SERVICES = frozenset({"RISK", "ABUSE"})
SOON = timedelta(days=7)


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
    entities = [one for one in event.entities if one.listed and one.value not in NO_RESOURCE]
    pending = [one for one in entities if one.status != "RESOLVED"]
    resources = [_resource(one, event) for one in (pending or entities)]
    state, status = _state(event, entities, pending)
    owner, owners = _owners(resources or [_account(event)], catalog)
    names = tuple(dict.fromkeys(one.id for one in resources))
    deadline = event.start if event.category == Category.SCHEDULED_CHANGE else None
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
        title=_title(event, names),
        code=event.code,
        service=event.service,
        account=event.account,
        region=event.region,
        resources=names,
        starts=event.start,
        ends=event.end,
        deadline=deadline,
        owner=owner,
        owners=owners,
        runbook=_runbook(resources or [_account(event)], event.code, catalog),
        what=event.description or "",
        next_step=_next_step(event, deadline, now),
        show=_show(event),
        taken=_taken(event),
    )


def alert_of_finding(known: Known) -> Alert:
    """A finding of the history. Its wording may count days, so it is no part of the revision."""
    finding = known.finding
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
        title=finding.title,
        code=finding.rule,
        service=resource.service,
        account=resource.account,
        region=resource.region,
        resources=(resource.id,),
        starts=finding.starts,
        deadline=finding.deadline,
        owner=owner,
        owners=(owner.name,) if owner else (),
        runbook=finding.runbook,
        what=finding.why,
        next_step=finding.next_step,
        show=f"offcall history show {finding.fingerprint}",
        source=finding.source,
    )


def severity_of(event: EventState, now: datetime) -> Severity:
    """How bad: security first, then what hurts now, then what AWS will do soon."""
    if event.abuse or event.service in SECURITY_SERVICES:
        return Severity.CRITICAL
    required = event.actionability == "ACTION_REQUIRED"
    if event.category == Category.ISSUE:
        return Severity.MEDIUM if event.resolved_by_text else Severity.HIGH
    if event.category == Category.SCHEDULED_CHANGE:
        soon = event.start is not None and event.start - now <= SOON
        if event.actionability == "INFORMATIONAL":
            return Severity.LOW
        return Severity.HIGH if soon or required else Severity.MEDIUM
    if required:
        return Severity.HIGH
    return Severity.MEDIUM if event.category == Category.INVESTIGATION else Severity.LOW


def _state(
    event: EventState, entities: list[Entity], pending: list[Entity]
) -> tuple[Literal["open", "resolved"], str]:
    if event.is_closed:
        return "resolved", "closed by AWS"
    standing = event.standing()
    if standing is not None and standing.kind == ActionKind.CLOSE:
        return "resolved", f"closed by {standing.by}"
    if entities and not pending:
        return "resolved", "every resource is done"
    status = event.status or "open"
    return (
        "open",
        f"{status}, but AWS writes that it is resolved" if event.resolved_by_text else status,
    )


def _taken(event: EventState) -> str | None:
    standing = event.standing()
    if standing is None:
        return None
    words = {
        ActionKind.ACKNOWLEDGE.value: "acknowledged",
        ActionKind.PLAN.value: "planned",
        ActionKind.CLOSE.value: "closed",
    }
    text = f"{words.get(standing.kind, standing.kind)} by {standing.by}"
    return f"{text}: {standing.note}" if standing.note else text


def _title(event: EventState, names: tuple[str, ...]) -> str:
    what = event.code.removeprefix("AWS_").replace("_", " ")
    words = [word if word == event.service else word.lower() for word in what.split()]
    title = " ".join(words)
    if not names:
        return title
    first = names[0].rsplit(":", 1)[-1]
    more = len(names) - 1
    return f"{title}: {first}" + (f" and {more:,} more" if more else "")


def _next_step(event: EventState, deadline: datetime | None, now: datetime) -> str:
    if event.service in SECURITY_SERVICES or event.abuse:
        return "Treat it as a security incident: revoke what is exposed, then look what it did"
    if event.category == Category.ISSUE:
        return "Check whether what you run there is hurt, and move away from it if it is"
    if event.category == Category.SCHEDULED_CHANGE:
        if deadline is not None and deadline <= now:
            return "AWS may do it at any time: do it now, or be ready when it happens"
        return "Do it yourself before the deadline, or be ready when AWS does it; say who takes it"
    return "Read it and decide whether anything must be done"


def _show(event: EventState) -> str:
    account = f" --account {event.account}" if event.account else ""
    return f"offcall health show {event.arn}{account}"


def _resource(entity: Entity, event: EventState) -> Resource:
    arn = entity.value if entity.value.startswith("arn:") else None
    service = arn.split(":")[2] if arn and arn.count(":") >= 5 else event.service.lower()
    return Resource(
        kind=f"{service} resource",
        id=entity.value,
        name=entity.value.rsplit(":", 1)[-1],
        account=entity.account or event.account,
        region=event.region,
        service=event.service,
        tags=dict(entity.tags),
    )


def _account(event: EventState) -> Resource:
    return Resource(
        kind="aws account",
        id=event.account or "public",
        account=event.account,
        region=event.region,
        service=event.service,
    )


def _owners(
    resources: Iterable[Resource], catalog: Catalog
) -> tuple[Owner | None, tuple[str, ...]]:
    found = [owner for one in resources if (owner := catalog.owner_of(one)) is not None]
    names = tuple(dict.fromkeys(owner.name for owner in found))
    return (found[0] if found else None), names


def _runbook(resources: list[Resource], code: str, catalog: Catalog) -> Runbook | None:
    return catalog.runbook_for(resources[0], code)
