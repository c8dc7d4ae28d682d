"""What views have in common: where they stand, and what they scale."""

from __future__ import annotations

from typing import Protocol

from offcall.kubernetes.model.policies import TargetRef
from offcall.kubernetes.objects import Object

__all__ = ["Located", "Targeting"]


class Located(Protocol):
    """A place in an object: a workload, container, probe, budget, …"""

    @property
    def object(self) -> Object:
        """The object."""
        ...

    @property
    def path(self) -> str:
        """The field at which it stands in the object; "" for the whole."""
        ...

    @property
    def key(self) -> str:
        """What tells it from others like it on the object: a container's name."""
        ...


class Targeting(Protocol):
    """An autoscaler, of any kind."""

    @property
    def object(self) -> Object:
        """The object."""
        ...

    @property
    def target(self) -> TargetRef:
        """What it scales."""
        ...
