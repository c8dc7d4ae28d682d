"""The columns of the two tables that logs become, whichever balancer wrote them.

Names are AWS's own where AWS has one. Times taken are in seconds; times are in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

__all__ = ["CONNECTIONS", "REQUESTS", "TABLES", "Column", "Kind", "columns_of"]


class Kind(StrEnum):
    """The type of a column."""

    TEXT = "text"
    INTEGER = "integer"
    SECONDS = "seconds"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    kind: Kind
    about: str


def _all(kind: Kind, **columns: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind, about) for name, about in columns.items())


REQUESTS: tuple[Column, ...] = (
    *_all(
        Kind.TEXT,
        log="the kind of log: alb, classic, cloudfront",
        file="the file that the line stands in",
        type="http, https, h2, grpcs, ws, wss",
    ),
    *_all(Kind.TIME, time="when the response was made, or a WebSocket closed"),
    *_all(Kind.INTEGER, second="the same, in whole seconds since 1970"),
    *_all(
        Kind.TEXT,
        elb="the balancer: app/name/id",
        client="IP address of the client",
    ),
    *_all(Kind.INTEGER, client_port="port of the client"),
    *_all(Kind.TEXT, target="target that answered, address:port; none for Lambda, redirects, …"),
    *_all(
        Kind.SECONDS,
        request_processing_time="from receiving the request to sending it to the target",
        target_processing_time="until the target began to answer; none if it did not",
        response_processing_time="from the target's answer to the client",
        total_time="the three together, as far as they are known",
    ),
    *_all(
        Kind.INTEGER,
        elb_status_code="status that the client got",
        target_status_code="status that the target gave",
        received_bytes="bytes from the client",
        sent_bytes="bytes to the client",
    ),
    *_all(
        Kind.TEXT,
        method="GET, POST, …",
        scheme="http, https, ws, …",
        host="host in the URL",
    ),
    *_all(Kind.INTEGER, port="port in the URL"),
    *_all(
        Kind.TEXT,
        path="path, without the query",
        route="path with placeholders: /orders/{id}",
        query="what follows the question mark",
        http_version="HTTP/1.1, HTTP/2.0",
        user_agent="as the client wrote it",
        ssl_cipher="",
        ssl_protocol="TLSv1.2, TLSv1.3, …",
        target_group_arn="",
        trace_id="X-Amzn-Trace-Id",
        domain_name="server name of the TLS handshake (SNI)",
        chosen_cert_arn="",
    ),
    *_all(Kind.INTEGER, matched_rule_priority="0 default action, -1 none"),
    *_all(Kind.TIME, request_creation_time="when the request came"),
    *_all(
        Kind.TEXT,
        actions_executed="authenticate, fixed-response, forward, redirect, waf, waf-failed",
        redirect_url="",
        error_reason="why Lambda, authentication or WAF failed",
        target_list="all targets that were tried",
        target_status_code_list="",
        classification="of desync attacks: Acceptable, Ambiguous, Severe",
        classification_reason="",
        conn_trace_id="joins with the connections",
        transformed_host="",
        transformed_uri="",
        request_transform_status="",
        extra="fields that AWS has added since",
    ),
)

CONNECTIONS: tuple[Column, ...] = (
    *_all(
        Kind.TEXT,
        log="the kind of log: nlb, alb-connections",
        file="the file that the line stands in",
    ),
    *_all(Kind.TIME, time="when the connection closed (NLB) or was made"),
    *_all(Kind.INTEGER, second="the same, in whole seconds since 1970"),
    *_all(
        Kind.TEXT,
        elb="the balancer: net/name/id",
        listener="",
        client="IP address of the client",
    ),
    *_all(Kind.INTEGER, client_port="port of the client", listener_port="port of the listener"),
    *_all(Kind.TEXT, target="where it went, address:port"),
    *_all(
        Kind.SECONDS,
        connection_time="how long it was open",
        tls_handshake_time="",
    ),
    *_all(Kind.INTEGER, received_bytes="bytes from the client", sent_bytes="bytes to the client"),
    *_all(
        Kind.TEXT,
        tls_alert="alert that the client sent",
        chosen_cert_arn="",
        tls_cipher="",
        tls_protocol="",
        tls_named_group="",
        domain_name="server name of the TLS handshake (SNI)",
        alpn_fe_protocol="",
        alpn_be_protocol="",
        alpn_client_preference_list="",
    ),
    *_all(Kind.TIME, tls_connection_creation_time=""),
    *_all(
        Kind.TEXT,
        leaf_client_cert_subject="",
        leaf_client_cert_validity="",
        leaf_client_cert_serial_number="",
        tls_verify_status="Success, or Failed:Reason",
        conn_trace_id="joins with the requests",
        tls_keyexchange="key exchange of the TLS handshake",
        extra="fields that AWS has added since",
    ),
)

Table = Literal["requests", "connections"]
TABLES: dict[Table, tuple[Column, ...]] = {"requests": REQUESTS, "connections": CONNECTIONS}


def columns_of(table: Table) -> dict[str, Column]:
    """The columns of a table by name."""
    return {one.name: one for one in TABLES[table]}
