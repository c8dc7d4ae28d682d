"""Rows of questions as results. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from offcall.accesslogs.causes import SOURCE, Case, cause_of
from offcall.accesslogs.questions.dimensions import MeasureName
from offcall.accesslogs.results.answers import Reading
from offcall.accesslogs.results.groups import Group, Steps, Top
from offcall.accesslogs.results.parties import Client, ClientList, TargetList
from offcall.accesslogs.results.requests import ErrorList, ErrorRow, SlowList, SlowRow
from offcall.accesslogs.targets import judge

__all__ = ["SPEECH", "Answers", "error_rows", "group_of"]

SPEECH: dict[MeasureName, str] = {
    "target": "time of the target",
    "request": "time of the request until it was sent on",
    "response": "time of the response to the client",
    "total": "the three times together",
}

Row = Sequence[Any]


def group_of(row: Row, total: int) -> Group:
    """A row of `questions.top.summed`."""
    key, requests, sent, received, client, server, timed, *times = row[:12]
    return Group(
        key=key,
        requests=requests,
        share=requests / total,
        sent_bytes=sent,
        received_bytes=received,
        client_errors=client,
        server_errors=server,
        timed=timed,
        **dict(zip(("p50", "p90", "p95", "p99", "max"), times, strict=True)),
    )


def error_rows(rows: Sequence[Row]) -> tuple[ErrorRow, ...]:
    """Rows of `questions.single.errors`, with the cause of each."""
    return tuple(map(_error, rows))


def _error(row: Row) -> ErrorRow:
    status, target_status, reason, no_target, actions, unanswered, n, first, last = row
    cause = cause_of(
        Case(status, target_status, reason, bool(no_target), actions, bool(unanswered))
    )
    return ErrorRow(
        status=status,
        target_status=target_status,
        reason=reason,
        made_by=cause.made_by,
        why=cause.why,
        look=cause.look,
        requests=n,
        first=datetime.fromtimestamp(first, UTC),
        last=datetime.fromtimestamp(last, UTC),
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """What answers to one asking have in common.

    Attributes:
        asked: what narrowed it down, in words.
    """

    reading: Reading
    asked: str
    measure: MeasureName = "target"

    def top(self, rows: Sequence[Row], by: str, sort: str) -> Top:
        """Of `questions.top.top`."""
        return Top(
            by=by,
            measure=SPEECH[self.measure],
            sort=sort,
            groups=tuple(group_of(row, row[13]) for row in rows),
            total_groups=rows[0][12] if rows else 0,
            total_requests=rows[0][13] if rows else 0,
            asked=self.asked,
            reading=self.reading,
        )

    def steps(self, rows: Sequence[Row], step: int) -> Steps:
        """Of `questions.top.timeline`."""
        total = sum(row[1] for row in rows)
        return Steps(
            step=step,
            measure=SPEECH[self.measure],
            groups=tuple(group_of(row, total) for row in rows),
            asked=self.asked,
            reading=self.reading,
        )

    def slow(self, rows: Sequence[Row]) -> SlowList:
        """Of `questions.single.slow`."""
        names = list(SlowRow.model_fields)
        return SlowList(
            measure=self.measure,
            requests=tuple(
                SlowRow(**dict(zip(names, (row[0].replace(tzinfo=UTC), *row[1:]), strict=True)))
                for row in rows
            ),
            asked=self.asked,
            reading=self.reading,
        )

    def errors(self, rows: Sequence[Row]) -> ErrorList:
        """Of `questions.single.errors`."""
        return ErrorList(
            source=SOURCE, errors=error_rows(rows), asked=self.asked, reading=self.reading
        )

    def targets(self, rows: Sequence[Row]) -> TargetList:
        """Of `questions.top.targets`, judged."""
        total = sum(row[1] for row in rows)
        found = []
        for key, *rest in rows:
            group, _, target = key.rpartition(" ")
            found.append((group or None, group_of((target, *rest), total)))
        return TargetList(
            measure=SPEECH[self.measure],
            targets=judge(found),
            asked=self.asked,
            reading=self.reading,
        )

    def clients(self, rows: Sequence[Row]) -> ClientList:
        """Of `questions.single.clients`."""
        return ClientList(
            clients=tuple(map(_client, rows)),
            total_clients=rows[0][11] if rows else 0,
            asked=self.asked,
            reading=self.reading,
        )


def _client(row: Row) -> Client:
    client, n, sent, client_errors, server_errors, busiest, first, last, paths, agents = row[:10]
    return Client(
        client=client,
        requests=n,
        share=n / row[12],
        sent_bytes=sent,
        client_errors=client_errors,
        server_errors=server_errors,
        busiest_minute=busiest,
        first=datetime.fromtimestamp(first, UTC),
        last=datetime.fromtimestamp(last, UTC),
        paths=paths,
        agents=agents,
        agent=row[10],
    )
