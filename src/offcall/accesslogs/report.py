"""`logs report`: all of it on one page, with pictures, from one pass over the logs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from offcall.accesslogs.results.answers import Reading
from offcall.accesslogs.results.groups import Group, Steps, Top, charts
from offcall.accesslogs.results.parties import TargetList
from offcall.accesslogs.results.requests import ErrorList, SlowList
from offcall.core.documents import Block, Document, Facts, Heading, HeatMap, Line, Span, Tone
from offcall.core.render.figures import count, seconds_text, share
from offcall.core.render.humane import time_text
from offcall.core.results import Result

if TYPE_CHECKING:
    from offcall.accesslogs.asking import Asked
    from offcall.accesslogs.questions.dimensions import DimensionName, MeasureName
    from offcall.core.context import Context

__all__ = ["Report", "make_report"]

STEPS = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 21_600, 86_400)
AT_MOST = 150
"""Steps of a picture."""

BY: tuple[DimensionName, ...] = ("status", "host", "client", "agent")


class Report(Result):
    """Everything at a glance."""

    asked: str
    reading: Reading
    first: datetime | None
    last: datetime | None
    whole: Group | None = Field(description="All requests.")
    steps: Steps
    heat: tuple[tuple[str, tuple[int, ...]], ...] = Field(
        description="Requests by class of time taken, and step of time."
    )
    routes: Top
    tops: tuple[Top, ...]
    errors: ErrorList
    targets: TargetList
    slow: SlowList

    def document(self, zone: tzinfo) -> Document:
        """Pictures first, then tables."""
        if self.whole is None or self.first is None or self.last is None:
            return Document("Traffic", self.reading.words(), (Line("no requests", Tone.WARN),))
        when = f"{time_text(self.first, zone)} – {time_text(self.last, zone)}"
        blocks: list[Block] = [
            self._facts(self.whole),
            *charts(self.steps.groups, self.steps.step),
            self._heat(),
            Heading("What is called"),
            *_tables(self.routes, zone),
            Heading("Errors"),
            *_tables(self.errors, zone),
            Heading("Targets"),
            *_tables(self.targets, zone),
        ]
        for one in self.tops:
            blocks += [Heading(f"By {one.by}"), *_tables(one, zone)]
        blocks += [Heading("The slowest requests"), *_tables(self.slow, zone)]
        under = "; ".join(filter(None, (when, self.reading.words(), self.asked)))
        return Document("Traffic", under, tuple(blocks))

    def _facts(self, whole: Group) -> Facts:
        failed = share(whole.error_share) if whole.server_errors else "none"
        tone = Tone.BAD if whole.error_share >= 0.01 else Tone.PLAIN
        return Facts(
            (
                ("requests", count(whole.requests)),
                ("server errors", Span(failed, tone)),
                ("client errors", share(whole.client_errors / whole.requests)),
                ("time, p50", seconds_text(whole.p50)),
                ("time, p95", seconds_text(whole.p95)),
                ("time, p99", seconds_text(whole.p99)),
            )
        )

    def _heat(self) -> HeatMap:
        first = min((int(one.key or 0) for one in self.steps.groups), default=0)
        return HeatMap(
            "How long requests took",
            datetime.fromtimestamp(first, UTC),
            timedelta(seconds=self.steps.step),
            self.heat,
        )

    def incomplete(self) -> tuple[str, ...]:
        """Malformed lines, and files that could not be read."""
        return self.reading.warnings()

    def failed(self) -> bool:
        """More lines were malformed than was allowed."""
        return self.reading.too_many


def _tables(part: Result, zone: tzinfo) -> Sequence[Block]:
    return part.document(zone).blocks


def make_report(ctx: Context, asked: Asked, measure: MeasureName, limit: int) -> Report:
    """Read once, ask everything."""
    from offcall.accesslogs.engine.duck import Logs, by_route, connect, load
    from offcall.accesslogs.questions.dimensions import DIMENSIONS
    from offcall.accesslogs.questions.single import balancer, errors, slow
    from offcall.accesslogs.questions.top import (
        HEAT,
        count_by,
        greatest,
        heat,
        targets,
        timeline,
        top,
        whole,
    )
    from offcall.accesslogs.reading.rejects import Tally
    from offcall.accesslogs.shaping import group_of

    where = asked.filter.conditions
    files, tally = asked.files(ctx), Tally(keep=asked.rejects)
    routes = count_by("route", measure=measure, conditions=where)
    tops = {
        by: top(by, measure=measure, conditions=where, limit=limit) for by in BY if by in DIMENSIONS
    }
    others = (
        slow(measure, where, limit),
        errors(where, 400),
        targets(measure=measure, conditions=where),
    )
    uses = {name for one in (routes, *tops.values(), *others) for name in one.uses}
    with ctx.progress.task("reading logs", total=len(files)) as advance:
        logs = Logs(files, tally, asked.workers(), lambda _: advance(1))
        with connect(logs) as db:
            load(db, "requests", sorted({*uses, "second", "elb", "target_group_arn"}), logs)
            answers = asked.answers(asked.read(tally), measure)
            balancers = db.execute(balancer(where).sql).fetchall()
            first = min((row[3] for row in balancers), default=0)
            last = max((row[4] for row in balancers), default=0)
            step = next((one for one in STEPS if (last - first) / one < AT_MOST), STEPS[-1])
            everything = whole(measure=measure, conditions=where)
            all_rows = db.execute(everything.sql).fetchall()
            steps = db.execute(timeline(step, measure=measure, conditions=where).sql).fetchall()
            warm = db.execute(heat(step, measure=measure, conditions=where).sql).fetchall()
            by_routes = by_route(
                db, routes, partial(greatest, dimension="route", sort="count", limit=limit)
            )
            by_others = {by: db.execute(one.sql).fetchall() for by, one in tops.items()}
            slowest, failed, served = (db.execute(one.sql).fetchall() for one in others)
    return Report(
        asked=", ".join(asked.filter.words),
        reading=answers.reading,
        first=datetime.fromtimestamp(first, UTC) if balancers else None,
        last=datetime.fromtimestamp(last, UTC) if balancers else None,
        whole=group_of(all_rows[0], all_rows[0][1]) if all_rows else None,
        steps=answers.steps(steps, step),
        heat=_classes(warm, steps, step, HEAT),
        routes=answers.top(by_routes, "route", "count"),
        tops=tuple(answers.top(rows, by, "count") for by, rows in by_others.items()),
        errors=answers.errors(failed),
        targets=answers.targets(served),
        slow=answers.slow(slowest),
    )


def _classes(
    warm: Sequence[tuple[int, int, int]],
    steps: Sequence[tuple[int, ...]],
    step: int,
    bounds: Sequence[float],
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Rows of the heat map, the shortest times first."""
    if not steps:
        return ()
    first, last = steps[0][0], steps[-1][0]
    width = (last - first) // step + 1
    rows = [[0] * width for _ in range(len(bounds) + 1)]
    for at, number, n in warm:
        rows[number][(at - first) // step] = n
    names = [f"≤ {seconds_text(bound)}" for bound in bounds]
    names.append(f"> {seconds_text(bounds[-1])}")
    return tuple((name, tuple(row)) for name, row in zip(names, rows, strict=True))
