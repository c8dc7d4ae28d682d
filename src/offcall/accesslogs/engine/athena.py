"""Athena: it reads the bucket itself, for money; nothing is asked before that is agreed to.

https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from offcall.accesslogs.engine.scanning import Days, price
from offcall.accesslogs.engine.table import Folder, name_of_database
from offcall.accesslogs.engine.views import TRINO, good, requests
from offcall.accesslogs.formats.alb import ALB
from offcall.accesslogs.questions.question import Question
from offcall.accesslogs.results.answers import Missing, Reading
from offcall.accesslogs.sources.bucket import Options, Place, Remote
from offcall.accesslogs.sources.listing import list_place
from offcall.accesslogs.sources.selecting import Selection
from offcall.core.aws import AwsError, client
from offcall.core.changes import Change
from offcall.core.errors import SourceError, UserError
from offcall.core.people import account
from offcall.core.render.humane import bytes_text
from offcall.core.windows import Window

if TYPE_CHECKING:
    from offcall.accesslogs.asking import Asked
    from offcall.accesslogs.engine.elsewhere import Rows
    from offcall.core.context import Context, Progress

__all__ = ["Athena", "Queries"]

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
"""How long to wait before the state of a query is looked at, at first and later, in seconds."""

NOT_COUNTED = (
    "malformed lines are left out of the answer and not counted, which would cost a second scan"
)


@dataclass(frozen=True, slots=True)
class _Plan:
    folder: Folder
    sql: str
    objects: tuple[Remote, ...]


class Athena:
    """Athena, by a workgroup or a place for results."""

    def __init__(
        self, output: str | None, workgroup: str | None, database: str | None, *, yes: bool
    ) -> None:
        """Yes: what it costs is agreed to."""
        self._output = output
        self._workgroup = workgroup
        self._database = name_of_database(database)
        self._yes = yes

    def ask(
        self, ctx: Context, questions: Sequence[tuple[Asked, Question]]
    ) -> list[tuple[Rows, Reading]]:
        """See `Elsewhere`. What is asked is kept in the audit, as it costs money.

        Raises:
            UserError: another place than `Folder`; or what it costs is not agreed to, and this
                says how much.
            SourceError: a query fails.
        """
        plans = [self._plan(ctx, asked, question) for asked, question in questions]
        scan = price(one.objects for one in plans)
        if not self._yes:
            raise UserError(f"nothing was asked yet: {scan.words()}", hint="--yes asks")
        ctx.progress.note(scan.words())
        change = Change(
            account(),
            "logs --engine athena",
            {"places": [one.folder.location for one in plans], "price": str(scan.cost)},
        )
        found = []
        with ctx.journal(change) as said:
            scanned = 0
            for one in plans:
                queries = Queries(one.folder.region, self._output, self._workgroup)
                rows, size = queries.run(one.sql, self._database, ctx.progress)
                scanned += size
                found.append((rows, _reading(one, size)))
            said(f"scanned {bytes_text(scanned)}")
        return found

    def _plan(self, ctx: Context, asked: Asked, question: Question) -> _Plan:
        if len(asked.places) != 1:
            raise UserError(
                "Athena reads one place at a time", value=" ".join(asked.places) or "the estate's"
            )
        folder = Folder.parse(asked.places[0])
        days = Days.of(asked.filter)
        where = " AND ".join(filter(None, (days.sql(), good())))
        table = f'"{self._database}"."{folder.table}"'
        sql = requests(TRINO, table, question.uses, where) + question.sql
        return _Plan(folder, sql, tuple(_objects(folder, days, ctx.progress)))


def _objects(folder: Folder, days: Days, progress: Progress) -> Iterator[Remote]:
    """All that Athena reads: a day's folder whole, whatever the names of its files tell."""
    first, last = days.around()
    window = Window(first, last, "", UTC) if first or last else None
    place = Place(folder.bucket, folder.prefix)
    listing = list_place(place, Selection(window), options=Options(), progress=progress)
    if listing.problems:
        raise listing.problems[0][1]
    for one in listing.objects:
        if days.has(one.key.removeprefix(folder.prefix)):
            yield one


