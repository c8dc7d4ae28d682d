"""From what was typed to an answer: find the files, ask, shape the rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, get_args

from offcall.accesslogs.asked import Asked
from offcall.accesslogs.columns import TABLES, Table
from offcall.accesslogs.comparing import compare
from offcall.accesslogs.engine.counting import can_count, leading
from offcall.accesslogs.engine.elsewhere import finish_here
from offcall.accesslogs.engine.logs import Logs, Rows
from offcall.accesslogs.questions.dimensions import DimensionName, MeasureName
from offcall.accesslogs.questions.question import Question
from offcall.accesslogs.questions.single import clients, errors, slow
from offcall.accesslogs.questions.top import count_by, every, greatest, targets, timeline
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.results.answers import Reading
from offcall.accesslogs.results.changes import Comparison
from offcall.accesslogs.results.groups import Steps, Top
from offcall.accesslogs.results.parties import ClientList, TargetList
from offcall.accesslogs.results.requests import ErrorList, SlowList, SqlRows
from offcall.accesslogs.shaping import SPEECH, group_of
from offcall.core.errors import UserError

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = [
    "Asked",
    "client_list",
    "comparison",
    "error_list",
    "slow_list",
    "sql_rows",
    "steps_of",
    "target_list",
    "top_of",
]


def top_of(
    ctx: Context, asked: Asked, by: DimensionName, measure: MeasureName, sort: str, limit: int
) -> Top:
    """`logs top`."""
    written = by == "route" and bool(asked.routes)
    if asked.engine is None and not written and can_count(by, asked.conditions, sort):
        rows, reading = asked.run(ctx, partial(leading, by, measure, sort, limit))
        return asked.answers(reading, measure).top(rows, by, sort)
    counted = count_by(by, measure=measure, conditions=asked.conditions, route=asked.route)
    finish = partial(greatest, dimension=by, sort=sort, limit=limit)
    if by == "route":
        rows, reading = asked.ask_by_route(ctx, counted, finish)
    else:
        rows, reading = asked.ask(ctx, Question(finish(counted.sql), counted.uses))
    return asked.answers(reading, measure).top(rows, by, sort)


def steps_of(ctx: Context, asked: Asked, step: int, measure: MeasureName) -> Steps:
    """`logs timeline`."""
    question = timeline(step, measure=measure, conditions=asked.conditions)
    rows, reading = asked.ask(ctx, question)
    return asked.answers(reading, measure).steps(rows, step)


def slow_list(ctx: Context, asked: Asked, measure: MeasureName, limit: int) -> SlowList:
    """`logs slow`."""
    rows, reading = asked.ask(ctx, slow(measure, asked.conditions, limit))
    return asked.answers(reading, measure).slow(rows)


def client_list(ctx: Context, asked: Asked, sort: str, limit: int) -> ClientList:
    """`logs clients`."""
    rows, reading = asked.ask(ctx, clients(asked.conditions, sort, limit))
    return asked.answers(reading).clients(rows)


def target_list(ctx: Context, asked: Asked, measure: MeasureName) -> TargetList:
    """`logs targets`."""
    question = targets(measure=measure, conditions=asked.conditions)
    rows, reading = asked.ask(ctx, question)
    return asked.answers(reading, measure).targets(rows)


def error_list(ctx: Context, asked: Asked, least: int) -> ErrorList:
    """`logs errors`."""
    rows, reading = asked.ask(ctx, errors(asked.conditions, least))
    return asked.answers(reading).errors(rows)


def comparison(
    ctx: Context,
    before: tuple[str, Asked],
    after: tuple[str, Asked],
    by: DimensionName,
    measure: MeasureName,
    limit: int,
) -> Comparison:
    """`logs compare`; each side in words, and what it is of."""
    asked = after[1]
    sides = [
        (one, count_by(by, measure=measure, conditions=one.conditions, route=one.route))
        for _, one in (before, after)
    ]
    rows, reading = _of_sides(ctx, sides, by_route=by == "route")
    of_side = [[row for row in rows if str(row[0]).startswith(side)] for side in "01"]
    groups = [
        [group_of((row[0][1:], *row[1:]), sum(one[1] for one in mine)) for row in mine]
        for mine in of_side
    ]
    changes = compare(*groups)
    return Comparison(
        by=by,
        measure=SPEECH[measure],
        before=before[0],
        after=after[0],
        changes=changes[:limit],
        left_out=max(len(changes) - limit, 0),
        asked=", ".join(
            one for one in asked.filter.words if not one.startswith(("since", "until"))
        ),
        reading=reading,
    )


def _of_sides(
    ctx: Context, sides: Sequence[tuple[Asked, Question]], *, by_route: bool
) -> tuple[Rows, Reading]:
    """Every value of what was counted on each side; its key begins with the side's number."""
    from offcall.accesslogs.engine.duck import answer_sides

    asked = sides[-1][0]
    if asked.engine is not None:
        counted = asked.engine.ask(ctx, sides)
        rows = finish_here([one for one, _ in counted], every, by_route=by_route)
        return rows, asked.judged(Reading.of_all([one for _, one in counted]))
    tally = Tally(keep=asked.rejects)
    files = [one.files(ctx) for one, _ in sides]
    with ctx.progress.task("reading logs", total=sum(map(len, files))) as advance:
        logs = [Logs(mine, tally, asked.workers(), lambda _: advance(1)) for mine in files]
        questions = [question for _, question in sides]
        rows = answer_sides(list(zip(questions, logs, strict=True)), every, by_route=by_route)
    return rows, asked.read(tally)


def sql_rows(ctx: Context, asked: Asked, query: str, limit: int) -> SqlRows:
    """`logs sql`.

    Raises:
        UserError: it is not one SELECT, or DuckDB does not understand it.
    """
    import duckdb

    from offcall.accesslogs.engine.duck import connect, load

    tally = Tally(keep=asked.rejects)
    files = asked.files(ctx)
    words = set(re.findall(r"\w+", query.lower()))
    logs = Logs(files, tally, asked.workers())
    with connect(logs) as db:
        try:
            statements = duckdb.extract_statements(query)
        except duckdb.Error as error:
            raise UserError(f"the query: {error}", value=query) from error
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise UserError("the query is not one SELECT", value=query)
        everything = re.search(r"(?<!\()\*|\*(?!\))", query) is not None
        with ctx.progress.task("reading logs", total=len(files)) as advance:
            logs.done = lambda _: advance(1)
            for table in get_args(Table):
                names = [one.name for one in TABLES[table] if everything or one.name in words]
                if table in words:
                    load(db, table, names or ["second"], logs)
        # What is asked may read the logs, and nothing else of this machine.
        db.execute("SET enable_external_access = false")
        db.execute("SET lock_configuration = true")
        try:
            found = db.execute(query)
            columns = tuple(one[0] for one in found.description or ())
            rows = found.fetchmany(limit + 1)
        except duckdb.Error as error:
            raise UserError(
                f"the query: {str(error).splitlines()[0]}",
                value=query,
                hint="tables: requests, connections; their columns: offcall logs columns",
            ) from error
    return SqlRows(
        columns=columns,
        rows=tuple(rows[:limit]),
        left_out=len(rows) > limit,
        reading=asked.read(tally),
    )
