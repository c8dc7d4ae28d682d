"""Machine fixes of checks: what to change, as data. `offcall k8s fix` applies them.

edits=[set_field(container, "resources.requests.cpu", "100m")]
edits=[remove_field(workload, "spec.replicas")]
edits=[add_object(a_budget_as_a_dict)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offcall.core.edits import AddObject, Edit, RemoveField, SetField
from offcall.kubernetes.paths import join, parse

if TYPE_CHECKING:
    from offcall.kubernetes.model.located import Located

__all__ = [
    "AddObject",
    "Edit",
    "RemoveField",
    "SetField",
    "add_object",
    "remove_field",
    "set_field",
]


def set_field(at: Located, field: str, value: Any) -> SetField:
    """Let `value` stand in a field below `at`, in place of what stands there."""
    return SetField(path=parse(join(at.path, field)), value=value)


def remove_field(at: Located, field: str) -> RemoveField:
    """Take away a field below `at`."""
    return RemoveField(path=parse(join(at.path, field)))


def add_object(body: dict[str, Any]) -> AddObject:
    """Add an object beside the one that the finding is about."""
    return AddObject(body=body)
