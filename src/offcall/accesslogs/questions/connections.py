"""Who connects, how, and how long the handshake takes: the lines of NLBs and connection logs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, get_args

from offcall.accesslogs.columns import CONNECTIONS
from offcall.accesslogs.questions.question import Question, both
from offcall.accesslogs.questions.top import summed

__all__ = ["BY", "SORTS", "ByName", "TookName", "top_connections"]

ByName = Literal[
    "tls", "cipher", "client", "listener", "verify", "alert", "host", "target", "elb",
    "named-group", "key-exchange", "client-cert", "alpn", "log", "file",
]  # fmt: skip
BY: dict[ByName, str] = {
    "tls": "tls_protocol",
    "cipher": "tls_cipher",
    "client": "client",
    "listener": "COALESCE(CAST(listener_port AS VARCHAR), listener)",
    "verify": "tls_verify_status",
    "alert": "tls_alert",
    "host": "domain_name",
    "target": "target",
    "elb": "elb",
    "named-group": "tls_named_group",
    "key-exchange": "tls_keyexchange",
    "client-cert": "leaf_client_cert_subject",
    "alpn": "alpn_fe_protocol",
    "log": "log",
    "file": "file",
}
"""What connections are counted by, as SQL."""
assert set(BY) == set(get_args(ByName))

TookName = Literal["handshake", "connection"]
_TOOK: dict[TookName, str] = {"handshake": "tls_handshake_time", "connection": "connection_time"}

SORTS: dict[str, str] = {
    "count": "n",
    "failed": "server_errors",
    "bytes": "sent",
    "p95": "p95",
    "max": "longest",
}
"""What can be sorted by, the greatest first."""

_FAILED = "tls_alert IS NOT NULL OR tls_verify_status LIKE 'Failed%'"
_NAMES = frozenset(one.name for one in CONNECTIONS)


def top_connections(
    by: ByName, took: TookName, conditions: Sequence[str], sort: str, limit: int
) -> Question:
    """The values with the most of something.

    Columns: those of `questions.top.summed`, where the errors of servers are the connections whose
    client sent an alert or whose certificate was refused; then how many values and connections
    there are in all.
    """
    counted = f"""\
SELECT {BY[by]} AS k, {_TOOK[took]} AS v, COUNT(*) AS n,
  SUM(sent_bytes) AS sent, SUM(received_bytes) AS received, 0 AS client_errors,
  SUM(CASE WHEN {_FAILED} THEN 1 ELSE 0 END) AS server_errors
FROM connections
WHERE {both(conditions)}
GROUP BY {BY[by]}, {_TOOK[took]}"""
    bare = re.sub(r"'(?:[^']|'')*'", "", counted)
    uses = tuple(sorted(_NAMES.intersection(re.findall(r"[a-z_0-9]+", bare))))
    sql = f"""\
SELECT *, COUNT(*) OVER () AS all_groups, SUM(n) OVER () AS all_connections
FROM ({summed(counted)}) AS summed
ORDER BY COALESCE({SORTS[sort]}, -1) DESC, n DESC, COALESCE(k, '')
LIMIT {limit}"""
    return Question(sql, uses, "connections")
