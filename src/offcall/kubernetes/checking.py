"""What a check of manifests is made with: `check`, `Found`, `manifest`. See docs/kubernetes.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as with_default
from datetime import UTC, datetime
from functools import partial
from textwrap import dedent
from typing import Any, cast

from offcall.core.checks import Check, Example
from offcall.core.edits import Edit
from offcall.core.estate import EstateModel
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity
from offcall.kubernetes.model.index import Index, index_of
from offcall.kubernetes.model.located import Located
from offcall.kubernetes.objects import Object
from offcall.kubernetes.paths import join, parse
from offcall.kubernetes.reading.manifests import Read, read_text
from offcall.kubernetes.snapshot import Cluster
from offcall.kubernetes.versions import NEWEST

__all__ = [
    "PREFIX",
    "Found",
    "KubernetesCheck",
    "Parameters",
    "check",
    "identity_of",
    "manifest",
    "resource_of",
]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PREFIX = "k8s-"


class Parameters(EstateModel):
    """Base of what can be set for a check in the estate file; every field has a default."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check has found in one place. What is None is as the check declares it.

    Attributes:
        at: the workload, container, probe, budget, … that is meant.
        field: the field below it, which is where the finding points; "" for the whole. One that
            is missing is fine: the line is that of the nearest thing above it that is written.
        title: one sentence, which names numbers and containers; the object is named beside it.
        fix: one step in words, or a `Fix` where there is more.
        edits: the same for `k8s fix`, where it can be computed: see `edits`.
        evidence: names and values that the finding rests on.
        key: tells apart several findings of one check on one object; a container's name is known.
        why: the rationale of the check, where there is nothing closer to say.
        source: the page (URL) that this very claim rests on.
    """

    at: Located
    field: str
    title: str
    fix: Fix | str
    edits: Iterable[Edit] = ()
    evidence: Mapping[str, object] = with_default(default_factory=dict)
    key: str | None = None
    severity: Severity | None = None
    why: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class KubernetesCheck(Check):
    """A check of manifests: its function gets an `Index`, and the parameters if it has some.

    Attributes:
        parameters: the model of what can be set, if anything can.
        forced: the severity that the estate file says all its findings have.
    """

    parameters: type[Parameters] | None = None
    forced: Severity | None = None

    @property
    def name(self) -> str:
        """The id without the room: "single-replica"; so it is called in settings."""
        return self.id.removeprefix(PREFIX)

    @property
    def family(self) -> str:
        """The folder in which it stands: "rollout"."""
        return self.tags[0]

    def configured(self, severity: Severity | None, parameters: Parameters | None) -> Check:
        """The check as the estate file wants it."""
        function: Callable[..., Any] = self.function
        if parameters is not None:
            function = partial(function, parameters=parameters)
        return replace(self, forced=severity, function=function)

    def of(self, facts: Index, now: datetime) -> Iterator[Finding]:
        """What it finds in an index."""
        if type(self.function) is not partial and self.parameters is not None:
            return self.configured(self.forced, self.parameters()).of(facts, now)
        function = cast("Callable[[Index], Iterable[Found]]", self.function)
        return (self._finding(facts, one) for one in function(facts))

    def _finding(self, index: Index, one: Found) -> Finding:
        fix = Fix(steps=(one.fix,)) if isinstance(one.fix, str) else one.fix
        edits = tuple(one.edits)
        return Finding(
            rule=self.id,
            severity=self.forced or one.severity or self.severity,
            title=one.title,
            resource=resource_of(index, one.at.object, join(one.at.path, one.field)),
            key=one.at.key if one.key is None else one.key,
            evidence=tuple(Evidence(name=k, value=str(v)) for k, v in one.evidence.items()),
            why=self.rationale if one.why is None else one.why,
            source=one.source or self.source,
            fix=fix.model_copy(update={"edits": edits}) if edits else fix,
            category=self.category,
        )


def check(
    *,
    id: str,
    title: str,
    severity: Severity,
    rationale: str,
    source: str,
    fails: Example,
    passes: Example,
    parameters: type[Parameters] | None = None,
    category: str = "open",
) -> Callable[[Callable[..., Iterable[Found]]], KubernetesCheck]:
    """Declare the function below as a check.

    It gets the `Index` of what was read, and with `parameters` also an object of that class, as
    its argument `parameters`. It yields a `Found` for each place.
    """

    def declare(function: Callable[..., Iterable[Found]]) -> KubernetesCheck:
        return KubernetesCheck(
            id=id,
            title=title,
            severity=severity,
            category=category,
            rationale=rationale,
            source=source,
            fails=fails,
            passes=passes,
            function=cast("Callable[..., Any]", function),
            judges=index_of,
            tags=(function.__module__.split(".")[-2],),
            parameters=parameters,
        )

    return declare


def manifest(text: str, *, version: str = NEWEST) -> Example:
    """An example: the text of a manifest, of one document or many."""

    def cluster() -> Cluster:
        read = Read()
        read_text(read, dedent(text), "manifest.yaml")
        assert read.objects, "an example without objects"
        assert not read.unread, read.unread
        return Cluster(
            taken_at=NOW,
            source="example",
            objects=tuple(read.objects),
            version=version,
            files=("manifest.yaml",),
        )

    return Example(cluster, NOW)


def identity_of(index: Index, obj: Object) -> str:
    """What a finding on an object is about, whatever cluster or folder it is in."""
    if obj.file is None and index.cluster.context is not None:
        return f"{index.cluster.context}:{obj.identity}"
    scope = index.scope(obj)
    return f"{obj.identity} in {scope}" if scope else obj.identity


def resource_of(index: Index, obj: Object, field: str = "") -> Resource:
    """An object, or a field of it, as what a finding is about."""
    return Resource(
        kind=f"kubernetes {obj.kind.lower()}",
        id=identity_of(index, obj),
        name=f"{obj.namespace}/{obj.name}" if obj.namespace else obj.name,
        file=obj.file,
        line=obj.line_of(parse(field)),
        field=field or None,
    )
