"""Access logs of Classic Load Balancers: HTTP and TCP listeners."""

from __future__ import annotations

import re

from offcall.accesslogs.formats.model import Format, Part, Place

__all__ = ["CLASSIC"]

CLASSIC = Format(
    name="classic",
    title="Classic Load Balancer",
    table="requests",
    looks=re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z [\w-]+ \S+:\d+ (?:\S+:\d+|-) "),
    # The first ones had no user agent and no TLS.
    lengths=(12, 15),
    quotes="-" * 11 + '""--',
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html",
    judged=(
        "time",
        "request_processing_time",
        "target_processing_time",
        "response_processing_time",
        "elb_status_code",
        "target_status_code",
        "received_bytes",
        "sent_bytes",
    ),
    places={
        "time": Place(0, Part.TIME),
        "elb": Place(1),
        "client": Place(2, Part.HOST),
        "client_port": Place(2, Part.PORT),
        "target": Place(3),
        "request_processing_time": Place(4, Part.SECONDS),
        "target_processing_time": Place(5, Part.SECONDS),
        "response_processing_time": Place(6, Part.SECONDS),
        "elb_status_code": Place(7, Part.INTEGER),
        "target_status_code": Place(8, Part.INTEGER),
        "received_bytes": Place(9, Part.INTEGER),
        "sent_bytes": Place(10, Part.INTEGER),
        "method": Place(11, Part.METHOD),
        "scheme": Place(11, Part.SCHEME),
        "host": Place(11, Part.URL_HOST),
        "port": Place(11, Part.URL_PORT),
        "path": Place(11, Part.PATH),
        "route": Place(11, Part.ROUTE),
        "query": Place(11, Part.QUERY),
        "http_version": Place(11, Part.VERSION),
        "user_agent": Place(12),
        "ssl_cipher": Place(13),
        "ssl_protocol": Place(14),
        "extra": Place(15, Part.REST),
    },
)
