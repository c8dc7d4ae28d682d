"""Access logs of Network Load Balancers: they log TLS listeners only."""

from __future__ import annotations

import re

from offcall.accesslogs.formats.model import Format, Part, Place

__all__ = ["NLB"]

NLB = Format(
    name="nlb",
    title="Network Load Balancer, TLS",
    table="connections",
    looks=re.compile(rb"tls \d+\.\d+ \d{4}-\d\d-\d\dT[\d:.]+Z? net/"),
    # Version 1.0 ended with the domain name; then came ALPN, then the time of creation.
    lengths=(18, 21, 22),
    # Nothing is in quotes but each of the client's protocols ("h2","http/1.1"), cut at 256 bytes.
    quotes=None,
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/network/"
    "load-balancer-access-logs.html",
    judged=(
        "time",
        "connection_time",
        "tls_handshake_time",
        "received_bytes",
        "sent_bytes",
    ),
    places={
        "time": Place(2, Part.TIME),
        "elb": Place(3),
        "listener": Place(4),
        "client": Place(5, Part.HOST),
        "client_port": Place(5, Part.PORT),
        "target": Place(6),
        "connection_time": Place(7, Part.MILLISECONDS),
        "tls_handshake_time": Place(8, Part.MILLISECONDS),
        "received_bytes": Place(9, Part.INTEGER),
        "sent_bytes": Place(10, Part.INTEGER),
        "tls_alert": Place(11),
        "chosen_cert_arn": Place(12),
        # 13, the serial of the certificate, is reserved.
        "tls_cipher": Place(14),
        "tls_protocol": Place(15),
        "tls_named_group": Place(16),
        "domain_name": Place(17),
        "alpn_fe_protocol": Place(18),
        "alpn_be_protocol": Place(19),
        "alpn_client_preference_list": Place(20),
        "tls_connection_creation_time": Place(21, Part.TIME),
        "extra": Place(22, Part.REST),
    },
)
