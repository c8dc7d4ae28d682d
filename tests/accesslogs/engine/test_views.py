"""What is said in SQL of a line is what the reader says of it.

The text for Athena is translated from Trino's dialect by sqlglot and run by DuckDB over a table of
texts, which the same expression fills as Athena's RegexSerDe does.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from offcall.accesslogs.engine.raw import COLUMNS, FIELDS, OPTIONAL, pattern
from offcall.accesslogs.engine.views import TRINO, good, requests
from tests.accesslogs import lines, reference
from tests.accesslogs.engine.asked import expected, questions, same, write

LINE = re.compile(pattern())


def texts(files: list[Path]) -> pa.Table:
    """The table of texts as Athena has it: what is no line has no values."""
    rows: list[tuple[Any, ...]] = []
    for file in files:
        for line in file.read_bytes().split(b"\n"):
            text = line.removesuffix(b"\r").decode(errors="replace")
            found = LINE.match(text) if text else None
            rows.append((*(found.groups() if found else (None,) * len(COLUMNS)), str(file)))
    names = (*COLUMNS, "$path")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def translated(sql: str) -> str:
    """The same for DuckDB, which writes groups in a replacement in another way."""

    def groups(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.RegexpReplace) and isinstance(
            node.args["replacement"], exp.Literal
        ):
            text = re.sub(r"\$(\d)", r"\\\1", node.args["replacement"].this)
            node.set("replacement", exp.Literal.string(text))
        return node

    return sqlglot.parse_one(sql, read="trino").transform(groups).sql("duckdb")


def test_every_question_for_athena_has_the_answer_of_the_reader(tmp_path: Path) -> None:
    files = write(tmp_path, 1, 2, 3)
    asked = questions()
    wanted, _ = expected(files, asked)
    with duckdb.connect() as db:
        db.register("log_lines", texts(files))
        for name, question in asked.items():
            sql = requests(TRINO, "log_lines", question.uses, good()) + question.sql
            same(name, db.execute(translated(sql)).fetchall(), wanted[name])


def is_line(line: bytes) -> reference.Split | None:
    """Its fields, if they are as many, and quoted, as AWS's page says."""
    kind = next(one for one in reference.KINDS if one.name == "alb")
    found = reference.split(line, b" ", quotes=True)
    if found is None or not (len(found.values) in kind.lengths or len(found.values) > len(FIELDS)):
        return None
    pairs = zip(kind.fields, found.quoted, strict=False)
    if any(quoted != name.startswith('"') for name, quoted in pairs if not name.endswith("?")):
        return None
    return found


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_expression_splits_as_the_reader(seed: int) -> None:
    line = lines.hostile("alb", lines.random.Random(seed)).removesuffix(b"\r")
    wanted, found = is_line(line), LINE.match(line.decode("latin-1"))
    assert (found is not None) == (wanted is not None)
    if found is not None and wanted is not None:
        texts = [one.decode("latin-1") for one in wanted.values]
        count = len(FIELDS)
        rest = line[wanted.begins[count] :].decode("latin-1") if len(texts) > count else None
        assert list(found.groups()) == [
            *texts[:count],
            *[None] * (count - len(texts)),
            rest,
        ]


def test_marks_tell_what_is_missing_from_what_is_empty() -> None:
    fields = lines.alb(lines.random.Random(1), 25)
    fields[24] = '""'
    found = re.match(pattern(marked=True), lines.join("alb", fields).decode())
    assert found is not None
    assert len(found.groups()) == len(COLUMNS) + len(set(OPTIONAL.values()))
    assert "" in found.groups()
    assert found.groups()[-1] is None


@pytest.mark.parametrize("marked", [False, True])
def test_there_is_no_backslash_in_the_expression(marked: bool) -> None:
    assert not {"\\", "'"} & set(pattern(marked=marked))
