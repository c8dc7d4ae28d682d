"""An inventory from a CSV or YAML file, for what AWS's APIs do not show or may not be asked.

YAML:  resources: [{engine, version, name, ...}], with defaults, live and taken_at beside them;
       `resources: []` says that nothing runs.
CSV:   a header with the same names; a column "tag:NAME" (or "owner") is a tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.errors import UserError
from offcall.core.yamlfile import line_of, load_yaml, plain, validate
from offcall.lifecycle.reading.table import read_table
from offcall.lifecycle.snapshot import LiveSupport, Moment, Running

__all__ = ["Read", "read_file"]


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds."""

    resources: tuple[Running, ...]
    live: tuple[LiveSupport, ...] = ()
    taken_at: datetime | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    taken_at: Moment | None = None
    defaults: dict[str, Any] = Field(default_factory=dict)
    resources: list[Any] = Field(default_factory=list)
    live: list[Any] = Field(default_factory=list)


def read_file(path: Path, *, shown: str | None = None) -> Read:
    """The inventory in a file; `.csv` and `.tsv` are tables, all else is YAML (JSON too).

    Args:
        shown: how findings name the file, when that is not its path.

    Raises:
        UserError: with file, line, value and what was expected.
    """
    read = Read(tuple(read_table(path))) if path.suffix.lower() in (".csv", ".tsv") else _yaml(path)
    if shown is None:
        return read
    renamed = tuple(one.model_copy(update={"file": shown}) for one in read.resources)
    return Read(renamed, read.live, read.taken_at)


def _yaml(path: Path) -> Read:
    root = load_yaml(path)
    file = str(path)
    if not isinstance(root, dict):
        raise UserError("an inventory is a mapping", file=file, line=1, expected="resources: [...]")
    whole = validate(_File, root, file=file)
    if not {"resources", "live"} & root.keys():
        # An export that failed leaves such a file, and "nothing runs here" would be a lie.
        raise UserError(
            "the inventory has no 'resources'" if root else "the file is empty",
            file=file,
            expected="resources: [...]; where nothing runs, write 'resources: []'",
        )
    live = tuple(
        validate(LiveSupport, node, file=file, prefix=["live", index], root=root)
        for index, node in enumerate(root.get("live") or ())
    )
    resources = []
    for index, node in enumerate(root.get("resources") or ()):
        where: list[str | int] = ["resources", index]
        if not isinstance(node, dict):
            raise UserError(
                "a resource is a mapping",
                file=file,
                line=line_of(root, where),
                value=node,
                expected="engine, version, name, ...",
            )
        full = {**whole.defaults, **plain(node)}
        one = validate(Running, full, file=file, prefix=where, root=root)
        line = line_of(root, where)
        resources.append(one.model_copy(update={"file": file, "line": line}))
    return Read(tuple(resources), live, whole.taken_at)
