"""The questions, answered from rows by plain loops: slow and obvious on purpose."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

Row = dict[str, Any]

TIMES = {
    "target": "target_processing_time",
    "request": "request_processing_time",
    "response": "response_processing_time",
    "total": "total_time",
}


def klass(row: Row) -> str | None:
    status = row["elb_status_code"]
    if status is None or status >= 600:
        return None
    return "1xx" if status < 200 else f"{status // 100}xx"


def method_and_route(row: Row) -> str | None:
    if row["method"] is None or row["route"] is None:
        return None
    return f"{row['method']} {row['route']}"


def node_in(file: str) -> str | None:
    """The part of the name before the last, if it is an address of IPv4."""
    parts = file.rpartition("/")[2].split("_")
    if len(parts) < 3 or parts[-2].count(".") != 3 or not parts[-1].endswith((".log", ".log.gz")):
        return None
    return parts[-2]


KEYS: dict[str, Callable[[Row], Any]] = {
    "route": lambda row: row["route"],
    "path": lambda row: row["path"],
    "node": lambda row: node_in(row["file"]),
    "method": lambda row: row["method"],
    "method-route": method_and_route,
    "status": lambda row: row["elb_status_code"],
    "target-status": lambda row: row["target_status_code"],
    "class": klass,
    "host": lambda row: row["host"],
    "client": lambda row: row["client"],
    "user-agent": lambda row: row["user_agent"],
    "target": lambda row: row["target"],
    "target-group": lambda row: row["target_group_arn"],
    "tls": lambda row: row["ssl_protocol"],
    "cipher": lambda row: row["ssl_cipher"],
    "error-reason": lambda row: row["error_reason"],
    "elb": lambda row: row["elb"],
    "type": lambda row: row["type"],
    "rule": lambda row: row["matched_rule_priority"],
    "action": lambda row: row["actions_executed"],
    "cert": lambda row: row["chosen_cert_arn"],
    "log": lambda row: row["log"],
}


def took(row: Row, measure: str) -> float | None:
    return None if row["elb_status_code"] == 101 else row[TIMES[measure]]


def nearest_rank(values: list[float], percent: int) -> float | None:
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1] if ordered else None


def between(row: Row, low: int, high: int) -> bool:
    return row["elb_status_code"] is not None and low <= row["elb_status_code"] <= high


def total(rows: Iterable[Row], name: str) -> int | None:
    known = [row[name] for row in rows if row[name] is not None]
    return sum(known) if known else None


def summary(rows: list[Row], measure: str) -> tuple[Any, ...]:
    """n, sent, received, 4xx, 5xx, timed, p50, p90, p95, p99, longest."""
    times = [time for row in rows if (time := took(row, measure)) is not None]
    return (
        len(rows),
        total(rows, "sent_bytes"),
        total(rows, "received_bytes"),
        sum(between(row, 400, 499) for row in rows),
        sum(between(row, 500, 599) for row in rows),
        len(times),
        *(nearest_rank(times, percent) for percent in (50, 90, 95, 99)),
        max(times, default=None),
    )


def grouped(rows: Iterable[Row], key: Callable[[Row], Any], measure: str) -> dict[Any, Any]:
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {name: summary(mine, measure) for name, mine in groups.items()}


def errors(rows: Iterable[Row], least: int) -> Counter[tuple[Any, ...]]:
    return Counter(
        (
            row["elb_status_code"],
            row["target_status_code"],
            row["error_reason"],
            row["target"] is None,
            row["actions_executed"],
            row["target_processing_time"] is None,
        )
        for row in rows
        if row["elb_status_code"] is not None
        and (row["elb_status_code"] >= least or row["elb_status_code"] == 0)
    )
