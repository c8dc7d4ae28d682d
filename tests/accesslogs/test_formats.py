"""Lines as AWS's pages show them, and how a format is told."""

from __future__ import annotations

from typing import Any

import pytest

from offcall.accesslogs.formats.cloudfront import cloudfront
from offcall.accesslogs.formats.detecting import FORMATS, detect, kind_of
from tests.accesslogs import lines
from tests.accesslogs.reading import in_memory, run

ARN = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067"
ALB_HTTPS = (
    "https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188"
    " 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57"
    ' "GET https://www.example.com:443/orders/17?a=1 HTTP/1.1" "curl/7.46.0"'
    f" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 {ARN}"
    ' "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com"'
    ' "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012"'
    ' 1 2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-"'
    ' TID_1234abcd5678ef90 "-" "-" "-"'
)
ALB_LAMBDA_FAILED = (
    "http 2018-11-30T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 -"
    ' 0.000 0.001 0.000 502 - 34 366 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - -'
    f' {ARN} "Root=1-58337364-23a8c76965a2ef7629b185e3" "-" "-" 0 2018-11-30T22:22:48.364000Z'
    ' "forward" "-" "LambdaInvalidResponse" "-" "-" "-" "-" TID_1234abcd5678ef90'
)
ALB_UNREADABLE = (
    "http 2026-11-24T09:00:00.186641Z app/a/1 [2001:db8::1]:2817 - -1 -1 -1 400 - 0 272"
    ' "- http://my-loadbalancer:80- -" "-" - - - "-" "-" "-" - 2026-11-24T09:00:00.100000Z'
    ' "-" "-" "-" "-" "-" "Severe" "BadHeader" TID_1 "-" "-" "-" 10.0.0.9'
)
CLASSIC_TCP = (
    "2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.001069"
    ' 0.000028 0.000041 - - 82 305 "- - - " "-" - -'
)
NLB_ALPN = (
    "tls 2.0 2020-04-01T08:51:42 net/my-network-loadbalancer/c6e77e28c25b2234 g3d4b5e8bb8464cd"
    " 72.21.218.154:51341 172.100.100.185:443 5 2 98 246 -"
    " arn:aws:acm:us-east-2:671290407336:certificate/2a108f19-aded-46b0-8493-c63eb1ef4a99 -"
    " ECDHE-RSA-AES128-SHA tlsv12 -"
    " my-network-loadbalancer-c6e77e28c25b2234.elb.us-east-2.amazonaws.com"
    ' h2 h2 "h2","http/1.1" 2020-04-01T08:51:20'
)
CONNECTION = (
    "2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 4.036"
    ' "CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US"'
    " NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z"
    " FEF257372D5C14D4 Success TID_3180a73013c8ca4bac2f731159d4b0fe"
)
CLOUDFRONT = lines.HEADER.decode() + "\t".join(
    (  # noqa: SIM905
        "2019-12-04 21:02:31 LAX1 392 192.0.2.100 GET d111111abcdef8.cloudfront.net /index.html"
        " 200 - Mozilla/5.0%20(Windows%20NT%2010.0) a=b - Hit SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTA=="
        " www.example.com https 23 0.250 - TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 Hit HTTP/2.0 - -"
        " 11040 0.100 Hit text/html 78 - -"
    ).split()
)


def only(content: str) -> dict[str, Any]:
    found = run([in_memory("a.log", content.encode())])
    assert not found.rejected
    assert not found.tally.problems
    ((row,),) = found.rows.values()
    return {name: value for name, value in row.items() if value is not None}


def test_alb() -> None:
    assert only(ALB_HTTPS) == {
        "log": "alb",
        "type": "https",
        "time": 1530570180186641,
        "second": 1530570180,
        "elb": "app/my-loadbalancer/50dc6c495c0c9188",
        "client": "192.168.131.39",
        "client_port": 2817,
        "target": "10.0.0.1:80",
        "request_processing_time": 0.086,
        "target_processing_time": 0.048,
        "response_processing_time": 0.037,
        "total_time": 0.171,
        "elb_status_code": 200,
        "target_status_code": 200,
        "received_bytes": 0,
        "sent_bytes": 57,
        "method": "GET",
        "scheme": "https",
        "host": "www.example.com",
        "port": 443,
        "path": "/orders/17",
        "route": "/orders/{id}",
        "query": "a=1",
        "http_version": "HTTP/1.1",
        "user_agent": "curl/7.46.0",
        "ssl_cipher": "ECDHE-RSA-AES128-GCM-SHA256",
        "ssl_protocol": "TLSv1.2",
        "target_group_arn": ARN,
        "trace_id": "Root=1-58337281-1d84f3d73c47ec4e58577259",
        "domain_name": "www.example.com",
        "chosen_cert_arn": "arn:aws:acm:us-east-2:123456789012:certificate/"
        "12345678-1234-1234-1234-123456789012",
        "matched_rule_priority": 1,
        "request_creation_time": 1530570168364000,
        "actions_executed": "authenticate,forward",
        "target_list": "10.0.0.1:80",
        "target_status_code_list": "200",
        "conn_trace_id": "TID_1234abcd5678ef90",
    }


