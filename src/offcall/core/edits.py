"""Changes to a document of keys and lists, such as a manifest, as data.

A check gives them in `Fix.edits`; whoever applies them keeps comments, order and formatting.
A path is a tuple of keys and places in lists: `("spec", "containers", 0, "image")`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["AddObject", "Edit", "Path", "RemoveField", "SetField"]

Path = tuple[str | int, ...]


class _Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class SetField(_Edit):
    """Let a value stand at a path of the resource that the finding is about.

    What is missing on the way is made. A place in a list that is the list's length appends.
    """

    op: Literal["set"] = "set"
    path: Path
    value: Any


class RemoveField(_Edit):
    """Take away what stands at a path of the resource that the finding is about."""

    op: Literal["remove"] = "remove"
    path: Path


class AddObject(_Edit):
    """Add a whole document beside that of the resource."""

    op: Literal["add"] = "add"
    body: dict[str, Any]


Edit = Annotated[SetField | RemoveField | AddObject, Field(discriminator="op")]
