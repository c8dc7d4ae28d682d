"""Single requests, errors by cause, and what a query gave."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from pydantic import Field

from offcall.accesslogs.results.answers import Answer, Row
from offcall.core.documents import Block, Column, Document, Line, Span, Table, Tone
from offcall.core.render.figures import count, seconds_text
from offcall.core.render.humane import time_text

__all__ = ["ErrorList", "ErrorRow", "SlowList", "SlowRow", "SqlRows"]


class SlowRow(Row):
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


class SlowList(Answer):
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


class ErrorRow(Row):
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


class ErrorList(Answer):
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


class SqlRows(Answer):
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
