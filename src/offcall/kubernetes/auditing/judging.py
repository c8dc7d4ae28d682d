"""A snapshot judged: findings by workload, without what is suppressed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from offcall.core.checks import run_checks, sort_key
from offcall.core.findings import Evidence, Finding
from offcall.kubernetes.auditing.annotations import reason_for, unusable
from offcall.kubernetes.auditing.choosing import Chosen, all_checks
from offcall.kubernetes.auditing.reasons import Reason
from offcall.kubernetes.auditing.scoring import score_of
from offcall.kubernetes.checking import identity_of, resource_of
from offcall.kubernetes.model.index import Index, index_of
from offcall.kubernetes.model.located import Targeting
from offcall.kubernetes.model.policies import Budget, Service
from offcall.kubernetes.model.workloads import Workload
from offcall.kubernetes.objects import Object
from offcall.kubernetes.results import Group, Suppressed
from offcall.kubernetes.snapshot import Cluster

__all__ = ["Baseline", "Judged", "judge"]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is known: reasons by fingerprint, and the file that says so."""

    file: str = ""
    reasons: Mapping[str, Reason] | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of a snapshot.

    Attributes:
        groups: the worst first; workloads without findings too.
        found: all findings, also those that the baseline suppresses, without those that an
            annotation does: what a new baseline holds.
        notes: suppressions that do not work.
    """

    groups: tuple[Group, ...]
    suppressed: tuple[Suppressed, ...]
    found: tuple[Finding, ...]
    notes: tuple[str, ...]


def judge(
    cluster: Cluster, chosen: Chosen, now: datetime, baseline: Baseline | None = None
) -> Judged:
    """Run the checks, and sort what they find."""
    index = index_of(cluster, now)
    findings = run_checks(chosen.checks, cluster, now, made={index_of: index})
    known = baseline or Baseline()
    objects = {identity_of(index, one): one for one in cluster.objects}
    kept, suppressed, found = [], [], []
    for finding in findings:
        obj = objects.get(finding.resource.id)
        reasons = [] if obj is None else list(_written(index, obj, finding.rule))
        if not any(not reason.is_over(now.date()) for reason, _ in reasons):
            found.append(finding)
        if (reason := (known.reasons or {}).get(finding.fingerprint)) is not None:
            reasons.append((reason, known.file))
        one = _decided(finding, reasons, now.date())
        if isinstance(one, Suppressed):
            suppressed.append(one)
        else:
            kept.append(one)
    return Judged(
        tuple(_groups(index, kept, objects)),
        tuple(suppressed),
        tuple(found),
        tuple(unusable(index, {one.name for one in all_checks()})),
    )


def _written(index: Index, obj: Object, rule: str) -> Iterator[tuple[Reason, str]]:
    if (found := reason_for(index, obj, rule)) is not None:
        yield found


def _decided(
    finding: Finding, reasons: Iterable[tuple[Reason, str]], today: date
) -> Finding | Suppressed:
    """The finding; or as suppressed; or with the evidence that it was until a day that is over."""
    over: list[Evidence] = []
    for reason, by in reasons:
        if not reason.is_over(today):
            return Suppressed(finding=finding, reason=reason.text, by=by, until=reason.until)
        over.append(
            Evidence(name="was suppressed until", value=f"{reason.until}: {reason.text}", source=by)
        )
    if not over:
        return finding
    return finding.model_copy(update={"evidence": (*finding.evidence, *over)})


def _groups(
    index: Index, findings: Iterable[Finding], objects: Mapping[str, Object]
) -> Iterator[Group]:
    homes = _homes(index)
    by_workload: dict[int, list[Finding]] = defaultdict(list)
    others: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        obj = objects.get(finding.resource.id)
        home = None if obj is None else homes.get(id(obj))
        if home is None:
            others[finding.resource.id].append(finding)
        else:
            by_workload[id(home)].append(finding)
    groups = []
    for workload in index.workloads:
        some = tuple(sorted(by_workload.get(id(workload), ()), key=sort_key))
        score, subtracted = score_of(some)
        groups.append(
            Group(
                resource=resource_of(index, workload.object),
                score=score,
                subtracted=subtracted,
                findings=some,
            )
        )
    groups.sort(key=lambda one: (one.score, one.resource.id))
    yield from groups
    for rest in others.values():
        where = rest[0].resource.model_copy(update={"field": None})
        yield Group(resource=where, findings=tuple(rest))


def _homes(index: Index) -> dict[int, Workload]:
    """The workload under which findings on an object stand: itself, or the only one it is for."""
    homes = {id(one.object): one for one in index.workloads}
    views: list[Budget | Service] = [*index.budgets, *index.services]
    for view in views:
        if len(workloads := index.workloads_of(view)) == 1:
            homes[id(view.object)] = workloads[0]
    scalers: list[Targeting] = [*index.hpas, *index.vpas, *index.scaled_objects]
    for scaler in scalers:
        if (target := index.target_of(scaler)) is not None:
            homes[id(scaler.object)] = target
    return homes
