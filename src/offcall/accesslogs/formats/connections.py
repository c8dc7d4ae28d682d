"""Connection logs of Application Load Balancers."""

from __future__ import annotations

import re

from offcall.accesslogs.formats.model import Format, Part, Place

__all__ = ["ALB_CONNECTIONS"]

ALB_CONNECTIONS = Format(
    name="alb-connections",
    title="Application Load Balancer, connections",
    table="connections",
    looks=re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-fA-F.:]+ \d+ \d+ "),
    lengths=(12, 13),
    quotes="-" * 7,  # the certificate's subject is in quotes, or `-`
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "load-balancer-connection-logs.html",
    judged=("time", "listener_port", "tls_handshake_time"),
    places={
        "time": Place(0, Part.TIME),
        "client": Place(1),
        "client_port": Place(2, Part.INTEGER),
        "listener_port": Place(3, Part.INTEGER),
        "tls_protocol": Place(4),
        "tls_cipher": Place(5),
        # In seconds, though the page of the NLB counts milliseconds.
        "tls_handshake_time": Place(6, Part.SECONDS),
        "leaf_client_cert_subject": Place(7),
        "leaf_client_cert_validity": Place(8),
        "leaf_client_cert_serial_number": Place(9),
        "tls_verify_status": Place(10),
        "conn_trace_id": Place(11),
        "tls_keyexchange": Place(12),
        "extra": Place(13, Part.REST),
    },
)
