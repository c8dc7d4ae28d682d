"""Access logs of Application Load Balancers."""

from __future__ import annotations

import re

from offcall.accesslogs.formats.model import Format, Part, Place

__all__ = ["ALB"]

ALB = Format(
    name="alb",
    title="Application Load Balancer",
    table="requests",
    looks=re.compile(rb"(?:https?|h2|grpcs?|wss?) \d{4}-\d\d-\d\dT[\d:.]+Z "),
    # AWS added fields at the end, several at a time, and a `-` before it tells what they are.
    # What comes after 33 is kept as it is.
    lengths=(18, 21, 25, 27, 29, 30, 31, 32, 33),
    quotes="-" * 12 + '""---' + '"""--' + '"' * 7 + "-",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "load-balancer-access-logs.html",
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
        "type": Place(0),
        "time": Place(1, Part.TIME),
        "elb": Place(2),
        "client": Place(3, Part.HOST),
        "client_port": Place(3, Part.PORT),
        "target": Place(4),
        "request_processing_time": Place(5, Part.SECONDS),
        "target_processing_time": Place(6, Part.SECONDS),
        "response_processing_time": Place(7, Part.SECONDS),
        "elb_status_code": Place(8, Part.INTEGER),
        "target_status_code": Place(9, Part.INTEGER),
        "received_bytes": Place(10, Part.INTEGER),
        "sent_bytes": Place(11, Part.INTEGER),
        "method": Place(12, Part.METHOD),
        "scheme": Place(12, Part.SCHEME),
        "host": Place(12, Part.URL_HOST),
        "port": Place(12, Part.URL_PORT),
        "path": Place(12, Part.PATH),
        "route": Place(12, Part.ROUTE),
        "query": Place(12, Part.QUERY),
        "http_version": Place(12, Part.VERSION),
        "user_agent": Place(13),
        "ssl_cipher": Place(14),
        "ssl_protocol": Place(15),
        "target_group_arn": Place(16),
        "trace_id": Place(17),
        "domain_name": Place(18),
        "chosen_cert_arn": Place(19),
        "matched_rule_priority": Place(20, Part.INTEGER),
        "request_creation_time": Place(21, Part.TIME),
        "actions_executed": Place(22),
        "redirect_url": Place(23),
        "error_reason": Place(24),
        "target_list": Place(25),
        "target_status_code_list": Place(26),
        "classification": Place(27),
        "classification_reason": Place(28),
        "conn_trace_id": Place(29),
        "transformed_host": Place(30),
        "transformed_uri": Place(31),
        "request_transform_status": Place(32),
        "extra": Place(33, Part.REST),
    },
)
