"""Spark: it reads the files itself, here or on a cluster, and answers in the same SQL.

Only logs of Application Load Balancers. What a question uses of the lines is kept by Spark while it
is answered (in memory, then on disk), so that every line is read and judged once, and counted.

https://spark.apache.org/docs/latest/sql-ref.html
"""

from __future__ import annotations

import os
import re
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from offcall.accesslogs.engine.raw import COLUMNS, OPTIONAL, pattern
from offcall.accesslogs.engine.views import SPARK, good, requests
from offcall.accesslogs.formats.alb import ALB
from offcall.accesslogs.questions.question import Question
from offcall.accesslogs.reading.lines import LONGEST
from offcall.accesslogs.results.answers import Reading, RejectedLine
from offcall.accesslogs.sources.bucket import is_place
from offcall.accesslogs.sources.local import STDIN
from offcall.core.errors import SourceError, UserError
from offcall.core.extras import require

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

    from offcall.accesslogs.asked import Asked
    from offcall.accesslogs.engine.elsewhere import Rows
    from offcall.core.context import Context

__all__ = ["Spark", "ask", "keep", "path_of", "session", "sql_of"]

LOCAL = "local[*]"
_VIEW = "log_lines"
_SHOWN = 5
"""Malformed lines that an answer quotes."""

_CONFIG = {
    # Times are UTC, whatever the zone of this machine.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    # A backslash in a text is one, as in the other engines.
    "spark.sql.parser.escapedStringLiterals": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
_LOCAL_CONFIG = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
}


class Spark:
    """Spark, on this machine or on the cluster of a master."""

    def __init__(self, master: str | None = None) -> None:
        """Raises MissingExtra if PySpark is not installed."""
        require("pyspark", "spark")
        self._master = master or LOCAL

    def ask(
        self, ctx: Context, questions: Sequence[tuple[Asked, Question]]
    ) -> list[tuple[Rows, Reading]]:
        """See `Elsewhere`.

        Raises:
            UserError: standard input, which Spark cannot read.
            SourceError: Spark does not start, or cannot read a file.
        """
        found = []
        # PySpark warns of a pandas that it does not know; it is not used.
        warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
        with session(self._master) as spark, ctx.progress.task("asking Spark") as advance:
            for asked, question in questions:
                names = [one.name for one in asked.files(ctx)]
                sql = sql_of(question)
                needed = [one for one in COLUMNS if re.search(rf"\b{one}\b", sql)]
                with keep(spark, [path_of(one) for one in names], needed) as reading:
                    found.append((ask(spark, sql), reading))
                advance(1)
        return found


