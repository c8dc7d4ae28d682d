"""What people are told: an event or a finding, in one shape, with a stable key and a revision."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.findings import Owner, Runbook, Severity
from offcall.core.text import printable
from offcall.notify.wording import news_of

__all__ = ["Alert", "Change", "changes", "important", "revision_of"]


class Alert(BaseModel):
    """One thing to tell.

    `key` is `account|event ARN` for an event and `finding|fingerprint` for a finding: it is the
    thread, the incident, the dedup key. `revision` changes when there is something new to say,
    and only then: it is made of states, dates and resources, not of prose that counts days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    kind: Literal["event", "finding", "test"]
    revision: str
    state: Literal["open", "resolved"]
    status: str = Field(description="Its status in its own words: upcoming, open, closed, new, …")
    severity: Severity
    category: str
    title: str
    code: str
    service: str | None = None
    account: str | None = None
    region: str | None = None
    resources: tuple[str, ...] = Field(default=(), description="ARNs, or what AWS wrote.")
    names: tuple[str, ...] = Field(default=(), description="What people call them, in that order.")
    starts: datetime | None = None
    ends: datetime | None = None
    deadline: datetime | None = None
    owner: Owner | None = None
    owners: tuple[str, ...] = Field(
        default=(), description="Everybody who owns one of its resources; routes ask for these."
    )
    runbook: Runbook | None = None
    what: str = ""
    next_step: str | None = None
    show: str = Field(description="The command that shows all there is to know.")
    source: str | None = Field(default=None, description="Page or console link.")
    same_as: tuple[str, ...] = Field(
        default=(), description="Keys of events that ask for the same: a channel hears one of them."
    )
    taken: str | None = Field(default=None, description="Who acknowledged or planned it.")

    def clean(self) -> Alert:
        """The same with every text made `printable`: what is sent must act on nothing."""
        return Alert.model_validate(_clean(self.model_dump()))


class Change(BaseModel):
    """One difference between what was told and what is so now. Times stay times until shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    before: str | datetime | None
    after: str | datetime | None


def revision_of(*parts: object) -> str:
    """12 hex digits that change when a part does."""
    text = "\x1f".join(
        part.isoformat() if isinstance(part, datetime) else str(part) for part in parts
    )
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def changes(before: Alert, after: Alert) -> tuple[Change, ...]:
    """What an update says: status, severity, dates, resources that came and went, text."""
    found = [
        Change(name=name, before=old, after=new)
        for name, old, new in (
            ("status", before.status, after.status),
            ("severity", str(before.severity), str(after.severity)),
            ("starts", before.starts, after.starts),
            ("ends", before.ends, after.ends),
            ("deadline", before.deadline, after.deadline),
        )
        if old != new
    ]
    if before.deadline == before.starts and after.deadline == after.starts:
        # An event's deadline is its start: one line is enough.
        found = [one for one in found if one.name != "deadline"]
    old, new = set(before.resources), set(after.resources)
    if added := sorted(new - old):
        found.append(Change(name="more resources", before=None, after=_few(added)))
    if gone := sorted(old - new):
        found.append(Change(name="no longer affected", before=None, after=_few(gone)))
    if before.what != after.what and after.kind == "event":
        name, text = news_of(before.what, after.what) or ("text", "other white space")
        found.append(Change(name=name, before=None, after=text))
    return tuple(found)


def _clean(value: Any) -> Any:
    if isinstance(value, str) and type(value) is str:
        return printable(value)
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return tuple(_clean(one) for one in value)
    return value


def important(before: Alert, after: Alert) -> bool:
    """Whether people must hear of the update who do not follow it: dates, status, more severe."""
    return (
        (before.status, before.starts, before.ends, before.deadline)
        != (after.status, after.starts, after.ends, after.deadline)
    ) or after.severity.rank > before.severity.rank


def _few(names: list[str], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
