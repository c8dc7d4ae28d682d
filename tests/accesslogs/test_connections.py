"""`logs connections` agrees with plain loops over what the reference reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any, get_args

import pytest

from offcall.accesslogs.questions.connections import ByName, TookName
from offcall.accesslogs.results.connections import ConnectionList
from offcall.accesslogs.results.groups import Top
from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from tests.accesslogs import lines, plain, reference

Row = dict[str, Any]

KEYS: dict[str, Callable[[Row], Any]] = {
    "tls": lambda row: row["tls_protocol"],
    "cipher": lambda row: row["tls_cipher"],
    "client": lambda row: row["client"],
    "listener": lambda row: (
        row.get("listener") if row.get("listener_port") is None else str(row["listener_port"])
    ),
    "verify": lambda row: row.get("tls_verify_status"),
    "alert": lambda row: row.get("tls_alert"),
    "host": lambda row: row.get("domain_name"),
    "target": lambda row: row.get("target"),
    "elb": lambda row: row.get("elb"),
    "named-group": lambda row: row.get("tls_named_group"),
    "key-exchange": lambda row: row.get("tls_keyexchange"),
    "client-cert": lambda row: row.get("leaf_client_cert_subject"),
    "alpn": lambda row: row.get("alpn_fe_protocol"),
    "log": lambda row: row["log"],
    "file": lambda row: row["file"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("connections")
    for kind in ("nlb", "alb-connections"):
        (root / f"{kind}.log").write_bytes(lines.content(kind, 5, 300))
    return root


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[Row]:
    found: list[Row] = []
    for file in sorted(folder.iterdir()):
        found += [{**one, "file": str(file)} for one in reference.read(file.read_bytes()).rows]
    return found


def ask(folder: Path, **options: Any) -> ConnectionList:
    answer = find_tool("logs connections").call(
        Context(Estate()), places=[str(folder)], max_rejects="100%", limit=10**6, **options
    )
    assert isinstance(answer, ConnectionList)
    return answer


@pytest.mark.parametrize("by", get_args(ByName))
@pytest.mark.parametrize("measure", get_args(TookName))
def test_every_dimension(folder: Path, rows: list[Row], by: str, measure: str) -> None:
    column = {"handshake": "tls_handshake_time", "connection": "connection_time"}[measure]
    expected: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        expected[KEYS[by](row)].append(row)
    answer = ask(folder, by=by, measure=measure)
    assert answer.total_connections == len(rows) > 100
    assert answer.total_groups == len(answer.groups) == len(expected)
    for one in answer.groups:
        mine = expected[one.key]
        times = sorted(row[column] for row in mine if row.get(column) is not None)
        assert one.connections == len(mine)
        assert one.failed == sum(
            row.get("tls_alert") is not None
            or (row.get("tls_verify_status") or "").startswith("Failed")
            for row in mine
        )
        assert one.timed == len(times)
        for percent, value in ((50, one.p50), (90, one.p90), (95, one.p95), (99, one.p99)):
            assert value == plain.nearest_rank(times, percent)


def test_conditions_are_about_connections(folder: Path, rows: list[Row]) -> None:
    answer = ask(folder, where=["tls=TLSv1.2", "verify~Failed"])
    assert answer.total_connections == sum(
        row["tls_protocol"] == "TLSv1.2" and "Failed" in (row.get("tls_verify_status") or "")
        for row in rows
    )
    assert answer.total_connections > 0
    with pytest.raises(UserError, match="there is no column 'path'"):
        ask(folder, where=["path=/"])


def test_who_asks_for_the_wrong_thing_is_told(folder: Path, tmp_path: Path) -> None:
    asked = find_tool("logs top").call(Context(Estate()), places=[str(folder)], max_rejects="100%")
    assert isinstance(asked, Top)
    assert not asked.groups
    assert "these are logs of connections, not of requests: see offcall logs connections" in (
        asked.incomplete()
    )
    (tmp_path / "a.log").write_bytes(lines.content("alb", 5, 10, wrong=0))
    answer = ask(tmp_path)
    assert "these are logs of requests, not of connections: see offcall logs top" in (
        answer.incomplete()
    )
    (tmp_path / "b.log").write_bytes((folder / "nlb.log").read_bytes())
    assert not any("these are logs" in one for one in ask(tmp_path).incomplete())


def test_a_table_for_people(folder: Path) -> None:
    answer = ask(folder, by="tls")
    text = str(answer.document(UTC))
    assert "Connections by tls, by count" in text
    assert "time of the TLS handshake" in text
