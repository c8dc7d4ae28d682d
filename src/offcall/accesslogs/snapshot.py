"""What the logs of the estate's sources say: the facts that the checks judge."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from offcall.accesslogs.anomalies.model import Incident
from offcall.accesslogs.results.answers import Reading
from offcall.accesslogs.results.groups import Group
from offcall.accesslogs.results.objectives import Kept
from offcall.accesslogs.results.requests import ErrorRow
from offcall.core.findings import Resource
from offcall.core.snapshots import Snapshot

__all__ = ["Served", "SourceTraffic", "Traffic"]


class Served(BaseModel):
    """What one target of a group served."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    group: str | None
    requests: Group


class SourceTraffic(BaseModel):
    """The requests of one source of the estate."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: str
    since: datetime = Field(description="From when on lines were looked at.")
    reading: Reading
    balancer: Resource | None = Field(description="The balancer of most lines.")
    first: datetime | None = Field(description="The time of the first line.")
    last: datetime | None
    requests: int
    errors: tuple[ErrorRow, ...] = Field(default=(), description="Answers with 5xx, by cause.")
    targets: tuple[Served, ...] = ()

    objectives: tuple[Kept, ...] = ()
    anomalies: tuple[Incident, ...] = Field(
        default=(), description="Stretches of time in which something was not as usual."
    )

    @property
    def resource(self) -> Resource:
        """What a finding about the whole source is about."""
        return self.balancer or Resource(
            kind="load balancer", id=f"logs/{self.name}", name=self.name
        )


class Traffic(Snapshot):
    """The facts."""

    kind: ClassVar[str] = "offcall.logs/1"

    sources: tuple[SourceTraffic, ...] = ()