def test_alb_lambda_that_failed() -> None:
    row = only(ALB_LAMBDA_FAILED)
    assert row["error_reason"] == "LambdaInvalidResponse"
    assert row["elb_status_code"] == 502
    assert "target" not in row
    assert "target_status_code" not in row
    assert row["path"] == row["route"] == "/"


def test_alb_request_that_could_not_be_read() -> None:
    row = only(ALB_UNREADABLE)
    assert (row["client"], row["client_port"]) == ("2001:db8::1", 2817)
    assert (row["scheme"], row["host"], row["port"]) == ("http", "my-loadbalancer", 80)
    assert row["extra"] == "10.0.0.9"
    assert row["classification_reason"] == "BadHeader"
    missing = "method path route query http_version user_agent total_time target_processing_time"
    assert not set(missing.split()) & set(row)


def test_classic_tcp() -> None:
    row = only(CLASSIC_TCP)
    assert row["log"] == "classic"
    assert row["total_time"] == 0.001138
    assert (row["received_bytes"], row["sent_bytes"]) == (82, 305)
    assert not {"method", "path", "route", "host", "elb_status_code", "user_agent"} & set(row)


def test_nlb() -> None:
    row = only(NLB_ALPN)
    assert row["log"] == "nlb"
    assert (row["connection_time"], row["tls_handshake_time"]) == (0.005, 0.002)
    assert row["alpn_client_preference_list"] == '"h2","http/1.1"'
    assert row["tls_connection_creation_time"] == 1585731080000000
    assert (row["client"], row["client_port"]) == ("72.21.218.154", 51341)


def test_alb_connection() -> None:
    row = only(CONNECTION)
    assert row["log"] == "alb-connections"
    assert row["tls_handshake_time"] == 4.036
    assert row["leaf_client_cert_subject"].startswith("CN=amazondomains.com,O=endEntity")
    assert row["tls_verify_status"] == "Success"
    assert only(CONNECTION + " X25519MLKEM768")["tls_keyexchange"] == "X25519MLKEM768"


def test_cloudfront() -> None:
    row = only(CLOUDFRONT)
    assert row["log"] == "cloudfront"
    assert row["time"] == 1575493351000000
    assert (row["elb"], row["host"]) == ("d111111abcdef8.cloudfront.net", "www.example.com")
    assert (row["path"], row["query"]) == ("/index.html", "a=b")
    # The time to the first byte is part of the time taken.
    assert (row["total_time"], row["target_processing_time"]) == (0.25, 0.1)
    assert "response_processing_time" not in row


@pytest.mark.parametrize("kind", [kind for kind in lines.KINDS if kind != "cloudfront"])
def test_a_line_tells_its_format(kind: str) -> None:
    for line in lines.content(kind, 11, 200, wrong=0).splitlines():
        found = kind_of(line)
        assert found is not None
        assert found.name == kind
        assert [one.name for one in FORMATS if one.looks.match(line)] == [kind]


def test_most_lines_decide() -> None:
    assert detect([]) is None
    assert detect([b"", b"hello"]) is None
    found = detect([CLASSIC_TCP.encode(), ALB_HTTPS.encode(), ALB_HTTPS.encode()])
    assert found is not None
    assert found.name == "alb"


@pytest.mark.parametrize(
    "header", [b"#Fields: time date", b"#Fields: date x time", b"#Fields:", b"#Fields: date"]
)
def test_cloudfront_without_a_time(header: bytes) -> None:
    assert cloudfront(header) is None


def test_a_quote_that_is_missing_does_not_move_fields() -> None:
    """33 fields and a quote less are 32 or 35 fields, which there may be."""
    content = ALB_HTTPS.encode()
    quotes = [at for at, byte in enumerate(content) if byte == ord('"')]
    # The last three fields may be in quotes or not, as AWS announces new fields by a bare dash.
    for at in quotes[:-6]:
        found = run([in_memory("a.log", content + b"\n" + content[:at] + content[at + 1 :])])
        assert [line for line, _ in found.rejected["a.log"]] == [2], at
