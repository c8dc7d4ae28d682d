"""Athena over HTTP: moto, which queues results, and a fake for what it cannot say."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlglot

from offcall.accesslogs.engine import athena
from offcall.accesslogs.engine.athena import Queries
from offcall.accesslogs.engine.raw import COLUMNS, pattern
from offcall.accesslogs.engine.scanning import LEAST, Days, billed
from offcall.accesslogs.engine.table import Folder
from offcall.accesslogs.questions.filters import Filter
from offcall.core.changes import Change
from offcall.core.context import Context, Silent
from offcall.core.errors import SourceError, UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from tests.accesslogs.sources.conftest import ACCOUNT, key_of, utc
from tests.servers.aws import Aws

REGION = "eu-west-1"
PLACE = f"s3://logs/prod/AWSLogs/{ACCOUNT}/elasticloadbalancing/{REGION}"
OUT = "s3://results/athena/"
SERVICE = "athena"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(athena, "FIRST_PAUSE", 0.001)


@pytest.fixture
def bucket(aws: Aws) -> Aws:
    """A megabyte a file, a file a day, and one of the next day's lines."""
    s3 = aws.client("s3")
    for name in ("logs", "results"):
        s3.create_bucket(Bucket=name)
    for day in ("2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"):
        key = key_of(utc(f"{day}T09:00"), prefix="prod/")
        s3.put_object(Bucket="logs", Key=key, Body=b"x" * (6 << 20))
    return aws


def queue(aws: Aws, *results: tuple[dict[str, str], list[list[str | None]]]) -> None:
    """What moto says of the next queries: columns and their types, and rows."""
    said = [
        {
            "rows": [
                {"Data": [{} if one is None else {"VarCharValue": one} for one in row]}
                for row in ([*columns], *rows)
            ],
            "column_info": [
                {"Name": name, "Type": kind, "Label": name} for name, kind in columns.items()
            ],
        }
        for columns, rows in results
    ]
    body = json.dumps({"account_id": "123456789012", "region": REGION, "results": said})
    url = f"{aws.moto.url}/moto-api/static/athena/query-results"
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201


JOURNAL: list[tuple[Change, str]] = []


@contextmanager
def journal(_: Context, change: Change) -> Iterator[Any]:
    said: list[str] = []
    try:
        yield said.append
    finally:
        JOURNAL.append((change, said[0] if said else "failed"))


def run(tool: str, **arguments: Any) -> Any:
    JOURNAL.clear()
    with Context(Estate(), journal=journal) as ctx:
        return find_tool(tool).call(ctx, **arguments)


def ask(tool: str, *, yes: bool = True, **arguments: Any) -> Any:
    given = {"engine": "athena", "athena_output": OUT, "yes": yes, **arguments}
    if tool != "logs compare":
        given = {"places": [PLACE], **given}
    return run(tool, **given)


COUNTED = dict.fromkeys(
    ("n", "sent", "received", "client_errors", "server_errors", "timed"), "bigint"
)
TIMES = dict.fromkeys(("p50", "p90", "p95", "p99", "longest"), "double")


def test_a_question_is_asked_and_its_rows_are_typed(bucket: Aws) -> None:
    columns = {"k": "integer", **COUNTED, **TIMES, "all_groups": "bigint", "all_requests": "bigint"}
    queue(
        bucket,
        (
            columns,
            [
                [
                    "200",
                    "9",
                    "1",
                    None,
                    "0",
                    "0",
                    "9",
                    "0.1",
                    "0.2",
                    "0.25",
                    "0.3",
                    "4.0",
                    "2",
                    "10",
                ],
                [None, "1", None, None, "0", "0", "0", *[None] * 5, "2", "10"],
            ],
        ),
    )
    found = ask("logs top", by="status", since="2026-11-24T00:00Z", until="2026-11-24T12:00Z")
    first, second = found.groups
    assert (first.key, first.requests, first.p95, first.max) == (200, 9, 0.25, 4.0)
    assert (second.key, second.p50) == (None, None)
    assert found.reading.lines is None
    assert found.reading.files == {"alb": 3}
    assert "not counted" in found.incomplete()[0]
    assert not found.failed()
    ((change, outcome),) = JOURNAL
    assert change.arguments["places"] == [f"{PLACE}/"]
    assert outcome == "scanned 0 B"


