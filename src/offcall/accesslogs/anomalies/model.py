"""An incident: a stretch of time in which something was not as usual, and what explains it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Anomalies", "Contribution", "Dimension", "Incident", "Kind"]

Kind = Literal["more-requests", "fewer-requests", "server-errors", "client-errors", "slow"]
Dimension = Literal["route", "target", "client", "status", "agent"]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Contribution(_Row):
    """One value that accounts for much of the difference between an incident and before."""

    dimension: Dimension
    value: str
    share: float = Field(description="Of the difference, 0 to 1.")
    before: float = Field(description="Its share of all requests in the time before, 0 to 1.")


class Incident(_Row):
    """Neighbouring steps of time in which one thing was not as usual."""

    kind: Kind
    route: str | None = Field(description="None is all requests together.")
    start: datetime
    end: datetime = Field(description="The end of its last step.")
    detected: datetime = Field(description="From when on the lines were enough to tell.")
    ongoing: bool = Field(description="It reaches the end of the logs.")
    step_seconds: int
    observed: float = Field(
        description="Requests a minute, the share of errors (0 to 1), or p95 in seconds."
    )
    expected: float = Field(description="The same, as usual.")
    requests: int = Field(description="Requests in its time, of its route.")
    excess: float = Field(
        description="Requests over or under what is usual; errors over it; 0 for times."
    )
    score: float = Field(description="How far from usual, in standard deviations.")
    routes: tuple[str, ...] = Field(default=(), description="Other routes, in the same time.")
    causes: tuple[Contribution, ...] = Field(
        default=(), description="What the difference is made of; empty if it is everywhere."
    )

    @property
    def key(self) -> str:
        """What stays the same while it goes on."""
        return f"{self.kind} {self.route or '*'} {self.start:%Y-%m-%dT%H}"


class Anomalies(_Row):
    """The incidents of one source, and what was looked at."""

    incidents: tuple[Incident, ...] = ()
    left_out: int = Field(default=0, description="More incidents, less far from usual.")
    minutes: int = Field(default=0, description="From the first line to the last.")
    seasonal: bool = Field(default=False, description="The time of day was taken into account.")
    routes: int = Field(default=0, description="Routes that were judged each by itself.")
    coarse_routes: int = Field(default=0, description="Of these, in steps longer than a minute.")
    skipped_routes: int = Field(default=0, description="Too rare, or over the greatest number.")
    skipped_requests: int = Field(default=0, description="Their requests; the total has them.")
