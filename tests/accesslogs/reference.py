"""What the reader should say: one line at a time, with nothing but `str` and `re`.

Written from AWS's pages about each log, not from the reader: fields in the order in which the pages
list them, and the same words. Slow and obvious on purpose.

- https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
- https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
- https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
- https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
- https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""
# ruff: noqa: SIM905, C901 - lists of words are read as words

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

ALB = (
    "type time elb client:port target:port request_processing_time target_processing_time"
    " response_processing_time elb_status_code target_status_code received_bytes sent_bytes"
    ' "request" "user_agent" ssl_cipher ssl_protocol target_group_arn "trace_id" "domain_name"'
    ' "chosen_cert_arn" matched_rule_priority request_creation_time "actions_executed"'
    ' "redirect_url" "error_reason" "target:port_list" "target_status_code_list"'
    ' "classification" "classification_reason" conn_trace_id'
    " transformed_host? transformed_uri? request_transform_status?"
).split()
CLASSIC = (
    "time elb client:port backend:port request_processing_time backend_processing_time"
    " response_processing_time elb_status_code backend_status_code received_bytes sent_bytes"
    ' "request" "user_agent" ssl_cipher ssl_protocol'
).split()
NLB = (
    "type version time elb listener client:port destination:port connection_time"
    " tls_handshake_time received_bytes sent_bytes incoming_tls_alert chosen_cert_arn"
    " chosen_cert_serial tls_cipher tls_protocol_version tls_named_group domain_name"
    " alpn_fe_protocol alpn_be_protocol alpn_client_preference_list"
    " tls_connection_creation_time"
).split()
CONNECTIONS = (
    "timestamp client_ip client_port listener_port tls_protocol tls_cipher"
    " tls_handshake_latency leaf_client_cert_subject? leaf_client_cert_validity?"
    " leaf_client_cert_serial_number? tls_verify_status? conn_trace_id? tls_keyexchange?"
).split()

# ---- what a field says


def text(value: bytes | None) -> str | None:
    return None if value is None or value == b"-" else value.decode(errors="replace")


class NotOneError(Exception):
    """The text is no number, or no time."""


def integer(value: bytes | None) -> int | None:
    if value in (None, b"-", b""):
        return None
    if not re.fullmatch(rb"-?[0-9]{1,18}", value):
        raise NotOneError
    return int(value)


def seconds(value: bytes | None, unit: int = 1) -> float | None:
    if value in (None, b"-", b""):
        return None
    if not re.fullmatch(rb"-?(?=.{1,16}\Z)([0-9]+\.?[0-9]*|\.[0-9]+)", value):
        raise NotOneError
    if value.startswith(b"-"):
        return None
    return float(Fraction(value.decode().rstrip(".")) / unit)


def microseconds(value: bytes | None) -> int | None:
    if value in (None, b"-", b""):
        return None
    found = re.fullmatch(
        rb"([0-9]{4})-([0-9]{2})-([0-9]{2}).([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?Z?",
        value,
        re.DOTALL,
    )
    if not found:
        raise NotOneError
    *parts, fraction = found.groups()
    year, month, day, hour, minute, second = map(int, parts)
    if year < 1970 or second > 60:
        raise NotOneError
    try:
        then = datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        raise NotOneError from None
    return (int(then.timestamp()) + second) * 1_000_000 + int((fraction or b"").ljust(6, b"0"))


def host_and_port(value: bytes | None) -> tuple[bytes | None, bytes | None]:
    if value in (None, b"-", b""):
        return None, None
    host, port = value, None
    if b":" in value and not value.endswith(b"]"):
        host, _, port = value.rpartition(b":")
    if len(host) > 1 and host.startswith(b"[") and host.endswith(b"]"):
        host = host[1:-1]
    return host, port


def request(value: bytes | None) -> dict[str, bytes | None]:
    parts: dict[str, bytes | None] = dict.fromkeys(
        ("method", "scheme", "host", "port", "path", "query", "http_version")
    )
    if value is None or b" " not in value:
        return parts
    method, _, url = value.partition(b" ")
    if b" " in url:
        before, _, last = url.rpartition(b" ")
        if last.startswith(b"HTTP/"):
            url, parts["http_version"] = before, last
        elif last in (b"", b"-"):
            url = before
    unread = method == b"-"
    if unread:
        url = url.removesuffix(b"-")
    else:
        parts["method"] = method
    if not url:
        return parts
    found = re.fullmatch(rb"([^/:]*)://([^/?]*)(.*)", url, re.DOTALL)
    if found:
        parts["scheme"], authority, url = found.groups()
        if authority:
            parts["host"], parts["port"] = host_and_port(authority)
    if not unread:
        parts["path"], question, query = url.partition(b"?")
        if question:
            parts["query"] = query
    return parts


# ---- routes


def route(path: bytes | None) -> bytes | None:
    if path is None:
        return None
    return b"/".join(segment(one.partition(b";")[0]) for one in path.split(b"/"))


HEX = set(b"0123456789abcdefABCDEF")
LETTERS = set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS = set(b"0123456789")


def segment(one: bytes) -> bytes:
    found = set(one)
    if one and found <= DIGITS:
        return b"{id}"
    if [len(part) for part in one.split(b"-")] == [8, 4, 4, 4, 12] and found <= HEX | set(b"-"):
        return b"{uuid}"
    if [len(part) for part in one.split(b"-")] == [4, 2, 2] and found <= DIGITS | set(b"-"):
        return b"{date}"
    if is_email(one):
        return b"{email}"
    if len(one) >= 8 and found <= HEX and found & DIGITS:
        return b"{hash}"
    upper, lower = set(one) & set(one.upper()) & LETTERS, set(one) & set(one.lower()) & LETTERS
    if found & DIGITS and upper:
        if len(one) >= 16 and lower and found <= LETTERS | DIGITS | set(b"-_"):
            return b"{token}"
        if len(one) >= 20 and not lower and found <= LETTERS | DIGITS:
            return b"{token}"
    return file_name(one)


def is_email(one: bytes) -> bool:
    escapes = [match.start() for match in re.finditer(rb"%", one)]
    signs = [at for at in escapes if one[at : at + 3] == b"%40"]
    signs += [at for at, byte in enumerate(one) if byte == ord("@")]
    if len(signs) != 1:
        return False
    (sign,) = signs
    local, domain = one[:sign], one[sign + (1 if one[sign] == ord("@") else 3) :]
    for at in escapes:
        if at < sign and not (len(one[at + 1 : at + 3]) == 2 and set(one[at + 1 : at + 3]) <= HEX):
            return False
    if not local or b"%" in domain or len(domain) < 3:
        return False
    dot = domain.find(b".", 1)
    return 0 < dot < len(domain) - 1


def file_name(one: bytes) -> bytes:
    name, dot, ending = one.partition(b".")
    if dot and name and set(name) <= DIGITS and ending and set(ending) <= LETTERS:
        return b"{id}." + ending
    dots = [at for at, byte in enumerate(one) if byte == ord(".") and 0 < at < len(one) - 1]
    for at in reversed(dots):
        ending = one[at:]
        if not set(ending) <= LETTERS | DIGITS | set(b"."):
            break
        start = max(one.rfind(b".", 0, at), one.rfind(b"-", 0, at)) + 1
        piece = one[start:at]
        if start > 1 and len(piece) >= 8 and set(piece) <= HEX and set(piece) & DIGITS:
            return one[:start] + b"{hash}" + ending
    return one


# ---- lines


@dataclass
class Split:
    """The fields of a line: without their quotes; whether they had any; and where each begins."""

    values: list[bytes] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)


def split(line: bytes, separator: bytes, *, quotes: bool) -> Split | None:
    """None if a quote is not closed."""
    found = Split()
    at = 0
    while at < len(line):
        found.begins.append(at)
        if quotes and line[at : at + 1] == b'"':
            match = re.compile(rb'"(.*?)"(?= |\Z)', re.DOTALL).match(line, at)
            if match is None:
                return None
            found.values.append(match[1])
            found.quoted.append(True)
            at = match.end() + 1
        else:
            end = line.find(separator, at)
            end = len(line) if end < 0 else end
            found.values.append(line[at:end])
            found.quoted.append(False)
            at = end + 1
    return found


@dataclass
class Kind:
    """A format; `row` makes columns of a line's fields by their names, or raises NotOneError."""

    name: str
    table: str
    fields: list[str]
    lengths: set[int]
    row: Callable[[dict[str, bytes]], dict[str, Any]]
    separator: bytes = b" "
    quotes: bool = True

    def read(self, line: bytes) -> dict[str, Any] | None:
        """None: it is no line of this format."""
        if len(line) > 1 << 20:
            return None
        found = split(line, self.separator, quotes=self.quotes)
        if found is None:
            return None
        count = len(found.values)
        if count not in self.lengths and count <= max(self.lengths):
            return None
        named = {}
        for name, value, quoted in zip(self.fields, found.values, found.quoted, strict=False):
            if self.quotes and not name.endswith("?") and quoted != name.startswith('"'):
                return None
            named[name.strip('"?')] = value
        try:
            row = self.row(named)
        except NotOneError:
            return None
        if row["time"] is None:
            return None
        known = len(self.fields)
        row["extra"] = text(line[found.begins[known] :]) if count > known else None
        return {"log": self.name, "second": row["time"] // 1_000_000, **row}


def lenient(value: bytes | None, read: Callable[[bytes | None], Any]) -> Any:
    """Columns that no one counts on: what is no number is none there."""
    try:
        return read(value)
    except NotOneError:
        return None


def total(times: list[float | None]) -> float | None:
    result = 0.0
    for one in times:
        result += one or 0.0
    return None if times == [None] * len(times) else round(result * 1e6) / 1e6


def http(named: dict[str, bytes], target: str, status: str, took: str) -> dict[str, Any]:
    """What the logs of Application and Classic Load Balancers have in common."""
    client, client_port = host_and_port(named.get("client:port"))
    asked = request(named.get("request"))
    times = [
        seconds(named[one]) for one in ("request_processing_time", took, "response_processing_time")
    ]
    return {
        "time": microseconds(named["time"]),
        "elb": text(named["elb"]),
        "client": text(client),
        "client_port": lenient(client_port, integer),
        "target": text(named[target]),
        "request_processing_time": times[0],
        "target_processing_time": times[1],
        "response_processing_time": times[2],
        "total_time": total(times),
        "elb_status_code": integer(named["elb_status_code"]),
        "target_status_code": integer(named[status]),
        "received_bytes": integer(named["received_bytes"]),
        "sent_bytes": integer(named["sent_bytes"]),
        **{name: text(value) for name, value in asked.items() if name != "port"},
        "port": lenient(asked["port"], integer),
        "route": text(route(asked["path"])),
        "user_agent": text(named.get("user_agent")),
        "ssl_cipher": text(named.get("ssl_cipher")),
        "ssl_protocol": text(named.get("ssl_protocol")),
    }


def alb(named: dict[str, bytes]) -> dict[str, Any]:
    same = (
        "type target_group_arn trace_id domain_name chosen_cert_arn actions_executed redirect_url"
        " error_reason target_status_code_list classification classification_reason conn_trace_id"
        " transformed_host transformed_uri request_transform_status"
    ).split()
    return {
        **http(named, "target:port", "target_status_code", "target_processing_time"),
        **{name: text(named.get(name)) for name in same},
        "target_list": text(named.get("target:port_list")),
        "matched_rule_priority": lenient(named.get("matched_rule_priority"), integer),
        "request_creation_time": lenient(named.get("request_creation_time"), microseconds),
    }


def classic(named: dict[str, bytes]) -> dict[str, Any]:
    return http(named, "backend:port", "backend_status_code", "backend_processing_time")


def nlb(named: dict[str, bytes]) -> dict[str, Any]:
    client, client_port = host_and_port(named["client:port"])
    same = (
        "elb listener chosen_cert_arn tls_cipher tls_named_group domain_name alpn_fe_protocol"
        " alpn_be_protocol alpn_client_preference_list"
    ).split()
    return {
        **{name: text(named.get(name)) for name in same},
        "time": microseconds(named["time"]),
        "client": text(client),
        "client_port": lenient(client_port, integer),
        "target": text(named["destination:port"]),
        "connection_time": seconds(named["connection_time"], 1000),
        "tls_handshake_time": seconds(named["tls_handshake_time"], 1000),
        "received_bytes": integer(named["received_bytes"]),
        "sent_bytes": integer(named["sent_bytes"]),
        "tls_alert": text(named["incoming_tls_alert"]),
        "tls_protocol": text(named["tls_protocol_version"]),
        "tls_connection_creation_time": lenient(
            named.get("tls_connection_creation_time"), microseconds
        ),
    }


def connection(named: dict[str, bytes]) -> dict[str, Any]:
    same = (
        "tls_protocol tls_cipher leaf_client_cert_subject leaf_client_cert_validity"
        " leaf_client_cert_serial_number tls_verify_status conn_trace_id tls_keyexchange"
    ).split()
    return {
        **{name: text(named.get(name)) for name in same},
        "time": microseconds(named["timestamp"]),
        "client": text(named["client_ip"]),
        "client_port": lenient(named["client_port"], integer),
        "listener_port": integer(named["listener_port"]),
        "tls_handshake_time": seconds(named["tls_handshake_latency"]),
    }


def cloudfront(named: dict[str, bytes]) -> dict[str, Any]:
    get = named.get
    return {
        "time": microseconds(named["date"] + b" " + named["time"]),
        "client": text(get("c-ip")),
        "client_port": lenient(get("c-port"), integer),
        "method": text(get("cs-method")),
        "scheme": text(get("cs-protocol")),
        "host": text(get("x-host-header")),
        "elb": text(get("cs(Host)")),
        "path": text(get("cs-uri-stem")),
        "route": text(route(get("cs-uri-stem"))),
        "query": text(get("cs-uri-query")),
        "http_version": text(get("cs-protocol-version")),
        "user_agent": text(get("cs(User-Agent)")),
        "elb_status_code": integer(get("sc-status")),
        "received_bytes": lenient(get("cs-bytes"), integer),
        "sent_bytes": integer(get("sc-bytes")),
        "total_time": seconds(get("time-taken")),
        "target_processing_time": lenient(get("time-to-first-byte"), seconds),
        "ssl_protocol": text(get("ssl-protocol")),
        "ssl_cipher": text(get("ssl-cipher")),
        "trace_id": text(get("x-edge-request-id")),
        "error_reason": text(get("x-edge-detailed-result-type")),
        "actions_executed": text(get("x-edge-result-type")),
        "target": text(get("x-edge-location")),
    }


KINDS = (
    Kind("alb", "requests", ALB, {18, 21, 25, 27, 29, 30, 31, 32, 33}, alb),
    Kind("classic", "requests", CLASSIC, {12, 15}, classic),
    Kind("nlb", "connections", NLB, {18, 21, 22}, nlb, quotes=False),
    Kind("alb-connections", "connections", CONNECTIONS, {12, 13}, connection),
)


def looks_like(line: bytes) -> str | None:
    words = line.split(b" ")
    moment = rb"\d{4}-\d\d-\d\dT[\d:.]+"
    address = rb"\S+:\d+"

    def fits(*patterns: bytes) -> bool:
        return len(words) > len(patterns) and all(map(re.fullmatch, patterns, words))

    if fits(rb"https?|h2|grpcs?|wss?", moment + b"Z"):
        return "alb"
    if fits(moment + b"Z", rb"[\w-]+", address, address + b"|-"):
        return "classic"
    if fits(moment + b"Z", rb"[0-9a-fA-F.:]+", rb"\d+", rb"\d+"):
        return "alb-connections"
    if fits(rb"tls", rb"\d+\.\d+", moment + b"Z?") and words[3].startswith(b"net/"):
        return "nlb"
    return None


@dataclass
class Read:
    """What a file holds; `kind` is None if it is no log."""

    kind: str | None
    table: str = "requests"
    rows: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[tuple[int, bytes]] = field(default_factory=list)
    lines: int = 0


def header_of(line: bytes) -> Kind | None:
    names = line.removeprefix(b"#Fields:").decode("ascii", "replace").split()
    if "date" not in names or names.index("time") != names.index("date") + 1:
        return None
    return Kind(
        "cloudfront", "requests", names, {len(names)}, cloudfront, separator=b"\t", quotes=False
    )


def read(content: bytes) -> Read:
    """All of a file."""
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    first = lines[:20]
    kind: Kind | None = None
    for line in first:
        if line.startswith(b"#Fields:"):
            kind = header_of(line)
            break
    else:
        votes = [name for line in first if (name := looks_like(line))]
        if votes:
            best = max(dict.fromkeys(votes), key=votes.count)
            kind = next(one for one in KINDS if one.name == best)
    if kind is None:
        return Read(None)
    result = Read(kind.name, kind.table)
    for number, raw in enumerate(lines, 1):
        line = raw.removesuffix(b"\r")
        result.lines += 1
        if line == b"":
            continue
        if kind.name == "cloudfront" and line.startswith(b"#"):
            found = header_of(line) if line.startswith(b"#Fields:") else kind
            if found is None:
                # What follows cannot be read, and the reader says so of the file.
                result.lines -= 1
                break
            kind = found
            continue
        row = kind.read(line)
        if row is None:
            result.rejected.append((number, line[: 1 << 16]))
        else:
            result.rows.append(row)
    return result
