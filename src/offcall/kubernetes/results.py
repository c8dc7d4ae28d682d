"""What `offcall k8s` answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, tzinfo
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.documents import (
    Block,
    Bullets,
    Column,
    Document,
    Facts,
    FindingList,
    Heading,
    Line,
    Span,
    Table,
    Tone,
    tone_of,
)
from offcall.core.findings import Finding, Owner, Resource, Severity
from offcall.core.results import Result
from offcall.core.snapshots import Unread
from offcall.core.text import plural
from offcall.kubernetes.auditing.scoring import Subtraction
from offcall.kubernetes.snapshot import Origin

__all__ = ["Audit", "CheckLine", "CheckList", "Group", "Suppressed"]

NAMED = 8


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Suppressed(_Part):
    """A finding that is known and borne."""

    finding: Finding
    reason: str
    by: str = Field(description="The annotation's or baseline's place.")
    until: date | None = Field(default=None, description="The last day on which it is suppressed.")


class Group(_Part):
    """A workload, or another object that belongs to no single one, and its findings."""

    resource: Resource
    owner: Owner | None = None
    score: int | None = Field(default=None, description="0 to 100; None when it is no workload.")
    subtracted: tuple[Subtraction, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def explanation(self) -> str:
        """ "100 - 20 no-readiness-probe - 3 single-replica = 77"."""
        parts = [f"− {one.points} {one.check.removeprefix('k8s-')}" for one in self.subtracted]
        return f"100 {' '.join(parts)} = {self.score}" if parts else "nothing subtracted"


class Audit(Result):
    """What the checks say of manifests or a cluster, by workload, the worst first."""

    source: str
    kubernetes_version: str = Field(description="What it was judged against.")
    objects: int
    score: int | None = Field(description="The mean of the workloads' scores; None without any.")
    groups: tuple[Group, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    disabled: dict[str, str] = Field(
        default_factory=dict, description="Checks that the estate file disables, and why."
    )
    not_judged: dict[str, int] = Field(
        default_factory=dict, description="Kinds that no check knows, and how many there are."
    )
    others: tuple[str, ...] = Field(default=(), description="What holds no Kubernetes object.")
    unread: tuple[Unread, ...] = ()
    origin: Origin = Field(default="manifests", description="Where the objects are from.")
    notes: tuple[str, ...] = Field(default=(), description="What somebody should know of the run.")
    limit: int = Field(default=0, exclude=True)
    explain: bool = Field(default=False, exclude=True)
    show_suppressed: bool = Field(default=False, exclude=True)

    def all_findings(self) -> tuple[Finding, ...]:
        """Those that are not suppressed."""
        return tuple(finding for group in self.groups for finding in group.findings)

    def judged(self) -> tuple[Resource, ...]:
        """The workloads."""
        return tuple(group.resource for group in self.groups if group.score is not None)

    def failed(self) -> bool:
        """A manifest that could not be read was not judged, and must not pass for a good one.

        What the rights to a live cluster do not let us read is a warning.
        """
        return self.origin != "cluster" and bool(self.unread)

    def incomplete(self) -> tuple[str, ...]:
        """What could not be read."""
        return (
            *(
                f"{one.what}: {one.why}" + (f" ({one.hint})" if one.hint else "")
                for one in self.unread
            ),
            *self.notes,
        )

    def document(self, zone: tzinfo) -> Document:
        """Scores, then the findings under each workload."""
        return Document(
            "Kubernetes audit",
            f"{plural(self.objects, 'object')} from {self.source}, judged against Kubernetes "
            f"{self.kubernetes_version}",
            tuple(self._blocks()),
        )

    def _blocks(self) -> Iterator[Block]:
        yield Facts(tuple(self._facts()))
        bad = [group for group in self.groups if group.findings]
        for group in bad[: self.limit or None]:
            yield from self._group(group)
        if self.limit and len(bad) > self.limit:
            left = len(bad) - self.limit
            yield Line(f"{left:,} more with findings: --limit shows more of them", Tone.WARN)
        if well := [group.resource.label for group in self.groups if not group.findings]:
            names = ", ".join(well[:NAMED]) + (", …" if len(well) > NAMED else "")
            yield Line(f"✔ nothing found in {plural(len(well), 'workload')}: {names}", Tone.OK)
        if self.suppressed and self.show_suppressed:
            yield Heading("Suppressed")
            yield Bullets(tuple(map(_suppressed, self.suppressed)))
        if self.not_judged:
            yield Heading("Not judged: no check knows these kinds")
            yield Bullets(tuple(f"{count:,} {kind}" for kind, count in self.not_judged.items()))

    def _facts(self) -> Iterator[tuple[str, str]]:
        scored = [group for group in self.groups if group.score is not None]
        if self.score is not None:
            yield "resilience", f"{self.score} of 100, over {plural(len(scored), 'workload')}"
        counts = Counter(one.severity for one in self.all_findings())
        told = ", ".join(f"{counts[one]:,} {one}" for one in reversed(Severity) if counts[one])
        yield "findings", told or "none"
        if self.suppressed:
            how = "" if self.show_suppressed else " (--show-suppressed lists them)"
            yield "suppressed", f"{len(self.suppressed):,}, each with a reason{how}"
        for name, why in self.disabled.items():
            yield "not checked", f"{name}: {why}"

    def _group(self, group: Group) -> Iterator[Block]:
        resource = group.resource
        kind = resource.kind.removeprefix("kubernetes ")
        score = "" if group.score is None else f" · {group.score} of 100"
        yield Heading(f"{kind} {resource.label}{score}")
        owner = f" · owner {group.owner.name}" if group.owner else ""
        if group.score is not None:
            yield Line(group.explanation + owner, Tone.MUTED)
        yield FindingList(group.findings, brief=not self.explain, owners=False)


def _suppressed(one: Suppressed) -> str:
    until = f", until {one.until}" if one.until else ""
    finding = one.finding
    return f"{finding.resource.label}: {finding.title} ({one.reason}{until}; {one.by})"


class CheckLine(_Part):
    """One check."""

    id: str
    family: str
    title: str
    severity: Severity
    rationale: str
    source: str
    parameters: dict[str, Any] = Field(
        default_factory=dict, description="What can be set, by name, as a JSON schema."
    )


class CheckList(Result):
    """The checks of manifests."""

    checks: tuple[CheckLine, ...]

    def document(self, zone: tzinfo) -> Document:
        """A table."""
        columns = (
            Column("Check"),
            Column("Family"),
            Column("Severity"),
            Column("What it finds", wide=True),
        )
        rows = tuple(
            (
                one.id.removeprefix("k8s-"),
                one.family,
                Span(one.severity.value, tone_of(one.severity)),
                one.title,
            )
            for one in self.checks
        )
        return Document("Checks", plural(len(self.checks), "check"), (Table(columns, rows),))