@cache
def _gateway() -> Any:
    """Java, started once; what it writes to standard error while it starts is no part of ours."""
    from pyspark import SparkConf
    from pyspark.java_gateway import launch_gateway

    launch: Any = launch_gateway  # it has no types
    return launch(SparkConf(), {"stderr": subprocess.DEVNULL})


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A session, the one that there is already or one for this block."""
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    local = _LOCAL_CONFIG if master.startswith("local") else {}
    try:
        conf = SparkConf(_jvm=_gateway().jvm).setMaster(master).setAppName("offcall")
        conf.setAll([*_CONFIG.items(), *local.items()])
        made = SparkSession(SparkContext(conf=conf, gateway=_gateway()))
    except (PySparkException, Py4JError) as error:
        java = "it needs Java 17 or newer: java on the PATH, or JAVA_HOME"
        hint = java if local else f"{master} must be reachable, and of the same version of Spark"
        raise SourceError(f"Spark did not start: {_cause(error)}", hint=hint) from error
    try:
        yield made
    finally:
        made.stop()


def _first(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def path_of(name: str) -> str:
    """A file as Spark names it; what has a meaning in its patterns is meant as it is."""
    if name == STDIN:
        raise UserError("Spark reads files, not standard input", value=name)
    path = f"s3a://{name[len('s3://') :]}" if is_place(name) else f"file://{os.path.abspath(name)}"  # noqa: PTH100 - leaves links as they are
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", path)


@contextmanager
def keep(spark: SparkSession, paths: Sequence[str], columns: Sequence[str]) -> Iterator[Reading]:
    """Have these columns of the table of texts at hand for `ask`; what they are made of.

    Raises:
        SourceError: Spark cannot read a file, or a step of it failed.
    """
    from py4j.protocol import Py4JError
    from pyspark import StorageLevel
    from pyspark.errors import PySparkException

    try:
        whole = _lines(spark, paths)
        kept = whole.select("file", "size", "is_line", "is_wrong", *columns)
        kept.persist(StorageLevel.MEMORY_AND_DISK)
        try:
            reading = _count(kept, whole, len(paths))
            kept.createOrReplaceTempView(_VIEW)
            yield reading
        finally:
            kept.unpersist()
    except (PySparkException, Py4JError) as error:
        raise SourceError(f"Spark could not answer: {_cause(error)}") from error


def ask(spark: SparkSession, sql: str) -> Rows:
    """The rows of a question about what is kept."""
    return [tuple(row) for row in spark.sql(sql).collect()]


def sql_of(question: Question) -> str:
    """The question, with what it is asked about before it."""
    return requests(SPARK, _VIEW, question.uses, "is_line") + question.sql


def _cause(error: Exception) -> str:
    """What Java said in the first place, in one line: it stands last."""
    said = re.findall(r"^(?:Caused by)?: [\w.$]+: (.+)$", str(error), re.MULTILINE)
    return str(said[-1]) if said else _first(error)


@cache
def _groups() -> tuple[dict[str, int], dict[int, int], int]:
    """Where the value of each column, and the mark of each optional block, stands; how many."""
    values: dict[str, int] = {}
    marks: dict[int, int] = {}
    count = 0
    for name in COLUMNS:
        block = OPTIONAL.get(name)
        if block is not None and block not in marks:
            marks[block] = count
            count += 1
        values[name] = count
        count += 1
    return values, marks, count


def _lines(spark: SparkSession, paths: Sequence[str]) -> DataFrame:
    """The table of texts: line, file, size, is_line, is_wrong, and a column a field."""
    from pyspark.sql import functions as F  # noqa: N812 - everybody calls it so

    values, marks, count = _groups()
    line = F.regexp_replace("value", "\r$", "")
    # One look with the expression finds all fields: its groups, a line each. In a line is no other.
    groups = F.lit("\n".join(f"${number}" for number in range(1, count + 1)))
    joined = F.regexp_replace("line", F.lit(pattern(marked=True)), groups)

    def column(name: str) -> Column:
        value = F.get("fields", F.lit(values[name]))
        if name in OPTIONAL:
            value = F.when(F.get("fields", F.lit(marks[OPTIONAL[name]])) != "", value)
        return value.alias(name)

    text = spark.read.option("lineSep", "\n").text(list(paths))
    size = (F.octet_length("value") + 1).alias("size")
    split = text.select(line.alias("line"), size, F.col("_metadata.file_path").alias("url")).select(
        "line", "size", "url", F.split(joined, "\n", -1).alias("fields")
    )
    is_line = F.expr(good()) & (F.octet_length("line") <= LONGEST)
    return split.select(
        "line",
        _name("url").alias("file"),
        "size",
        *(column(name) for name in COLUMNS),
    ).select("*", is_line.alias("is_line"), ((F.col("line") != "") & ~is_line).alias("is_wrong"))


def _name(url: str) -> Column:
    """A file as people name it: without `file:`, and without escapes."""
    from pyspark.sql import functions as F  # noqa: N812 - everybody calls it so

    plain = F.url_decode(F.replace(F.col(url), F.lit("+"), F.lit("%2B")))
    return F.regexp_replace(F.regexp_replace(plain, "^file:/+", "/"), "^s3a:", "s3:")


def _count(kept: Any, whole: DataFrame, files: int) -> Reading:
    """How many lines there are, and some that are none."""
    from pyspark.sql import functions as F  # noqa: N812 - everybody calls it so

    counts = kept.agg(
        F.count(F.lit(1)).alias("lines"),
        F.sum("size").alias("size"),
        F.count_if("is_wrong").alias("wrong"),
    ).first()
    shown = whole.filter("is_wrong").limit(_SHOWN).collect() if counts["wrong"] else []
    return Reading(
        files={ALB.name: files},
        lines=counts["lines"],
        size=counts["size"] or 0,
        rejected=counts["wrong"],
        examples=tuple(
            RejectedLine(
                file=one["file"],
                line=None,
                reason=f"is no line of {ALB.title}",
                text=one["line"][:200],
            )
            for one in shown
        ),
    )
