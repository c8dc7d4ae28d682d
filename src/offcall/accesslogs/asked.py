"""What a question about logs is asked of, and how it is answered there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.accesslogs.engine.elsewhere import Elsewhere, finish_here
from offcall.accesslogs.engine.logs import Logs, Rows
from offcall.accesslogs.patterns.written import read_routes, route_sql, with_route
from offcall.accesslogs.questions.dimensions import MeasureName
from offcall.accesslogs.questions.filters import Filter
from offcall.accesslogs.questions.question import Question
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.stream import File
from offcall.accesslogs.results.answers import Missing, Reading, RejectedLine
from offcall.accesslogs.shaping import Answers
from offcall.accesslogs.sources.bucket import Options
from offcall.core.errors import UserError

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What all questions have in common: where to read, what narrows them down.

    Attributes:
        routes: files of routes that somebody wrote down.
        regions, balancers: only files of these, where a name tells it.
        options: how S3 is asked.
        cache: the folder that keeps objects of S3; the user's when None.
    """

    places: Sequence[str]
    filter: Filter
    rejects: Path | None = None
    max_rejects: str = "1%"
    threads: int | None = None
    routes: Sequence[Path] = ()
    regions: Sequence[str] = ()
    balancers: Sequence[str] = ()
    options: Options = field(default_factory=Options)
    cache: Path | None = None
    engine: Elsewhere | None = None

    @property
    def route(self) -> str:
        """What a route is, as SQL; see `route_sql`."""
        return route_sql([one for path in self.routes for one in read_routes(path)])

    @property
    def conditions(self) -> tuple[str, ...]:
        """What narrows the requests down, as SQL, with routes as they are written down."""
        return tuple(with_route(one, self.route) for one in self.filter.conditions)

    def ask(self, ctx: Context, question: Question) -> tuple[Rows, Reading]:
        """The rows, and what they are made of."""
        if self.engine is not None:
            ((rows, reading),) = self.engine.ask(ctx, [(self, question)])
            return rows, self.judged(reading)
        from offcall.accesslogs.engine.duck import answer

        return self.run(ctx, partial(answer, question))

    def ask_by_route(
        self, ctx: Context, counted: Question, finish: Callable[[str], str]
    ) -> tuple[Rows, Reading]:
        """The same of a question by route: routes are learned."""
        if self.engine is not None:
            rows, reading = self.ask(ctx, counted)
            return finish_here([rows], finish, by_route=True), reading
        from offcall.accesslogs.engine.duck import answer_by_route

        return self.run(ctx, partial(answer_by_route, counted, finish))

    def run(self, ctx: Context, run: Callable[[Logs], Rows]) -> tuple[Rows, Reading]:
        """What `run` makes of the logs, read on this machine."""
        tally = Tally(keep=self.rejects)
        files = self.files(ctx)
        with ctx.progress.task("reading logs", total=len(files)) as advance:
            rows = run(Logs(files, tally, self.workers(), lambda _: advance(1)))
        return rows, self.read(tally)

    def answers(self, reading: Reading, measure: MeasureName = "target") -> Answers:
        """Makes results of rows."""
        return Answers(reading, ", ".join(self.filter.words), measure)

    def files(self, ctx: Context) -> list[File]:
        """The files that are meant."""
        from offcall.accesslogs.sources.cache import Cache
        from offcall.accesslogs.sources.resolving import resolve
        from offcall.core.windows import Window

        places = list(self.places) or _of_estate(ctx)
        since, until = self.filter.since, self.filter.until
        window = Window(since, until, "", ctx.zone) if since or until else None
        return resolve(
            places,
            window,
            cache=Cache.default(self.cache),
            progress=ctx.progress,
            options=self.options,
            regions=self.regions,
            balancers=self.balancers,
        )

    def judged(self, reading: Reading) -> Reading:
        """The same, and whether more lines were malformed than is allowed."""
        allowed = _allowed(self.max_rejects, reading.lines or 0)
        return reading.model_copy(update={"too_many": reading.rejected > allowed})

    def workers(self) -> int:
        """How many threads read."""
        return self.threads or len(os.sched_getaffinity(0))

    def read(self, tally: Tally) -> Reading:
        """What was read.

        Raises:
            UserError: nothing could be.
        """
        if not tally.lines and tally.problems:
            first = tally.problems[0]
            raise UserError(first.reason, file=first.file)
        return Reading(
            files=dict(sorted(tally.files.items())),
            lines=tally.lines,
            size=tally.size,
            rejected=tally.rejected,
            examples=tuple(
                RejectedLine(
                    file=file,
                    line=one.line,
                    reason=one.reason,
                    text=one.text[:200].decode(errors="replace"),
                )
                for file, one in tally.examples
            ),
            missing=tuple(Missing(file=one.file, reason=one.reason) for one in tally.problems),
            too_many=tally.rejected > _allowed(self.max_rejects, tally.lines),
        )


def _of_estate(ctx: Context) -> list[str]:
    """The places that the estate names.

    Raises:
        UserError: it names none.
    """
    from offcall.accesslogs.estate import Section

    sources = ctx.estate.section("logs", Section).sources
    if not sources:
        raise UserError(
            "no logs given",
            expected="files, folders, globs or s3://bucket/prefix; or logs: sources: in the estate",
        )
    return [place for source in sources for place in source.paths(ctx.estate.folder)]


def _allowed(text: str, lines: int) -> float:
    """How many malformed lines are: a number, or a share of the lines."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", text.strip())
    if found is None:
        raise UserError("--max-rejects", value=text, expected="a number, or a share such as 1%")
    return float(found[1]) * (lines / 100 if found[2] else 1)
