"""What was seen of a cluster, live or in manifests."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, Literal

from pydantic import Field

from offcall.core.snapshots import Snapshot
from offcall.kubernetes.objects import Object
from offcall.kubernetes.versions import NEWEST

__all__ = ["Cluster", "Origin"]

Origin = Literal["manifests", "cluster", "both"]


class Cluster(Snapshot):
    """Objects that belong together, and what could not be read of them (`unread`).

    `source` says in words where they come from.
    """

    kind: ClassVar[str] = "offcall.kubernetes/1"

    objects: tuple[Object, ...] = ()
    origin: Origin = "manifests"
    context: str | None = Field(default=None, description="The name of the live cluster.")
    version: str = Field(default=NEWEST, description="Kubernetes' minor version to judge against.")
    files: tuple[str, ...] = Field(default=(), description="What was read.")
    named: tuple[str, ...] = Field(default=(), description="The paths that were named.")
    others: tuple[str, ...] = Field(
        default=(), description="Files, or documents of them, that hold no Kubernetes object."
    )

    def unknown_kinds(self) -> dict[str, int]:
        """The kinds that no check knows, as "Widget (example.com/v1)", and how many there are."""
        from offcall.kubernetes.model.kinds import is_known

        return dict(
            sorted(
                Counter(
                    f"{one.kind} ({one.api_version})" for one in self.objects if not is_known(one)
                ).items()
            )
        )