def test_without_yes_it_says_what_it_costs_and_asks_nothing(bucket: Aws) -> None:
    bucket.fake.fail(SERVICE, "StartQueryExecution", "InternalServerException")
    with pytest.raises(UserError) as said:
        ask("logs top", yes=False, since="2026-11-24T00:00Z", until="2026-11-24T12:00Z")
    # The folders of the days on which a line of that time may have been delivered.
    assert "1 query of Athena over 3 objects, 18 MiB: about $0.00008583" in str(said.value)
    assert "--yes asks" in str(said.value)
    assert bucket.fake.asked(SERVICE, "StartQueryExecution") == []
    assert JOURNAL == []


def test_both_sides_of_a_comparison_are_priced_before_one_is_asked(bucket: Aws) -> None:
    with pytest.raises(UserError, match="2 queries of Athena over 4 objects"):
        ask(
            "logs compare",
            yes=False,
            before="2026-11-22T08:00Z..2026-11-22T09:00Z",
            after="2026-11-24T08:00Z..2026-11-24T09:00Z",
            within=[PLACE],
        )


def test_routes_are_learned_from_what_athena_counted(bucket: Aws) -> None:
    columns = (
        dict.fromkeys(("k",), "varchar")
        | {"v": "double"}
        | dict.fromkeys(("n", "sent", "received", "client_errors", "server_errors"), "bigint")
    )
    rows: list[list[str | None]] = [
        [f"/items/red-shoe-{number}x", "0.5", "1", "10", "20", "0", "0"] for number in range(60)
    ]
    queue(bucket, (columns, rows))
    found = ask("logs top")
    assert [(one.key, one.requests, one.p50) for one in found.groups] == [("/items/{*}", 60, 0.5)]


def started(aws: Aws) -> list[dict[str, Any]]:
    return aws.fake.asked(SERVICE, "StartQueryExecution")


def fake_query(aws: Aws, *states: str, reason: str = "") -> None:
    """A query that goes through these states; the last one stays."""
    left = list(states)
    aws.fake.answer(SERVICE, "StartQueryExecution", {"QueryExecutionId": "q1"})
    aws.fake.answer(SERVICE, "StopQueryExecution", {})

    def state(_: dict[str, Any]) -> dict[str, Any]:
        status = {"State": left.pop(0) if len(left) > 1 else left[0]}
        if reason:
            status["StateChangeReason"] = reason
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 12345}}}

    aws.fake.answer(SERVICE, "GetQueryExecution", state)


def test_what_is_sent(bucket: Aws) -> None:
    fake_query(bucket, "QUEUED", "RUNNING", "SUCCEEDED")
    info = {"Name": "k", "Type": "varchar"}
    bucket.fake.answer(
        SERVICE,
        "GetQueryResults",
        {"ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": [info]}}},
    )
    ask("logs slow", athena_workgroup="ops", athena_database="mine", since="2026-11-24T00:10Z")
    (sent,) = started(bucket)
    assert sent["WorkGroup"] == "ops"
    assert sent["ResultConfiguration"] == {"OutputLocation": OUT}
    assert sent["QueryExecutionContext"] == {"Database": "mine"}
    sql = sent["QueryString"]
    assert f'"mine"."{Folder.parse(PLACE).table}"' in sql
    assert "day >= '2026/11/23'" in sql
    sqlglot.parse_one(sql, read="trino", error_level=sqlglot.ErrorLevel.RAISE)
    assert len(bucket.fake.asked(SERVICE, "GetQueryExecution")) == 3


def test_pages_and_types(aws: Aws) -> None:
    fake_query(aws, "SUCCEEDED")
    kinds = {"a": "varchar", "b": "bigint", "c": "double", "d": "timestamp", "e": "boolean"}
    pages = {
        None: [[*kinds], ["a", "1", "0.5", "2026-11-24 09:00:00.186", "true"]],
        "2": [[*kinds], ["", None, "1.0E-4", None, "false"]],
    }

    def page(asked: dict[str, Any]) -> dict[str, Any]:
        rows = [
            {"Data": [{} if one is None else {"VarCharValue": one} for one in row]}
            for row in pages[asked.get("NextToken")]
        ]
        columns = [{"Name": name, "Type": kind} for name, kind in kinds.items()]
        result = {"ResultSet": {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": columns}}}
        return result if asked.get("NextToken") else {**result, "NextToken": "2"}

    aws.fake.answer(SERVICE, "GetQueryResults", page)
    # A row of a later page that looks like the names of the columns is a row.
    pages["2"].pop(0)
    rows, scanned = Queries(REGION, OUT, None).run("SELECT 1", None, Silent())
    assert scanned == 12345
    assert rows == [
        ("a", 1, 0.5, datetime(2026, 11, 24, 9, 0, 0, 186000), True),  # noqa: DTZ001
        ("", None, 0.0001, None, False),
    ]


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        ("FAILED", "SYNTAX_ERROR: line 1:8", "query q1 failed: SYNTAX_ERROR: line 1:8"),
        ("FAILED", "TABLE_NOT_FOUND: line 1:15", "logs athena-table PLACE makes the table"),
        ("CANCELLED", "", "query q1 was stopped: no reason is given"),
    ],
)
def test_a_query_that_fails(bucket: Aws, state: str, reason: str, said: str) -> None:
    fake_query(bucket, "RUNNING", state, reason=reason)
    with pytest.raises(SourceError) as error:
        ask("logs top")
    assert said in str(error.value)
    assert JOURNAL[0][1] == "failed"