def _reading(plan: _Plan, scanned: int) -> Reading:
    return Reading(
        files={ALB.name: len(plan.objects)},
        lines=None,
        size=scanned,
        missing=(Missing(file=plan.folder.location, reason=NOT_COUNTED),),
    )


class Queries:
    """Queries of one region: started, waited for, read, and stopped when nobody waits."""

    def __init__(
        self,
        region: str,
        output: str | None,
        workgroup: str | None,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        """Raises AwsError if there are no credentials."""
        self._athena = client("athena", region=region)
        self._pause = pause
        self._options: dict[str, Any] = {}
        if output is not None:
            self._options["ResultConfiguration"] = {"OutputLocation": output}
        if workgroup is not None:
            self._options["WorkGroup"] = workgroup

    def run(self, sql: str, database: str | None, progress: Progress) -> tuple[Rows, int]:
        """The rows of a query, and the bytes that it scanned.

        Raises:
            AwsError, AwsDenied: a call fails.
            SourceError: the query does, in Athena's words.
        """
        context = {"QueryExecutionContext": {"Database": database}} if database else {}
        started = self._athena.call(
            "start_query_execution", QueryString=sql, **context, **self._options
        )
        query = started["QueryExecutionId"]
        try:
            done = self._wait(query, progress)
        except BaseException:
            self._stop(query, progress)
            raise
        scanned = done.get("Statistics", {}).get("DataScannedInBytes", 0)
        return list(self._rows(query)), scanned

    def _wait(self, query: str, progress: Progress) -> dict[str, Any]:
        pause = FIRST_PAUSE
        with progress.task("asking Athena") as advance:
            while True:
                answer = self._athena.call("get_query_execution", QueryExecutionId=query)
                found: dict[str, Any] = answer["QueryExecution"]
                state = found["Status"]["State"]
                if state == "SUCCEEDED":
                    return found
                if state in ("FAILED", "CANCELLED"):
                    raise _failure(query, found["Status"])
                advance(0)
                self._pause(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE)

    def _stop(self, query: str, progress: Progress) -> None:
        """Nobody waits for it any more, and it would go on scanning for money."""
        try:
            self._athena.call("stop_query_execution", QueryExecutionId=query)
        except AwsError as error:
            progress.note(f"the query {query} may still run: {error.message}")

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        token: dict[str, str] = {}
        first = True
        while True:
            page = self._athena.call("get_query_results", QueryExecutionId=query, **token)
            result = page["ResultSet"]
            columns = result["ResultSetMetadata"]["ColumnInfo"]
            rows = [[one.get("VarCharValue") for one in row["Data"]] for row in result["Rows"]]
            if first and rows and rows[0] == [one["Name"] for one in columns]:
                rows = rows[1:]
            first = False
            read = [_TYPES.get(one["Type"], str) for one in columns]
            for row in rows:
                yield tuple(
                    None if value is None else make(value)
                    for make, value in zip(read, row, strict=True)
                )
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}


_TYPES: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), int),
    **dict.fromkeys(("float", "real", "double", "decimal"), float),
    "timestamp": datetime.fromisoformat,
    "boolean": lambda text: text == "true",
}


def _failure(query: str, status: dict[str, Any]) -> SourceError:
    reason = status.get("StateChangeReason") or "no reason is given"
    if status["State"] == "CANCELLED":
        return SourceError(f"Athena's query {query} was stopped: {reason}")
    missing = "TABLE_NOT_FOUND" in reason or "SCHEMA_NOT_FOUND" in reason
    hint = "offcall logs athena-table PLACE makes the table" if missing else None
    return SourceError(f"Athena's query {query} failed: {reason}", hint=hint)
