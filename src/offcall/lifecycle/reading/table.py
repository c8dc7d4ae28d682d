"""An inventory as a table: CSV, TSV, and what spreadsheets make of them."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from offcall.core.errors import UserError
from offcall.core.text import did_you_mean
from offcall.lifecycle.snapshot import Running

__all__ = ["read_table"]

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


def read_table(path: Path) -> Iterable[Running]:
    """The resources in a table.

    Raises:
        UserError: with file, line, value and what was expected.
    """
    file = str(path)
    body = _text(path)
    head = body.partition("\n")[0]
    if told := re.fullmatch(r"\"?sep=(.)\"?\r?", head, re.IGNORECASE):
        # A line for Excel; kept as an empty one, so that the lines keep their numbers.
        delimiter = told[1]
        body = body[len(head) :]
    else:
        delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(_numbered(reader))
    except csv.Error as error:
        raise UserError(f"not CSV: {error}", file=file, line=reader.line_num) from error
    rows = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
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
    _refuse_twins(header, names, file, line)
    if len(rows) == 1:
        raise UserError(
            "a header, and no resource below it", file=file, line=line, expected="a line each"
        )
    for line, cells in rows[1:]:
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
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            # "Unicode text" of a spreadsheet.
            return raw.decode("utf-16")
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror}", file=str(path)) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UserError(
            "not UTF-8 text",
            file=str(path),
            line=line,
            hint="in a spreadsheet, save it as CSV UTF-8",
        ) from error


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


def _refuse_twins(header: list[str], names: list[str], file: str, line: int) -> None:
    seen: dict[str, int] = {}
    for index, column in enumerate(header):
        first = seen.setdefault(column, index)
        if first != index:
            raise UserError(
                f"the columns {first + 1} and {index + 1} are both '{column}'",
                file=file,
                line=line,
                value=f"{names[first].strip()}, {names[index].strip()}",
                expected="each column once",
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
        elif column in ("multi_az", "auto_minor_version_upgrade"):
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
            expected="yes or no" if first["type"].startswith("bool") else None,
        ) from error
