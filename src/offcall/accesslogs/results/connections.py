"""Connections that have something in common."""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from pydantic import Field

from offcall.accesslogs.columns import Table as TableName
from offcall.accesslogs.results.answers import Answer, Row
from offcall.accesslogs.results.groups import bar_cell, errors_cell
from offcall.core.documents import Block, Column, Document, Line, Span, Table, Tone
from offcall.core.render.figures import count, seconds_text, share
from offcall.core.render.humane import bytes_text
from offcall.core.text import plural

__all__ = ["ConnectionGroup", "ConnectionList"]


class ConnectionGroup(Row):
    """Connections that have something in common. Times in seconds; None when none was timed."""

    key: str | None
    connections: int
    share: float = Field(description="Of all connections that were asked about, 0 to 1.")
    failed: int = Field(description="The client sent an alert, or its certificate was refused.")
    sent_bytes: int | None
    received_bytes: int | None
    timed: int
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None


class ConnectionList(Answer):
    """The values with the most of something."""

    about: ClassVar[TableName] = "connections"

    by: str
    measure: str = Field(description="Which time the percentiles are of.")
    sort: str
    groups: tuple[ConnectionGroup, ...] = ()
    total_groups: int = 0
    total_connections: int = 0

    def document(self, zone: tzinfo) -> Document:
        """A table, a group a row."""
        longest = max((one.connections for one in self.groups), default=0)
        sent = any(one.sent_bytes is not None for one in self.groups)
        rows = tuple(
            (
                Span("none", Tone.MUTED) if one.key is None else one.key,
                count(one.connections),
                bar_cell(one.connections, longest, 6),
                share(one.share),
                errors_cell(one.failed, one.connections, Tone.BAD),
                *((bytes_text(one.sent_bytes or 0),) if sent else ()),
                *(seconds_text(each) for each in (one.p50, one.p95, one.p99, one.max)),
            )
            for one in self.groups
        )
        columns = (
            Column(self.by, wide=True),
            Column("connections", right=True),
            Column(""),
            Column("share", right=True),
            Column("failed", right=True),
            *((Column("sent", right=True),) if sent else ()),
            *(Column(name, right=True) for name in ("p50", "p95", "p99", "max")),
        )
        blocks: list[Block] = [Table(columns, rows, empty="no connections")]
        more = self.total_groups - len(self.groups)
        if more > 0:
            blocks.append(
                Line(f"{plural(more, 'more value')} not shown; raise --limit", Tone.MUTED)
            )
        blocks.append(Line(f"Times: {self.measure}. Percentiles are exact.", Tone.MUTED))
        return Document(f"Connections by {self.by}, by {self.sort}", self._under(), tuple(blocks))
