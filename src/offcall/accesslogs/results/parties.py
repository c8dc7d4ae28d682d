"""Who calls, and who answers: clients and targets."""

from __future__ import annotations

from datetime import datetime, tzinfo

from pydantic import Field

from offcall.accesslogs.results.answers import Answer, Row
from offcall.accesslogs.results.groups import TIMES, Group, errors_cell
from offcall.core.documents import Block, Column, Document, Line, Table, Tone
from offcall.core.render.figures import count, share
from offcall.core.text import plural

__all__ = ["Client", "ClientList", "Target", "TargetList"]


class Client(Row):
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


class ClientList(Answer):
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
                errors_cell(one.client_errors, one.requests, Tone.WARN),
                errors_cell(one.server_errors, one.requests, Tone.BAD),
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


class Target(Row):
    """One target, compared with the others of its group."""

    group: str | None = Field(description="ARN of the target group.")
    requests: Group
    odd: tuple[str, ...] = Field(description="How it differs from the others.")


class TargetList(Answer):
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
                errors_cell(one.requests.server_errors, one.requests.requests, Tone.BAD),
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