def test_a_query_is_stopped_when_nobody_waits(aws: Aws) -> None:
    fake_query(aws, "RUNNING")

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Queries(REGION, OUT, None, interrupt).run("SELECT 1", None, Silent())
    assert aws.fake.asked(SERVICE, "StopQueryExecution") == [{"QueryExecutionId": "q1"}]


def test_it_waits_longer_and_longer(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(athena, "FIRST_PAUSE", 0.25)
    fake_query(aws, *["RUNNING"] * 12, "FAILED")
    waited: list[float] = []
    with pytest.raises(SourceError):
        Queries(REGION, OUT, None, waited.append).run("SELECT 1", None, Silent())
    assert waited == sorted(waited)
    assert (waited[0], waited[-1]) == (0.25, athena.LONGEST_PAUSE)


def test_the_table_is_shown_and_made(aws: Aws) -> None:
    shown = run("logs athena-table", place=PLACE)
    assert not shown.made
    assert JOURNAL == []
    fake_query(aws, "SUCCEEDED")
    aws.fake.answer(
        SERVICE,
        "GetQueryResults",
        {"ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": []}}},
    )
    made = run("logs athena-table", place=f"{PLACE}/", athena_output=OUT, yes=True, by="ann")
    assert made.made
    assert made.statements == shown.statements
    assert [one["QueryString"] for one in started(aws)] == list(made.statements)
    ((change, outcome),) = JOURNAL
    assert (change.who, outcome) == ("ann", f"made offcall.{made.table} over {PLACE}/")


def test_the_statement_in_hive_s_dialect() -> None:
    database, table = Folder.parse(PLACE).statements("logs")
    for one in (database, table):
        sqlglot.parse_one(one, read="athena", error_level=sqlglot.ErrorLevel.RAISE)
    assert re.findall(r"^  `(\w+)` string", table, re.MULTILINE) == list(COLUMNS)
    assert f"'input.regex' = '{pattern()}'" in table
    assert f"'storage.location.template' = '{PLACE}/${{day}}'" in table


@pytest.mark.parametrize(
    "place",
    ["s3://logs/prod", "logs/", f"s3://logs/AWSLogs/{ACCOUNT}/CloudFront/", "s3://", "x'y"],
)
def test_places_that_are_no_region_s_folder(place: str) -> None:
    with pytest.raises(UserError, match="one account and region"):
        Folder.parse(place)


def test_a_database_that_cannot_be_one() -> None:
    with pytest.raises(UserError, match="name of a database"):
        run("logs athena-table", place=PLACE, athena_database='x"; DROP')


@pytest.mark.parametrize(
    ("size", "charged"),
    [(0, LEAST), (1, LEAST), (LEAST, LEAST), (LEAST + 1, 11 << 20), (1 << 40, 1 << 40)],
)
def test_what_is_charged(size: int, charged: int) -> None:
    assert billed(size) == charged


def test_a_terabyte_is_five_dollars() -> None:
    from types import SimpleNamespace

    from offcall.accesslogs.engine.scanning import price

    objects: Any = [[SimpleNamespace(size=1 << 39), SimpleNamespace(size=1 << 39)], []]
    found = price(objects)
    assert found.cost == Decimal(5) + Decimal(5) * LEAST / (1 << 40)
    assert found.billed_bytes == (1 << 40) + LEAST


def test_days_have_every_file_that_may_have_a_line() -> None:
    chosen = Filter.of(
        since=datetime(2026, 11, 24, 0, 10, tzinfo=UTC),
        until=datetime(2026, 11, 24, 1, tzinfo=UTC),
    )
    days = Days.of(chosen)
    assert days.sql() == "day >= '2026/11/23' AND day <= '2026/11/25'"
    assert [days.has(f"2026/11/{day}/x.gz") for day in (22, 23, 24, 25, 26)] == [
        False, True, True, True, False,
    ]  # fmt: skip
    assert Days.of(Filter()).sql() is None
    assert not Days.of(Filter()).has("ELBAccessLogTestFile")
