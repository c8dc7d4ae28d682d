"""When an event needs nobody any more: one rule for the lists, the brief and alerts. Pure.

AWS leaves the status of a planned lifecycle event as it is and calls its resources RESOLVED one by
one: https://docs.aws.amazon.com/health/latest/ug/aws-health-planned-lifecycle-events.html
"""

from __future__ import annotations

from datetime import datetime

from offcall.health.model import Action, ActionKind, Entity, EventState, Status
from offcall.health.resources import NO_RESOURCE

__all__ = ["DONE", "left", "over"]

DONE = "every resource is done"


def left(event: EventState) -> list[Entity]:
    """The resources that neither AWS calls resolved nor a person closed."""
    return [
        one
        for one in _named(event)
        if one.status != "RESOLVED" and _closed(event.standing(one.value)) is None
    ]


def over(event: EventState, now: datetime) -> str | None:
    """Why nobody has to do anything about it, in words; None while somebody has to.

    An event of which pages have not come may concern resources that nobody has seen.
    """
    if event.phase(now) == Status.CLOSED:
        return "closed by AWS" if event.is_closed else "its end has passed"
    whole = _closed(event.standing())
    if whole is not None and not left(event):
        return f"closed by {whole.by}"
    if event.missing_pages or not _named(event) or left(event):
        return None
    return DONE


def _named(event: EventState) -> list[Entity]:
    """The resources it is about: also what was pending when an update last named it.

    A resource that is done is called RESOLVED; AWS says nowhere that one which an update leaves
    out is done.
    """
    return [
        one
        for one in event.entities
        if (one.listed or one.status == "PENDING") and one.value not in NO_RESOURCE
    ]


def _closed(action: Action | None) -> Action | None:
    return action if action is not None and action.kind == ActionKind.CLOSE else None
