"""One run of the audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.core.errors import UserError
from offcall.core.findings import Finding
from offcall.kubernetes.auditing.baseline import load_baseline, write_baseline
from offcall.kubernetes.auditing.choosing import choose
from offcall.kubernetes.auditing.judging import Baseline, judge
from offcall.kubernetes.auditing.reasons import parse_reason
from offcall.kubernetes.estate import Section
from offcall.kubernetes.read import Target, read_cluster
from offcall.kubernetes.results import Audit, Group
from offcall.kubernetes.snapshot import Cluster
from offcall.kubernetes.versions import parse_version

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["Baselines", "audit_of", "cluster_for"]


@dataclass(frozen=True, slots=True)
class Baselines:
    """The baseline to use, and the one to write, with the reason for what is new in it."""

    use: Path | None = None
    write: Path | None = None
    reason: str | None = None


def cluster_for(
    ctx: Context, paths: Sequence[Path], target: Target | None, version: str | None
) -> Cluster:
    """What to judge: a saved snapshot, what is named, or what the estate file names.

    Raises:
        UserError: nothing is named; a path or version that is none.
    """
    section = ctx.estate.section("k8s", Section)
    if not paths and target is None:
        paths = [ctx.estate.folder / one for one in section.paths]
        if section.context is not None:
            target = Target(section.context)
    version = version or section.kubernetes_version

    def read() -> Cluster:
        if not paths and target is None:
            raise UserError(
                "say what to audit",
                expected="files, folders, - for standard input, --context NAME or --in-cluster",
                hint="or name them in the estate file, under k8s.paths",
            )
        found = read_cluster(paths, target, version=version, now=ctx.now, progress=ctx.progress)
        if target is None and not found.objects and not found.unread:
            # A path that was mistyped must not look as if all were well.
            raise UserError(
                "there is no Kubernetes object",
                file=found.source,
                expected="YAML or JSON with apiVersion, kind and metadata.name",
            )
        return found

    cluster = ctx.snapshot(Cluster, read)
    if version is not None and ctx.load is not None:
        cluster = cluster.model_copy(update={"version": parse_version(version)})
    return cluster


def audit_of(
    ctx: Context,
    cluster: Cluster,
    *,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    baselines: Baselines,
) -> Audit:
    """The audit of a snapshot.

    Raises:
        UserError: a check or a baseline that is not there; a new baseline without a reason.
    """
    from offcall.catalog import open_catalog

    chosen = choose(ctx.estate, only=only, skip=skip)
    baseline = _baseline(ctx, baselines)
    judged = judge(cluster, chosen, ctx.now, baseline)
    if baselines.write is not None:
        _write(ctx, baselines, judged.found, baseline)
        judged = judge(cluster, chosen, ctx.now, _load(baselines.write))
    catalog = open_catalog(ctx)
    groups = tuple(
        Group(
            resource=one.resource,
            owner=catalog.owner_of(one.resource),
            score=one.score,
            subtracted=one.subtracted,
            findings=catalog.annotate(one.findings),
        )
        for one in judged.groups
    )
    scores = [one.score for one in groups if one.score is not None]
    return Audit(
        source=cluster.source,
        kubernetes_version=cluster.version,
        objects=len(cluster.objects),
        score=sum(scores) // len(scores) if scores else None,
        groups=groups,
        suppressed=judged.suppressed,
        disabled=dict(chosen.disabled),
        not_judged=cluster.unknown_kinds(),
        others=cluster.others,
        unread=cluster.unread,
        origin=cluster.origin,
        notes=(*judged.notes, *_without_objects(cluster)),
    )


def _without_objects(cluster: Cluster) -> Iterator[str]:
    """Files that were named one by one, and hold nothing to judge."""
    for name in sorted(set(cluster.named) & set(cluster.others)):
        yield f"{name}: holds no Kubernetes object"


def _baseline(ctx: Context, baselines: Baselines) -> Baseline | None:
    if baselines.use is not None:
        return _load(baselines.use)
    named = ctx.estate.section("k8s", Section).baseline
    if named is None:
        return None
    path = ctx.estate.folder / named
    # The one that is about to be written need not be there.
    if baselines.write is not None and not path.exists():
        return None
    return _load(path)


def _load(path: Path) -> Baseline:
    return Baseline(str(path), load_baseline(path))


def _write(
    ctx: Context, baselines: Baselines, found: tuple[Finding, ...], known: Baseline | None
) -> None:
    assert baselines.write is not None
    try:
        reason = parse_reason(baselines.reason or "")
    except ValueError as error:
        raise UserError(
            f"--write-baseline: {error}",
            value=baselines.reason,
            expected='--reason "why these are borne [until 2027-01-31]"',
        ) from error
    reasons = (known.reasons if known else None) or {}
    count = write_baseline(baselines.write, found, reason, reasons)
    ctx.progress.note(f"wrote {count:,} findings to {baselines.write}")
