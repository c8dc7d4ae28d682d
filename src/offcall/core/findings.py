"""The one currency: a finding says what, where, why, by when, who, and what to do next."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from offcall.core.edits import Edit

__all__ = ["Evidence", "Finding", "Fix", "Owner", "Resource", "Runbook", "Severity", "worst"]


class Severity(StrEnum):
    """How bad, in the order info < low < medium < high < critical."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (info) to 4 (critical)."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Resource(_Value):
    """What a finding, an event or a version is about.

    `id` is the most exact name there is: an ARN, `kind/namespace/name`, `database.schema.table`.
    `kind` is a lower-case word pair of the field: `rds instance`, `eks cluster`, `aws account`.
    """

    kind: str
    id: str
    name: str | None = None
    account: str | None = None
    region: str | None = None
    service: str | None = None
    file: str | None = None
    line: int | None = None
    field: str | None = Field(default=None, description="Where in it: spec.containers[0].image.")
    tags: dict[str, str] = Field(default_factory=dict)

    @property
    def label(self) -> str:
        """The short name that people use."""
        return self.name or self.id.rsplit(":", 1)[-1]


class Evidence(_Value):
    """One fact a finding rests on: a name, a value with its unit, and where it was read."""

    name: str
    value: str
    unit: str | None = None
    source: str | None = None

    def __str__(self) -> str:
        return f"{self.name}: {self.value}{' ' + self.unit if self.unit else ''}"


class Fix(_Value):
    """What to do: steps in words, and, where they exist, a command, SQL or a patch to apply.

    `edits` are the same for a program that can apply them: see `core.edits`.
    """

    steps: tuple[str, ...] = ()
    command: str | None = None
    sql: str | None = None
    patch: str | None = None
    edits: tuple[Edit, ...] = ()


class Owner(_Value):
    """Who owns a resource, and the rule that says so (file and line, tag, or "default")."""

    name: str
    rule: str


class Runbook(_Value):
    """Where the runbook is, and the rule that says so."""

    title: str
    url: str
    rule: str


class Finding(_Value):
    """One thing that somebody should know or do.

    Times are aware and in UTC. `key` tells apart several findings of one rule on one resource
    (for example the event ARN); together they make the `fingerprint`, which must stay the same
    from run to run for as long as it is the same problem: no dates, counts or prose in it.
    """

    rule: str
    severity: Severity
    title: str
    resource: Resource
    key: str = ""
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    source: str | None = Field(default=None, description="Page (URL) that the claim rests on.")
    fix: Fix = Field(default_factory=Fix)
    starts: datetime | None = Field(default=None, description="When it begins to matter.")
    deadline: datetime | None = Field(default=None, description="Act before this.")
    owner: Owner | None = None
    runbook: Runbook | None = None
    category: str | None = Field(default=None, description="change, support, open, setup, ...")

    @model_validator(mode="before")
    @classmethod
    def _without_derived(cls, data: Any) -> Any:
        """A finding that was dumped can be loaded: what is derived is derived again."""
        if isinstance(data, dict) and "fingerprint" in data:
            return {key: value for key, value in data.items() if key != "fingerprint"}
        return data

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property
    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits that identify the problem across runs."""
        text = "\x1f".join((self.rule, self.resource.account or "", self.resource.id, self.key))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def next_step(self) -> str | None:
        """The first thing to do, in one line."""
        return self.fix.steps[0] if self.fix.steps else self.fix.command or self.fix.sql


def worst(findings: list[Finding] | tuple[Finding, ...]) -> Severity | None:
    """The highest severity among `findings`, or None when there are none."""
    return max((f.severity for f in findings), key=lambda s: s.rank, default=None)
