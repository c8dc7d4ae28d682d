"""What the tools of access logs return, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.documents import (
    Block,
    Cell,
    Chart,
    Code,
    Column,
    Document,
    Facts,
    FindingList,
    Heading,
    Line,
    Series,
    Span,
    Table,
    Tone,
    Unit,
)
from offcall.core.findings import Finding
from offcall.core.render.figures import bar, count, seconds_text, share
from offcall.core.render.humane import bytes_text, duration_text, time_text
from offcall.core.results import Result
from offcall.core.snapshots import Unread
from offcall.core.text import plural

__all__ = [
    "Burning",
    "Change",
    "Checked",
    "Client",
    "ClientList",
    "Comparison",
    "ErrorList",
    "ErrorRow",
    "Group",
    "Kept",
    "Missing",
    "Objectives",
    "Reading",
    "RejectedLine",
    "Rules",
    "SlowList",
    "SlowRow",
    "SqlRows",
    "Steps",
    "Target",
    "TargetList",
    "Top",
]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RejectedLine(_Row):
    """A line that could not be read."""

    file: str
    line: int
    reason: str
    text: str


class Missing(_Row):
    """A file, or a part of it, that is missing from the answer."""

    file: str
    reason: str


class Reading(_Row):
    """What an answer is made of."""

    files: dict[str, int] = Field(default={}, description="Files by the kind of log.")
    lines: int = 0
    size: int = Field(default=0, description="Bytes, unzipped.")
    rejected: int = Field(default=0, description="Malformed lines.")
    examples: tuple[RejectedLine, ...] = Field(default=(), description="Some of them.")
    missing: tuple[Missing, ...] = ()
    too_many: bool = Field(default=False, description="More were rejected than --max-rejects.")

    @classmethod
    def of_all(cls, readings: Sequence[Reading]) -> Reading:
        """Several as one."""
        files: dict[str, int] = {}
        for one in readings:
            for kind, number in one.files.items():
                files[kind] = files.get(kind, 0) + number
        return cls(
            files=files,
            lines=sum(one.lines for one in readings),
            size=sum(one.size for one in readings),
            rejected=sum(one.rejected for one in readings),
            examples=tuple(each for one in readings for each in one.examples),
            missing=tuple(each for one in readings for each in one.missing),
            too_many=any(one.too_many for one in readings),
        )

    def words(self) -> str:
        """In one line."""
        files = sum(self.files.values())
        return f"{plural(self.lines, 'line')} of {plural(files, 'file')}, {bytes_text(self.size)}"

    def warnings(self) -> tuple[str, ...]:
        """What is missing from the answer."""
        found = [f"{one.file}: {one.reason}" for one in self.missing]
        if self.rejected:
            first = self.examples[0]
            found.append(
                f"{plural(self.rejected, 'line')} could not be read; the first: "
                f"{first.file}:{first.line}: {first.reason} (--rejects FILE keeps them)"
            )
        return tuple(found)


class _Answer(Result):
    """What all answers say of how they came to be."""

    asked: str = Field(default="", description="What narrowed it down, in words.")
    reading: Reading = Reading()

    def incomplete(self) -> tuple[str, ...]:
        """Malformed lines, and files that could not be read."""
        return self.reading.warnings()

    def failed(self) -> bool:
        """More lines were malformed than was allowed, or nothing could be read."""
        return self.reading.too_many

    def _under(self) -> str:
        return "; ".join(filter(None, (self.reading.words(), self.asked)))


class Group(_Row):
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


class Top(_Answer):
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
                bar(one.requests, longest, 6),
                share(one.share),
                _errors(one.client_errors, one.requests, Tone.WARN),
                _errors(one.server_errors, one.requests, Tone.BAD),
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


def _errors(number: int, of: int, tone: Tone) -> Cell:
    return Span(share(number / of), tone) if number else ""


class Steps(_Answer):
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
                bar(one.requests, longest),
                f"{one.requests / self.step:.1f}",
                _errors(one.client_errors, one.requests, Tone.WARN),
                _errors(one.server_errors, one.requests, Tone.BAD),
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


def charts(groups: Sequence[Group], step: int) -> Iterator[Chart]:
    """Traffic, errors and times of steps of time; nothing of a single one."""
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
    )


def _moment(second: int, step: int, zone: tzinfo) -> str:
    at = datetime.fromtimestamp(second, UTC).astimezone(zone)
    return f"{at:%Y-%m-%d %H:%M:%S}" if step < 60 else f"{at:%Y-%m-%d %H:%M}"


class SlowRow(_Row):
    """One request. Times in seconds."""

    time: datetime
    method: str | None
    host: str | None
    path: str | None
    query: str | None
    status: int | None
    target_status: int | None
    request_time: float | None
    target_time: float | None
    response_time: float | None
    target: str | None
    client: str | None
    trace_id: str | None


class SlowList(_Answer):
    """The requests that took longest."""

    measure: str
    requests: tuple[SlowRow, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """A table, a request a row."""
        rows = tuple(
            (
                f"{one.time.astimezone(zone):%Y-%m-%d %H:%M:%S}",
                seconds_text(one.request_time),
                seconds_text(one.target_time),
                seconds_text(one.response_time),
                f"{one.method or '-'} {one.host or ''}{one.path or ''}",
                "" if one.status is None else f"{one.status:03d}",
                one.target or "",
                one.client or "",
                one.trace_id or "",
            )
            for one in self.requests
        )
        columns = (
            Column("answered"),
            Column("request", right=True),
            Column("target", right=True),
            Column("response", right=True),
            Column("what", wide=True),
            Column("status"),
            Column("target"),
            Column("client"),
            Column("trace", wide=True),
        )
        return Document(
            f"The slowest requests ({self.measure} time)",
            self._under(),
            (Table(columns, rows, empty="no requests whose time is known"),),
        )


class ErrorRow(_Row):
    """Errors of one kind."""

    status: int
    target_status: int | None
    reason: str | None
    made_by: str = Field(description="balancer, target or Lambda.")
    why: str
    look: str = Field(description="What to look at.")
    requests: int
    first: datetime
    last: datetime


class ErrorList(_Answer):
    """Errors, who made them, and the likely causes."""

    source: str
    errors: tuple[ErrorRow, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """A table, a kind a row, and who made how many."""
        rows = tuple(
            (
                Span(f"{one.status:03d}", Tone.BAD if one.status >= 500 else Tone.WARN),
                "" if one.target_status is None else str(one.target_status),
                count(one.requests),
                Span(one.made_by, Tone.STRONG),
                one.why,
                one.look,
                f"{one.first.astimezone(zone):%m-%d %H:%M}",
                f"{one.last.astimezone(zone):%m-%d %H:%M}",
            )
            for one in self.errors
        )
        columns = (
            Column("status"),
            Column("target's"),
            Column("requests", right=True),
            Column("made by"),
            Column("likely cause", wide=True),
            Column("look at", wide=True),
            Column("first"),
            Column("last"),
        )
        sums: dict[str, int] = {}
        for one in self.errors:
            if one.status >= 500 or one.status == 0:
                sums[one.made_by] = sums.get(one.made_by, 0) + one.requests
        blocks: list[Block] = []
        if sums:
            said = ", ".join(
                f"{count(number)} by the {who}" for who, number in sorted(sums.items())
            )
            blocks.append(Line(f"Server errors (5xx): {said}", Tone.STRONG))
        blocks.append(Table(columns, rows, empty="no errors"))
        if rows:
            blocks.append(Line(f"Causes: {self.source}", Tone.MUTED))
        return Document("Errors, and who made them", self._under(), tuple(blocks))


class Client(_Row):
    """One caller."""

    client: str | None
    requests: int
    share: float
    sent_bytes: int | None
    client_errors: int
    server_errors: int
    busiest_minute: int = Field(description="Requests in its busiest minute.")
    first: datetime
    last: datetime
    paths: int = Field(description="How many different paths.")
    agents: int = Field(description="How many different user agents.")
    agent: str | None = Field(description="One of them.")


class ClientList(_Answer):
    """Who calls."""

    clients: tuple[Client, ...] = ()
    total_clients: int = 0

    def document(self, zone: tzinfo) -> Document:
        """A table, a client a row."""
        rows = tuple(
            (
                one.client or "none",
                count(one.requests),
                share(one.share),
                _errors(one.client_errors, one.requests, Tone.WARN),
                _errors(one.server_errors, one.requests, Tone.BAD),
                count(one.busiest_minute),
                count(one.paths),
                f"{one.first.astimezone(zone):%m-%d %H:%M} – {one.last.astimezone(zone):%H:%M}",
                (one.agent or "none") + (f" and {one.agents - 1} more" if one.agents > 1 else ""),
            )
            for one in self.clients
        )
        columns = (
            Column("client"),
            Column("requests", right=True),
            Column("share", right=True),
            Column("4xx", right=True),
            Column("5xx", right=True),
            Column("a minute", right=True),
            Column("paths", right=True),
            Column("seen"),
            Column("user agent", wide=True),
        )
        blocks: list[Block] = [Table(columns, rows, empty="no requests")]
        more = self.total_clients - len(self.clients)
        if more > 0:
            said = f"{plural(more, 'more client')} not shown; raise --limit"
            blocks.append(Line(said, Tone.MUTED))
        return Document("Clients", self._under(), tuple(blocks))


class Target(_Row):
    """One target, compared with the others of its group."""

    group: str | None = Field(description="ARN of the target group.")
    requests: Group
    odd: tuple[str, ...] = Field(description="How it differs from the others.")


class TargetList(_Answer):
    """Targets, and which of them is bad."""

    measure: str
    targets: tuple[Target, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """A table, a target a row; what is odd first."""
        rows = tuple(
            (
                _short(one.group),
                str(one.requests.key),
                count(one.requests.requests),
                _errors(one.requests.server_errors, one.requests.requests, Tone.BAD),
                *one.requests.times(),
            )
            for one in self.targets
        )
        columns = (
            Column("group"),
            Column("target"),
            Column("requests", right=True),
            Column("5xx", right=True),
            *TIMES,
        )
        blocks: list[Block] = []
        bad = [one for one in self.targets if one.odd]
        if bad:
            blocks += [
                Line(f"{one.requests.key} {', and '.join(one.odd)}", Tone.BAD) for one in bad
            ]
        elif rows:
            blocks.append(Line("No target differs from the others of its group", Tone.OK))
        blocks.append(Table(columns, rows, empty="no requests reached a target"))
        blocks.append(Line(f"Times: {self.measure}. Percentiles are exact.", Tone.MUTED))
        return Document("Targets", self._under(), tuple(blocks))


def _short(group: str | None) -> str:
    """The name in the ARN of a target group."""
    return (group or "").partition(":targetgroup/")[2].partition("/")[0] or group or ""


class Change(_Row):
    """One key before and after."""

    key: str | int | None
    before: Group | None
    after: Group | None
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()


class Comparison(_Answer):
    """Before and after."""

    by: str
    measure: str
    before: str = Field(description="What was before, in words.")
    after: str
    changes: tuple[Change, ...] = ()
    left_out: int = 0

    def document(self, zone: tzinfo) -> Document:
        """What got worse, in words, then a table."""
        rows = tuple(
            (
                str(one.key),
                *_two(one, lambda side: count(side.requests)),
                *_two(one, lambda side: share(side.error_share) if side.server_errors else "0%"),
                *_two(one, lambda side: seconds_text(side.p50)),
                *_two(one, lambda side: seconds_text(side.p95)),
                _verdict(one),
            )
            for one in self.changes
        )
        names = ("requests", "5xx", "p50", "p95")
        columns = (
            Column(self.by, wide=True),
            *(Column(title, right=True) for name in names for title in (name, "→")),
            Column("change", wide=True),
        )
        worse = sum(bool(one.worse) for one in self.changes)
        said = (
            Line(f"{plural(worse, self.by)} got worse", Tone.BAD)
            if worse
            else Line("Nothing got worse", Tone.OK)
        )
        blocks: list[Block] = [said, Table(columns, rows, empty="no requests")]
        if self.left_out:
            blocks.append(Line(f"{self.left_out:,} more not shown; raise --limit", Tone.MUTED))
        blocks.append(Line(f"Times: {self.measure}. Percentiles are exact.", Tone.MUTED))
        title = f"Before and after, by {self.by}"
        under = f"before: {self.before}; after: {self.after}; {self._under()}"
        return Document(title, under, tuple(blocks))


def _two(one: Change, value: Callable[[Group], str]) -> tuple[str, str]:
    return (
        value(one.before) if one.before else "",
        value(one.after) if one.after else "",
    )


def _verdict(one: Change) -> Cell:
    if one.before is None:
        return Span("new", Tone.INFO)
    if one.after is None:
        return Span("gone", Tone.INFO)
    if one.worse:
        return Span("worse: " + "; ".join((*one.worse, *one.better)), Tone.BAD)
    return Span("better: " + "; ".join(one.better), Tone.OK) if one.better else ""


class Burning(_Row):
    """How fast the budget burns, in a long and a short window of time."""

    long_seconds: int
    short_seconds: int
    long_rate: float | None = Field(description="1 uses the budget up just in its time.")
    short_rate: float | None
    limit: float = Field(description="From this rate on in both windows, somebody must know.")
    page: bool = Field(description="At once; else in a ticket.")
    alert: bool


class Kept(_Row):
    """How one objective is kept."""

    source: str
    objective: str
    share: float = Field(description="Of the requests that are to be good, 0 to 1.")
    days: int
    requests: int
    bad: int
    good_share: float | None
    budget_left: float | None = Field(description="1 all of it, 0 nothing, below 0 overdrawn.")
    covered_seconds: float | None = Field(description="How much of the time the logs cover.")
    burning: tuple[Burning, ...]


class Objectives(_Answer):
    """How the objectives of the estate are kept."""

    now: datetime
    objectives: tuple[Kept, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """A table of objectives, then one of burn rates."""
        blocks: list[Block] = []
        for one in self.objectives:
            blocks += [Heading(f"{one.source}: {one.objective}"), *_kept(one)]
        if not self.objectives:
            blocks.append(Line("no objectives", Tone.MUTED))
        return Document("Objectives", f"at {time_text(self.now, zone)}", tuple(blocks))


def _kept(one: Kept) -> list[Block]:
    if one.good_share is None or one.budget_left is None or one.covered_seconds is None:
        return [Line("no requests in its time", Tone.WARN)]
    left = one.budget_left
    tone = Tone.BAD if left < 0 else Tone.WARN if left < 0.25 else Tone.OK
    said = f"{left:.1%} left" if left >= 0 else f"spent {1 - left:.1f} times over"
    pairs: list[tuple[str, Cell]] = [
        ("good", f"{one.good_share:.3%} of {one.requests:,} requests; {one.bad:,} bad"),
        ("budget", Span(said, tone)),
    ]
    if one.covered_seconds < one.days * 86_400 * 0.99:
        covered = duration_text(timedelta(seconds=round(one.covered_seconds)))
        pairs.append(("logs", f"cover {covered} of {one.days} days"))
    rows = tuple(
        (
            duration_text(timedelta(seconds=burn.long_seconds)),
            _rate(burn.long_rate),
            duration_text(timedelta(seconds=burn.short_seconds)),
            _rate(burn.short_rate),
            f"{burn.limit:g}",
            Span("page" if burn.page else "ticket", Tone.BAD) if burn.alert else "",
        )
        for burn in one.burning
    )
    columns = (
        Column("over"),
        Column("burn rate", right=True),
        Column("and over"),
        Column("burn rate", right=True),
        Column("alert from", right=True),
        Column("alert"),
    )
    return [Facts(tuple(pairs)), Table(columns, rows)]


def _rate(rate: float | None) -> str:
    return "no requests" if rate is None else f"{rate:.1f}"


class Rules(Result):
    """Rules for Prometheus."""

    service: str
    objective: str
    text: str = Field(description="The rules file, YAML.")

    def document(self, zone: tzinfo) -> Document:
        """The file as it is."""
        return Document(
            "Prometheus rules", f"{self.service}: {self.objective}", (Code(self.text, "yaml"),)
        )


class Checked(Result):
    """What the checks say of the logs."""

    source: str
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """The findings."""
        return Document("Access logs", self.source, (FindingList(self.findings, brief=False),))

    def all_findings(self) -> tuple[Finding, ...]:
        """Those of the checks."""
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        """Sources that could not be read."""
        return tuple(f"{one.what}: {one.why}" for one in self.unread)


class SqlRows(_Answer):
    """What a query gave."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...] = ()
    left_out: int = Field(default=0, description="1 if there were more rows than --limit.")

    def document(self, zone: tzinfo) -> Document:
        """The rows as a table."""
        shown = tuple(tuple(_cell(value, zone) for value in row) for row in self.rows)
        columns = tuple(
            Column(name, right=bool(self.rows) and isinstance(self.rows[0][number], int | float))
            for number, name in enumerate(self.columns)
        )
        blocks: list[Block] = [Table(columns, shown, empty="no rows")]
        if self.left_out:
            blocks.append(Line("There are more rows; raise --limit", Tone.MUTED))
        return Document("Rows", self._under(), tuple(blocks))


def _cell(value: Any, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return time_text(value if value.tzinfo else value.replace(tzinfo=UTC), zone)
    return "" if value is None else str(value)
