"""Questions whose answer is single requests, or counts without times."""

from __future__ import annotations

from offcall.accesslogs.questions.dimensions import MEASURES, MeasureName
from offcall.accesslogs.questions.question import Question, both, columns_in

__all__ = ["SLOW", "balancer", "clients", "errors", "slow"]

SLOW = (
    "time", "method", "host", "path", "query", "elb_status_code", "target_status_code",
    "request_processing_time", "target_processing_time", "response_processing_time",
    "target", "client", "trace_id",
)  # fmt: skip
"""The columns of `slow`."""

_ERROR = (
    "elb_status_code",
    "target_status_code",
    "error_reason",
    "target_missing",
    "actions_executed",
    "not_answered",
)


def slow(measure: MeasureName, conditions: tuple[str, ...], limit: int) -> Question:
    """The requests that took longest."""
    took = MEASURES[measure]
    names = ", ".join(SLOW)
    sql = f"""\
SELECT {names}
FROM requests
WHERE {both((*conditions, f"({took}) IS NOT NULL"))}
ORDER BY {took} DESC, time, COALESCE(trace_id, ''), COALESCE(client, '')
LIMIT {limit}"""
    return Question(sql, columns_in(sql))


def errors(conditions: tuple[str, ...], least: int = 400) -> Question:
    """Answers that are errors, counted by what tells who made them and why.

    Columns: those of a case (status of the balancer and of the target, reason, whether there was
    a target, actions, whether the target answered), n, first and last epoch second.
    """
    case = """\
elb_status_code, target_status_code, error_reason,
  CASE WHEN target IS NULL THEN 1 ELSE 0 END AS target_missing,
  actions_executed,
  CASE WHEN target_processing_time IS NULL THEN 1 ELSE 0 END AS not_answered"""
    inside = f"""\
SELECT {case}, second
FROM requests
WHERE {both((*conditions, f"elb_status_code >= {least} OR elb_status_code = 0"))}"""
    keys = ", ".join(_ERROR)
    sql = f"""\
SELECT {keys}, COUNT(*) AS n, MIN(second) AS first_seen, MAX(second) AS last_seen
FROM ({inside}) AS failed
GROUP BY {keys}
ORDER BY n DESC, elb_status_code, COALESCE(target_status_code, -1), COALESCE(error_reason, ''),
  target_missing, COALESCE(actions_executed, ''), not_answered"""
    return Question(sql, columns_in(inside))


def balancer(conditions: tuple[str, ...]) -> Question:
    """The balancers, the one with the most requests first.

    Columns: elb, one of its target groups, n, first and last epoch second.
    """
    sql = f"""\
SELECT elb, MIN(target_group_arn) AS one_group, COUNT(*) AS n, MIN(second) AS first_seen,
  MAX(second) AS last_seen
FROM requests
WHERE {both(conditions)}
GROUP BY elb
ORDER BY n DESC, COALESCE(elb, '')"""
    return Question(sql, columns_in(sql))


def clients(conditions: tuple[str, ...], sort: str, limit: int) -> Question:
    """Who calls: how much, when, how many different things, with what success.

    Columns: client, n, sent, client_errors, server_errors, busiest minute, first and last epoch
    second, distinct paths, distinct user agents, one of them; clients and requests in all.
    """
    inside = f"""\
SELECT client, path, user_agent, sent_bytes, elb_status_code, second,
  COUNT(*) OVER (PARTITION BY client, second - MOD(second, 60)) AS in_minute
FROM requests
WHERE {both(conditions)}"""
    sql = f"""\
SELECT client, COUNT(*) AS n, SUM(sent_bytes) AS sent,
  SUM(CASE WHEN elb_status_code BETWEEN 400 AND 499 THEN 1 ELSE 0 END) AS client_errors,
  SUM(CASE WHEN elb_status_code BETWEEN 500 AND 599 THEN 1 ELSE 0 END) AS server_errors,
  MAX(in_minute) AS busiest, MIN(second) AS first_seen, MAX(second) AS last_seen,
  COUNT(DISTINCT path) AS paths, COUNT(DISTINCT user_agent) AS agents,
  MIN(user_agent) AS one_agent,
  COUNT(*) OVER () AS all_clients, SUM(COUNT(*)) OVER () AS all_requests
FROM ({inside}) AS called
GROUP BY client
ORDER BY {CLIENT_SORTS[sort]} DESC, n DESC, COALESCE(client, '')
LIMIT {limit}"""
    return Question(sql, columns_in(inside))


CLIENT_SORTS = {
    "count": "n",
    "client-errors": "client_errors",
    "server-errors": "server_errors",
    "bytes": "sent",
    "busiest": "busiest",
    "paths": "paths",
}
"""What clients can be sorted by, the greatest first."""
