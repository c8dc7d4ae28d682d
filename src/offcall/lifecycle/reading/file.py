"""An inventory from a CSV or YAML file, for what AWS's APIs do not show or may not be asked.

YAML:  resources: [{engine, version, name, ...}], with defaults, live and taken_at beside them.
CSV:   a header with the same names; a column "tag:NAME" (or "owner") is a tag.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from offcall.core.errors import UserError
from offcall.core.text import did_you_mean
from offcall.core.yamlfile import line_of, load_yaml, plain, validate
from offcall.lifecycle.snapshot import LiveSupport, Moment, Running

__all__ = ["Read", "read_file"]

COLUMNS = (
    "engine",
    "version",
    "name",
    "kind",
    "arn",
    "account",
    "region",
    "class",
    "vcpu",
    "instances",
    "multi_az",
    "acu",
    "acu_max",
    "engine_mode",
    "auto_minor_version_upgrade",
    "extended_support",
    "maintenance_window",
    "cluster",
    "cluster_version",
    "certificate",
    "certificate_valid_till",
)
FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
LIMIT = 64 * 1024 * 1024


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
    read = Read(tuple(_table(path))) if path.suffix.lower() in (".csv", ".tsv") else _yaml(path)
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


def _table(path: Path) -> Iterable[Running]:
    file = str(path)
    body = _text(path)
    head = body.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(_numbered(reader))
    except csv.Error as error:
        raise UserError(f"not CSV: {error}", file=file, line=reader.line_num) from error
    if not rows:
        raise UserError("the file is empty", file=file, expected=f"a header: {', '.join(COLUMNS)}")
    line, names = rows[0]
    header = [_column(name, file, line) for name in names]
    for name in ("engine", "version"):
        if name not in header:
            raise UserError(
                f"the header has no column '{name}'",
                file=file,
                line=line,
                value=delimiter.join(names),
                expected="engine, version, and name or arn",
            )
    for line, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise UserError(
                f"{len(cells)} cells under a header of {len(header)} columns",
                file=file,
                line=line,
                value=delimiter.join(cells),
            )
        yield _row(dict(zip(header, cells, strict=True)), file, line)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes() if str(path) != "-" else sys.stdin.buffer.read()
        if len(raw) > LIMIT:
            raise UserError("larger than 64 MiB; is this an inventory?", file=str(path))
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror}", file=str(path)) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UserError("not UTF-8 text", file=str(path), line=line) from error


def _numbered(reader: Any) -> Iterable[tuple[int, list[str]]]:
    """Rows with the line at which each begins: a quoted cell may span lines."""
    before = 0
    for cells in reader:
        yield before + 1, cells
        before = reader.line_num


def _column(name: str, file: str, line: int) -> str:
    column = name.strip().lower().replace(" ", "_").replace("-", "_")
    column = {"instance_class": "class", "owner": "tag:owner", "team": "tag:team"}.get(
        column, column
    )
    if column.startswith("tag:") or column in COLUMNS:
        return f"tag:{name.strip()[4:]}" if name.strip().lower().startswith("tag:") else column
    raise UserError(
        f"unknown column '{name.strip()}'",
        file=file,
        line=line,
        expected=", ".join(COLUMNS) + ", tag:NAME",
        hint=did_you_mean(column, COLUMNS),
    )


def _row(cells: dict[str, str], file: str, line: int) -> Running:
    values: dict[str, Any] = {"file": file, "line": line, "tags": {}}
    certificate: dict[str, str] = {}
    for column, cell in cells.items():
        value = cell.strip()
        if not value:
            continue
        if column.startswith("tag:"):
            values["tags"][column[4:]] = value
        elif column == "certificate":
            certificate["authority"] = value
        elif column == "certificate_valid_till":
            certificate["valid_till"] = value
        elif column in ("multi_az", "auto_minor_version_upgrade", "extended_support"):
            values[column] = FLAGS.get(value.lower(), value)
        else:
            values[column] = value
    if certificate:
        values["certificate"] = {"authority": "unknown", **certificate}
    try:
        return Running.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "missing":
            raise UserError(
                f"{name} is missing", file=file, line=line, expected=f"a value for {name}"
            ) from error
        raise UserError(
            f"{name}: {first['msg'].removeprefix('Value error, ')}",
            file=file,
            line=line,
            value=first.get("input"),
        ) from error
