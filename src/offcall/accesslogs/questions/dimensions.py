"""By what requests can be counted, and which of their times can be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["AGENTS", "DIMENSIONS", "MEASURES", "Dimension", "DimensionName", "MeasureName"]

AGENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # The first that fits: browsers name one another, and bots name browsers.
    ("ELB health check", ("ELB-HealthChecker",)),
    ("Kubernetes probe", ("kube-probe",)),
    ("Route 53 health check", ("Amazon-Route53-Health-Check-Service",)),
    ("CloudFront", ("Amazon CloudFront",)),
    ("bot", ("bot", "Bot", "crawl", "Crawl", "spider", "Spider", "Slurp", "facebookexternalhit")),
    ("monitoring", ("Prometheus", "Datadog", "UptimeRobot", "Pingdom", "NewRelic", "StatusCake")),
    ("curl", ("curl/",)),
    ("Wget", ("Wget/",)),
    ("Python", ("python-requests", "Python-urllib", "aiohttp", "python-httpx")),
    ("Go", ("Go-http-client",)),
    ("Java", ("Java/", "Apache-HttpClient", "Jersey/")),
    ("Node.js", ("axios/", "node-fetch", "undici")),
    ("Ruby", ("Ruby", "Faraday")),
    ("PHP", ("GuzzleHttp", "PHP/")),
    ("AWS SDK", ("aws-sdk", "Boto3", "botocore", "aws-cli")),
    ("okhttp", ("okhttp",)),
    ("gRPC", ("grpc-",)),
    ("Postman", ("PostmanRuntime",)),
    ("iOS app", ("CFNetwork", "Darwin/")),
    ("Android app", ("Dalvik/",)),
    ("Edge", ("Edg/", "Edge/")),
    ("Opera", ("OPR/", "Opera")),
    ("Samsung Internet", ("SamsungBrowser",)),
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Chrome", ("Chrome/", "CriOS/")),
    ("Safari", ("Safari/",)),
    ("Internet Explorer", ("MSIE ", "Trident/")),
)
"""Families of user agents, and what a user agent of each contains."""


def _agents() -> str:
    cases = " ".join(
        "WHEN " + " OR ".join(f"user_agent LIKE '%{each}%'" for each in marks) + f" THEN '{family}'"
        for family, marks in AGENTS
    )
    return f"CASE WHEN user_agent IS NULL THEN NULL {cases} ELSE 'other' END"


# In a name as AWS gives it: …_END_NODE_RANDOM.log.gz. Without a backslash, which engines differ in.
_NODE = "_([0-9]+[.][0-9]+[.][0-9]+[.][0-9]+)_[^_/]*[.]log([.]gz)?$"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What requests are counted by.

    Attributes:
        sql: its value.
        number: it is a whole number.
        about: what it is.
    """

    sql: str
    about: str
    number: bool = False


DimensionName = Literal[
    "route", "path", "method", "status", "target-status", "class", "host", "client", "agent",
    "user-agent", "target", "target-group", "tls", "cipher", "error-reason", "elb", "type",
    "rule", "action", "cert", "log", "file", "node", "method-route",
]  # fmt: skip

DIMENSIONS: dict[DimensionName, Dimension] = {
    "route": Dimension("route", "path with placeholders: /orders/{id}"),
    "path": Dimension("path", "path as it is, without the query"),
    "method": Dimension("method", "GET, POST, …"),
    "method-route": Dimension("method || ' ' || route", "method and route"),
    "status": Dimension("elb_status_code", "status that the client got", number=True),
    "target-status": Dimension("target_status_code", "status that the target gave", number=True),
    "class": Dimension(
        "CASE WHEN elb_status_code < 200 THEN '1xx' WHEN elb_status_code < 300 THEN '2xx' "
        "WHEN elb_status_code < 400 THEN '3xx' WHEN elb_status_code < 500 THEN '4xx' "
        "WHEN elb_status_code < 600 THEN '5xx' END",
        "2xx, 3xx, 4xx, 5xx",
    ),
    "host": Dimension("host", "host in the URL"),
    "client": Dimension("client", "IP address of the client"),
    "agent": Dimension(_agents(), "family of the user agent: Chrome, curl, bot, …"),
    "user-agent": Dimension("user_agent", "the user agent as it is"),
    "target": Dimension("target", "address and port of the target"),
    "target-group": Dimension("target_group_arn", "target group"),
    "tls": Dimension("ssl_protocol", "version of TLS"),
    "cipher": Dimension("ssl_cipher", "cipher of TLS"),
    "error-reason": Dimension("error_reason", "why Lambda, authentication or WAF failed"),
    "elb": Dimension("elb", "the balancer"),
    "type": Dimension("type", "http, https, h2, grpcs, ws, wss"),
    "rule": Dimension("matched_rule_priority", "priority of the rule that matched", number=True),
    "action": Dimension("actions_executed", "forward, redirect, fixed-response, waf, …"),
    "cert": Dimension("chosen_cert_arn", "certificate"),
    "log": Dimension("log", "kind of log"),
    "file": Dimension("file", "file of the logs; one balancer node and five minutes each"),
    "node": Dimension(
        f"NULLIF(regexp_extract(file, '{_NODE}', 1), '')",
        "the balancer's node, by its IP address in the file's name; a node is in one availability "
        "zone, which no log names",
    ),
}
assert set(DIMENSIONS) == set(get_args(DimensionName))

MeasureName = Literal["target", "request", "response", "total"]

# A WebSocket (status 101) would count for as long as its connection was open.
_TIMED = "CASE WHEN elb_status_code = 101 THEN NULL ELSE {} END"

MEASURES: dict[MeasureName, str] = {
    "target": _TIMED.format("target_processing_time"),
    "request": _TIMED.format("request_processing_time"),
    "response": _TIMED.format("response_processing_time"),
    "total": _TIMED.format("total_time"),
}
