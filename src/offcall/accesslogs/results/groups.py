"""Requests that have something in common: counted by a dimension, and over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from pydantic import Field

from offcall.accesslogs.results.answers import Answer, Row
from offcall.core.documents import (
    Block,
    Cell,
    Chart,
    Column,
    Document,
    Line,
    Mark,
    Series,
    Span,
    Table,
    Tone,
    Unit,
)
from offcall.core.render.figures import bar, count, seconds_text, share
from offcall.core.render.humane import bytes_text
from offcall.core.text import plural

__all__ = ["TIMES", "Group", "Steps", "Top", "bar_cell", "charts", "errors_cell"]


class Group(Row):
    """Requests that have something in common. Times in seconds; None when none was timed."""

    key: str | int | None
    requests: int
    share: float = Field(description="Of all requests that were asked about, 0 to 1.")
    sent_bytes: int | None
    received_bytes: int | None
    client_errors: int = Field(description="Answers with 4xx.")
    server_errors: int = Field(description="Answers with 5xx.")
    timed: int = Field(description="Requests whose time is known.")
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None

    @property
    def error_share(self) -> float:
        """Share of 5xx."""
        return self.server_errors / self.requests

    def times(self) -> tuple[str, ...]:
        """Those of `TIMES`."""
        values = (self.p50, self.p95, self.p99, self.max)
        return tuple(seconds_text(one) for one in values)


TIMES = tuple(Column(name, right=True) for name in ("p50", "p95", "p99", "max"))


class Top(Answer):
    """The values of a dimension with the most of something."""

    by: str
    measure: str = Field(description="Which time the percentiles are of.")
    sort: str
    groups: tuple[Group, ...] = ()
    total_groups: int = 0
    total_requests: int = 0

    def document(self, zone: tzinfo) -> Document:
        """A table, a group a row."""
        longest = max((one.requests for one in self.groups), default=0)
        rows = tuple(
            (
                self._key(one),
                count(one.requests),
                bar_cell(one.requests, longest, 6),
                share(one.share),
                errors_cell(one.client_errors, one.requests, Tone.WARN),
                errors_cell(one.server_errors, one.requests, Tone.BAD),
                *((_sent(one),) if self.sort == "bytes" else ()),
                *one.times(),
            )
            for one in self.groups
        )
        columns = (
            Column(self.by, wide=True),
            Column("requests", right=True),
            Column(""),
            Column("share", right=True),
            Column("4xx", right=True),
            Column("5xx", right=True),
            *((Column("sent", right=True),) if self.sort == "bytes" else ()),
            *TIMES,
        )
        blocks: list[Block] = [Table(columns, rows, empty="no requests")]
        more = self.total_groups - len(self.groups)
        if more > 0:
            blocks.append(
                Line(f"{plural(more, 'more value')} not shown; raise --limit", Tone.MUTED)
            )
        blocks.append(Line(f"Times: {self.measure}. Percentiles are exact.", Tone.MUTED))
        return Document(f"Requests by {self.by}, by {self.sort}", self._under(), tuple(blocks))

    def _key(self, one: Group) -> Cell:
        if one.key is None:
            return Span("none", Tone.MUTED)
        return f"{one.key:03d}" if self.by == "status" else str(one.key)


def _sent(one: Group) -> str:
    return "" if one.sent_bytes is None else bytes_text(one.sent_bytes)


def bar_cell(number: int, longest: int, width: int = 10) -> Span:
    """A bar, drawn or of characters."""
    part = number / longest if longest else 0.0
    return Span(bar(number, longest, width), Tone.INFO, part=part)


def errors_cell(number: int, of: int, tone: Tone) -> Cell:
    return Span(share(number / of), tone) if number else ""


class Steps(Answer):
    """Requests over time."""

    step: int = Field(description="Seconds of one step.")
    measure: str
    groups: tuple[Group, ...] = Field(
        default=(), description="key: where the step begins, in epoch seconds."
    )

    def document(self, zone: tzinfo) -> Document:
        """Sparklines, then a table."""
        longest = max((one.requests for one in self.groups), default=0)
        rows = tuple(
            (
                _moment(int(one.key or 0), self.step, zone),
                count(one.requests),
                bar_cell(one.requests, longest),
                f"{one.requests / self.step:.1f}",
                errors_cell(one.client_errors, one.requests, Tone.WARN),
                errors_cell(one.server_errors, one.requests, Tone.BAD),
                *one.times(),
            )
            for one in self.groups
        )
        columns = (
            Column("from"),
            Column("requests", right=True),
            Column(""),
            Column("per second", right=True),
            Column("4xx", right=True),
            Column("5xx", right=True),
            *TIMES,
        )
        blocks: list[Block] = list(charts(self.groups, self.step))
        blocks.append(Table(columns, rows, empty="no requests"))
        blocks.append(Line(f"Times: {self.measure}. Percentiles are exact.", Tone.MUTED))
        return Document(
            f"Requests every {timedelta(seconds=self.step)}", self._under(), tuple(blocks)
        )


def charts(
    groups: Sequence[Group],
    step: int,
    marks: Sequence[Mark] = (),
    slow: Sequence[Mark] = (),
) -> Iterator[Chart]:
    """Traffic, errors and times of steps of time; nothing of a single one.

    Args:
        marks: what is to be pointed out in traffic and errors.
        slow: the same in times.
    """
    if len(groups) < 2:
        return
    by_second = {int(one.key or 0): one for one in groups}
    first, last = min(by_second), max(by_second)
    steps = [by_second.get(second) for second in range(first, last + step, step)]
    start, length = datetime.fromtimestamp(first, UTC), timedelta(seconds=step)

    def values(of: Callable[[Group], float | None], none: float | None) -> tuple[float | None, ...]:
        return tuple(none if one is None else of(one) for one in steps)

    good = values(lambda one: one.requests - one.client_errors - one.server_errors, 0)
    yield Chart(
        "Requests",
        Unit.COUNT,
        start,
        length,
        (
            Series("2xx, 3xx", good, Tone.INFO),
            Series("4xx", values(lambda one: one.client_errors, 0), Tone.WARN),
            Series("5xx", values(lambda one: one.server_errors, 0), Tone.BAD),
        ),
        stacked=True,
        marks=tuple(marks),
    )
    yield Chart(
        "Time",
        Unit.SECONDS,
        start,
        length,
        (
            Series("p50", values(lambda one: one.p50, None), Tone.OK),
            Series("p95", values(lambda one: one.p95, None), Tone.WARN),
            Series("p99", values(lambda one: one.p99, None), Tone.BAD),
        ),
        logarithmic=True,
        marks=tuple(slow),
    )


def _moment(second: int, step: int, zone: tzinfo) -> str:
    at = datetime.fromtimestamp(second, UTC).astimezone(zone)
    return f"{at:%Y-%m-%d %H:%M:%S}" if step < 60 else f"{at:%Y-%m-%d %H:%M}"
