"""`logs report`: all of it on one page, with pictures, from one pass over the logs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from offcall.accesslogs.anomalies.finding import severity_of
from offcall.accesslogs.anomalies.model import Anomalies, Incident
from offcall.accesslogs.anomalies.results import looked_at
from offcall.accesslogs.anomalies.wording import headline, sentence
from offcall.accesslogs.results.answers import Reading
from offcall.accesslogs.results.groups import Group, Steps, Top, charts
from offcall.accesslogs.results.parties import TargetList
from offcall.accesslogs.results.requests import ErrorList, SlowList
from offcall.core.documents import (
    Block,
    Bullets,
    Cell,
    Document,
    Facts,
    Heading,
    HeatMap,
    Line,
    Mark,
    Span,
    Tone,
    tone_of,
)
from offcall.core.render.figures import count, seconds_text, share
from offcall.core.render.humane import bytes_text, time_text
from offcall.core.results import Result
from offcall.core.text import plural

if TYPE_CHECKING:
    from offcall.accesslogs.asked import Asked
    from offcall.accesslogs.questions.dimensions import DimensionName, MeasureName
    from offcall.core.context import Context

__all__ = ["Report", "make_report"]

STEPS = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 21_600, 86_400)
AT_MOST = 150
"""Steps of a picture."""
MARKED = 12
"""Anomalies in pictures, those furthest from usual: more marks than that hide one another."""

BY: tuple[DimensionName, ...] = ("status", "host", "client", "agent")


class Report(Result):
    """Everything at a glance."""

    asked: str
    reading: Reading
    first: datetime | None
    last: datetime | None
    balancers: tuple[str, ...] = Field(description="Those with the most requests first.")
    whole: Group | None = Field(description="All requests.")
    steps: Steps
    heat: tuple[tuple[str, tuple[int, ...]], ...] = Field(
        description="Requests by class of time taken, and step of time."
    )
    anomalies: Anomalies = Field(description="What was not as usual; marked in the pictures.")
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
        shown = self._marked()
        marks = [(one, _mark(number, one)) for number, one in enumerate(shown, 1)]
        blocks: list[Block] = [
            self._facts(self.whole, (self.last - self.first).total_seconds()),
            *charts(
                self.steps.groups,
                self.steps.step,
                [mark for one, mark in marks if one.kind != "slow"],
                [mark for one, mark in marks if one.kind == "slow"],
            ),
            self._heat(),
            Heading("What was not as usual"),
            *self._told(shown, zone),
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
        return Document(self._title(), under, tuple(blocks), wide=True)

    def _title(self) -> str:
        if not self.balancers:
            return "Traffic"
        more = len(self.balancers) - 1
        rest = f" and {plural(more, 'other balancer')}" if more else ""
        return f"Traffic of {self.balancers[0]}{rest}"

    def _marked(self) -> tuple[Incident, ...]:
        """The incidents that are furthest from usual, in the order of time."""
        most = sorted(self.anomalies.incidents, key=lambda one: -one.score)[:MARKED]
        return tuple(one for one in self.anomalies.incidents if one in most)

    def _told(self, shown: tuple[Incident, ...], zone: tzinfo) -> list[Block]:
        """The marks of the pictures, in words."""
        blocks: list[Block] = [
            Bullets(tuple(sentence(one, zone) for one in shown), numbered=True)
            if shown
            else Line("everything was as usual", Tone.OK)
        ]
        if more := len(self.anomalies.incidents) - len(shown):
            said = f"{plural(more, 'more incident')}, nearer to usual: offcall logs anomalies"
            blocks.append(Line(said, Tone.MUTED))
        return blocks + [Line(each, Tone.MUTED) for each in looked_at(self.anomalies)]

    def _facts(self, whole: Group, seconds: float) -> Facts:
        failed = share(whole.error_share) if whole.server_errors else "none"
        tone = Tone.BAD if whole.error_share >= 0.01 else Tone.PLAIN
        pairs: list[tuple[str, Cell]] = [
            ("requests", count(whole.requests)),
            ("a second", f"{whole.requests / max(seconds, 1):,.3g}"),
            ("server errors", Span(failed, tone)),
            ("client errors", share(whole.client_errors / whole.requests)),
            ("sent", bytes_text(whole.sent_bytes or 0)),
            ("time, p50", seconds_text(whole.p50)),
            ("time, p95", seconds_text(whole.p95)),
            ("time, p99", seconds_text(whole.p99)),
        ]
        return Facts(tuple(pairs), tiles=True)

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


def _mark(number: int, one: Incident) -> Mark:
    return Mark(one.start, headline(one), tone_of(severity_of(one)), one.end, str(number))


def _tables(part: Result, zone: tzinfo) -> Sequence[Block]:
    return part.document(zone).blocks


def make_report(ctx: Context, asked: Asked, measure: MeasureName, limit: int) -> Report:
    """Read once, ask everything."""
    from offcall.accesslogs.anomalies.analysing import anomalies_of
    from offcall.accesslogs.anomalies.counting import USES
    from offcall.accesslogs.engine.duck import Logs, by_route, connect
    from offcall.accesslogs.engine.routing import load_requests
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
    from offcall.accesslogs.read import short_name
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
            load_requests(db, {*uses, *USES, "elb", "target_group_arn"}, logs, asked.route)
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
            unusual = anomalies_of(db, where)
            slowest, failed, served = (db.execute(one.sql).fetchall() for one in others)
    return Report(
        asked=", ".join(asked.filter.words),
        reading=answers.reading,
        first=datetime.fromtimestamp(first, UTC) if balancers else None,
        last=datetime.fromtimestamp(last, UTC) if balancers else None,
        balancers=tuple(short_name(str(row[0])) for row in balancers if row[0]),
        whole=group_of(all_rows[0], all_rows[0][1]) if all_rows else None,
        steps=answers.steps(steps, step),
        heat=_classes(warm, steps, step, HEAT),
        anomalies=unusual,
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
