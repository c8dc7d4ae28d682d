"""Every question, asked of Spark and of the built-in engine: the same answers."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from offcall.accesslogs.engine.raw import COLUMNS
from offcall.accesslogs.engine.spark import Spark, ask, keep, path_of, session, sql_of
from offcall.core.context import Context
from offcall.core.errors import MissingExtra, SourceError, UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from tests.accesslogs import lines
from tests.accesslogs.engine.asked import expected, questions, same, write

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with session("local[2]") as made:
        # Compiling each question takes much longer than answering it.
        made.conf.set("spark.sql.codegen.wholeStage", "false")
        made.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        made.conf.set("spark.sql.shuffle.partitions", "1")
        yield made


def test_every_question_has_the_same_answer(spark: SparkSession, tmp_path: Path) -> None:
    asked = questions(sorts=False)
    files = write(tmp_path, 1, 2)
    wanted, tally = expected(files, asked)
    paths = [path_of(str(one)) for one in files]
    with keep(spark, paths, COLUMNS) as reading, ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda one: ask(spark, sql_of(one)), asked.values())
        for name, rows in zip(asked, found, strict=True):
            same(name, rows, wanted[name])
    assert (reading.lines, reading.rejected) == (tally.lines, tally.rejected)
    assert reading.size == sum(one.stat().st_size for one in files)
    assert reading.rejected > 0
    assert {one.file for one in reading.examples} <= {str(one) for one in files}


def run(tool: str, **arguments: Any) -> Any:
    with Context(Estate()) as ctx:
        return find_tool(tool).call(ctx, **arguments)


COMMANDS: dict[str, dict[str, Any]] = {
    "logs top": {"limit": 200},
    "logs errors": {"least": 400},
    "logs targets": {},
}


@pytest.mark.parametrize("tool", COMMANDS)
def test_a_command_says_the_same(spark: SparkSession, tmp_path: Path, tool: str) -> None:
    file = tmp_path / "a.log.gz"
    file.write_bytes(gzip.compress(lines.content("alb", 5, 200)))
    same_, other = (
        run(tool, places=[str(file)], engine=engine, max_rejects="100%", **COMMANDS[tool])
        for engine in ("duckdb", "spark")
    )
    leave = {"reading": {"examples", "size"}}
    assert other.model_dump(exclude=leave) == same_.model_dump(exclude=leave)


def test_two_sides_are_compared_by_learned_routes(spark: SparkSession, tmp_path: Path) -> None:
    sides = []
    for side in ("before", "after"):
        file = tmp_path / f"{side}.log"
        made = [lines.alb(lines.random.Random(n), 30) for n in range(60)]
        for number, fields in enumerate(made):
            fields[12] = f'"GET https://a.b:443/items/red-shoe-x{number}-{side} HTTP/1.1"'
        file.write_bytes(b"".join(lines.join("alb", one) + b"\n" for one in made))
        sides.append(str(file))
    same_, other = (
        run("logs compare", before=sides[0], after=sides[1], engine=engine)
        for engine in ("duckdb", "spark")
    )
    assert "/items/{*}" in str(other.changes)
    assert other.changes == same_.changes


def test_too_many_malformed_lines_fail(spark: SparkSession, tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_bytes(lines.good("alb", lines.random.Random(1)) + b"\n\njunk\n")
    found = run("logs top", places=[str(file)], engine="spark")
    assert found.failed()
    assert found.incomplete() == (
        f"1 line could not be read; the first: {file}: is no line of Application Load Balancer",
    )


def test_a_file_that_is_cut_off_is_an_error(spark: SparkSession, tmp_path: Path) -> None:
    file = tmp_path / "a.log.gz"
    file.write_bytes(gzip.compress(lines.content("alb", 1, 50))[:-900])
    with pytest.raises(SourceError, match=r"Spark could not answer: .*[Uu]nexpected end"):
        run("logs top", places=[str(file)], engine="spark")


def test_what_spark_cannot_do() -> None:
    with pytest.raises(UserError, match="not standard input"):
        path_of("-")
    with pytest.raises(UserError, match="--rejects is for --engine duckdb"):
        run("logs top", places=["x"], engine="spark", rejects=Path("r"))
    with pytest.raises(UserError, match="--yes is for --engine athena"):
        run("logs top", places=["x"], engine="spark", yes=True)


def test_paths() -> None:
    assert path_of("s3://logs/a b/[c].gz") == r"s3a://logs/a b/\[c\].gz"
    assert path_of("/logs/*.gz") == r"file:///logs/\*.gz"


def test_spark_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingExtra, match=r"offcall\[spark\]"):
        Spark()
