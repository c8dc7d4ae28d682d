"""Reading a cluster, live or from manifests, into a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.core.snapshots import Unread
from offcall.kubernetes.reading.files import read_paths
from offcall.kubernetes.reading.manifests import object_of
from offcall.kubernetes.snapshot import Cluster
from offcall.kubernetes.versions import NEWEST, parse_version

if TYPE_CHECKING:
    from offcall.core.context import Progress
    from offcall.kubernetes.reading.live import Cluster as Live

__all__ = ["Target", "cluster_of", "read_cluster"]


@dataclass(frozen=True, slots=True)
class Target:
    """Which live cluster; see `reading.live.read_cluster`."""

    context: str | None = None
    kubeconfig: Path | None = None
    namespaces: tuple[str, ...] = ()


def read_cluster(
    paths: Sequence[Path],
    target: Target | None,
    *,
    version: str | None,
    now: datetime,
    progress: Progress,
) -> Cluster:
    """Read manifests, a live cluster, or both as one.

    Args:
        paths: files and folders; "-" is standard input.
        version: Kubernetes' version to judge against; the live server's, or the newest.

    Raises:
        UserError: a path that is not there, a context that is not known.
        SourceError: the cluster is away.
    """
    live = None
    if target is not None:
        from offcall.kubernetes.reading.live import read_cluster as read_live

        live = read_live(
            context=target.context,
            kubeconfig=target.kubeconfig,
            namespaces=target.namespaces,
            progress=progress,
        )
    return cluster_of(paths, live, version=version, now=now)


def cluster_of(
    paths: Sequence[Path], live: Live | None, *, version: str | None, now: datetime
) -> Cluster:
    """The snapshot of what stands in `paths` and what a cluster answered."""
    read = read_paths(paths)
    sources = [str(path) for path in paths]
    if live is not None:
        read.objects += filter(None, map(object_of, live.objects))
        read.unread += (Unread(what=one.what, why=one.reason) for one in live.not_read)
        sources.append(live.context)
        version = version or live.version
    return Cluster(
        taken_at=now,
        source=", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if sources[3:] else ""),
        unread=tuple(read.unread),
        objects=tuple(read.objects),
        origin="manifests" if live is None else "both" if paths else "cluster",
        context=live.context if live else None,
        version=parse_version(version) if version else NEWEST,
        files=tuple(read.files),
        named=tuple(map(str, paths)),
        others=tuple(read.others),
    )
