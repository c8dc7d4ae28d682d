"""`logs slo`: objectives of the estate, or on the command line, measured on logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from offcall.accesslogs.asked import Asked
from offcall.accesslogs.engine.duck import Logs, connect
from offcall.accesslogs.engine.routing import load_requests
from offcall.accesslogs.estate import Section
from offcall.accesslogs.questions.filters import Filter
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.results.answers import Reading
from offcall.accesslogs.results.objectives import Kept, Objectives
from offcall.accesslogs.slo.measuring import kept, question
from offcall.accesslogs.slo.objective import Objective, parse_objective
from offcall.core.errors import UserError

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["objectives"]


def objectives(ctx: Context, asked: Asked, promised: Sequence[str]) -> Objectives:
    """How they are kept. Without places, of each source of the estate by itself.

    Raises:
        UserError: there is no objective.
    """
    section = ctx.estate.section("logs", Section)
    sources = [
        ("the logs", asked, [parse_objective(one) for one in promised]),
    ]
    if not asked.places:
        sources = [
            (
                source.name,
                replace(asked, places=source.paths(ctx.estate.folder)),
                [parse_objective(one) for one in promised or source.objectives],
            )
            for source in section.sources
        ]
    if not any(wanted for _, _, wanted in sources):
        raise UserError(
            "there is no objective",
            expected="--objective '99.9% under 200 ms over 30 days', or objectives in the estate",
        )
    found: list[Kept] = []
    readings: list[Reading] = []
    for name, one, wanted in sources:
        if wanted:
            mine, reading = _measure(ctx, name, one, wanted)
            found += mine
            readings.append(reading)
    return Objectives(
        now=ctx.now,
        objectives=tuple(found),
        asked=", ".join(asked.filter.words),
        reading=Reading.of_all(readings),
    )


def _measure(
    ctx: Context, name: str, asked: Asked, wanted: Sequence[Objective]
) -> tuple[list[Kept], Reading]:
    longest = ctx.now - timedelta(days=max(one.days for one in wanted))
    # Files of before are not opened.
    chosen = Filter.of(since=longest)
    conditions = asked.filter.conditions
    asked = replace(asked, filter=chosen)
    files, tally = asked.files(ctx), Tally(keep=asked.rejects)
    questions = [question(one, ctx.now, conditions) for one in wanted]
    uses = {column for one in questions for column in one.uses}
    with ctx.progress.task(f"reading {name}", total=len(files)) as advance:
        logs = Logs(files, tally, asked.workers(), lambda _: advance(1))
        with connect(logs) as db:
            load_requests(db, uses, logs, asked.route)
            rows = [db.execute(one.sql).fetchall()[0] for one in questions]
    return [
        kept(name, one, row, ctx.now) for one, row in zip(wanted, rows, strict=True)
    ], asked.read(tally)
