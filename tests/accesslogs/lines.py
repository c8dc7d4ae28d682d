"""Lines of every kind of log, with what clients and AWS put into them, and what no one should."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import strategies as st

KINDS = ("alb", "classic", "nlb", "alb-connections", "cloudfront")
ALB_LENGTHS = (18, 21, 25, 27, 29, 30, 33, 35)

CLOUDFRONT_FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer)"
    " cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header"
    " cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher"
    " x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port"
    " time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len"
    " sc-range-start sc-range-end"
)
HEADER = f"#Version: 1.0\n#Fields: {CLOUDFRONT_FIELDS}\n".encode()

PATHS = (
    "/", "", "/orders/123", "/orders/77/items/4", "/a//b/", "/%xx", "/caf%C3%A9", "/a b c",
    "/users/0b7f3f8e-52a1-4b1e-9d5c-6f0a3c1f2e77/profile", "/day/2026-11-24", "/d/2026-1-24",
    "/mail/bob@example.com", "/mail/bob%2Btag%40example.com/x", "/mail/a@b@c.d", "/m/%zz@b.c",
    "/static/app.3f9c2a1b.js", "/static/app.deadbeef.js", "/img/17.json", "/img/17.tar.gz",
    "/blob/d41d8cd98f00b204e9800998ecf8427e", "/k/DEADBEEF", "/cart;jsessionid=1F/2;v=3",
    "/t/eyJhbGciOiJIUzI1NiJ9-A_b", "/t/ABCDEFGHIJ0123456789", "/v1/x-12345678.a.b", "/1/2/3/4",
    "/a\\x22b\\x5Cc", "/" + "x" * 300, "/-", "-", "/..//%2e", "/a:b://c", "/\\xC3\\xA9",
)  # fmt: skip
QUERIES = ("", "", "?", "?a=1&b=2", "?q=http://x/y?z", "?a b", "?\\x22")
HOSTS = (
    "www.example.com:443", "www.example.com:80", "www.example.com", "10.0.0.1:80",
    "[2001:db8::1]:443", "[::1]", "2001:db8::1:443", "host:", "a:b@c:1",
    "EXAMPLE.com:99999999999999999999", "host:x",
)  # fmt: skip
REQUESTS = (
    "- http://host:80- -", "- https://host:443- -", "- - - ", "-", "", "GET", " ", "GET ", "- -",
    "GET /relative HTTP/1.1", "GET  HTTP/1.1", "CONNECT h:443 HTTP/1.1", "- http://host:80/x- -",
    "GET http:// HTTP/1.1", "GET ://host/ HTTP/1.1", "GET https://host:443/cut", "- ",
    "GET https://host:443/a b", "GET https://host:443?x=1 HTTP/2.0", "PRI * HTTP/2.0",
    "- - HTTP/1.1", "OPTIONS * -",
)  # fmt: skip
AGENTS = (
    "-", "curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0", "", "a\\x22b\\x5Cc",
    "it said \"hi\", once", "ELB-HealthChecker/2.0", "tab\there", "\\xE2\\x82\\xAC", "x" * 500,
)  # fmt: skip
CLIENTS = (
    "192.168.131.39:2817", "2001:db8::1:443", "[2001:db8::1]:443", "10.0.0.1", "-", "[::1]",
    "10.0.0.1:", "x:y:z", "::ffff:10.0.0.1:65535",
)  # fmt: skip
TARGETS = ("10.0.0.1:80", "-", "[2001:db8::2]:8080", "10.0.3.77:65535")
SECONDS = (
    "0.001", "0.000", "-1", "-", "12.345", "0.000073", "1", "60.000001", "123456789.123456",
    "-0.5", "0.1", "0.3", "7", ".5", "5.", "999999999999.999",
)  # fmt: skip
STATUSES = ("200", "200", "302", "404", "500", "502", "503", "504", "-", "000", "101", "460", "561")
COUNTS = ("0", "366", "5814", "-", "123456789012345678", "000", "-1")
TIMES = (
    "2026-11-24T09:00:00.186641Z", "2018-07-02T22:22:48.364000Z", "2024-02-29T23:59:60.9Z",
    "1970-01-01T00:00:00Z", "2026-12-31T23:59:59.999999Z", "2000-02-29T00:00:00.1Z",
)  # fmt: skip
WRONG = (
    "abc", "1e5", "1.2.3", "--1", "-", "", "1234567890123456789", "NaN", "0x10", "+1", "1,5", ".",
    "-.", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24",
    "2026-11-24T09:00:00.1234567Z", "2026-11-24T09:00:00+00:00", "2026-11-24T09:00:00.Z",
    "1969-12-31T23:59:59Z", "2026-11-24T09:00:00ZZ", "0000-00-00T00:00:00Z", "\\x22", "é", "\0",
)  # fmt: skip
REASONS = ("-", "LambdaTimeout", "AuthInvalidCookie", "LambdaUnhandled")
ARNS = (
    "-",
    "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067",
)  # fmt: skip


def request(of: random.Random) -> str:
    if of.random() < 0.2:
        return of.choice(REQUESTS)
    scheme = of.choice(("https", "http", "ws", "wss", "h2"))
    url = f"{scheme}://{of.choice(HOSTS)}{of.choice(PATHS)}{of.choice(QUERIES)}"
    if of.random() < 0.01:
        url += "?" + "y" * 32_000
    method, version = of.choice(("GET", "POST", "-", "M-SEARCH")), of.choice(("HTTP/1.1", "-"))
    return f"{method} {url} {version}"


def _quoted(text: str) -> str:
    return f'"{text}"'


def alb(of: random.Random, length: int | None = None) -> list[str]:
    fields = [
        of.choice(("http", "https", "h2", "grpcs", "ws", "wss")),
        of.choice(TIMES),
        of.choice(("app/my-loadbalancer/50dc6c495c0c9188", "app/a/1")),
        of.choice(CLIENTS),
        of.choice(TARGETS),
        *(of.choice(SECONDS) for _ in range(3)),
        of.choice(STATUSES),
        of.choice(STATUSES),
        of.choice(COUNTS),
        of.choice(COUNTS),
        _quoted(request(of)),
        _quoted(of.choice(AGENTS)),
        of.choice(("-", "ECDHE-RSA-AES128-GCM-SHA256")),
        of.choice(("-", "TLSv1.2", "TLSv1.3")),
        of.choice(ARNS),
        _quoted(of.choice(("Root=1-58337281-1d84f3d73c47ec4e58577259", "-", "Self=1-6; Root=2"))),
        _quoted(of.choice(("-", "www.example.com"))),
        _quoted(of.choice(("-", "session-reused", "arn:aws:acm:us-east-2:1:certificate/1"))),
        of.choice(("0", "1", "-1", "-", "50000", "x")),
        of.choice((*TIMES, "-", "never")),
        _quoted(of.choice(("forward", "waf,forward", "redirect", "fixed-response", "-"))),
        _quoted(of.choice(("-", "https://www.example.com:443/new path"))),
        _quoted(of.choice(REASONS)),
        _quoted(of.choice(("-", "10.0.0.1:80", "10.0.0.1:80 10.0.0.2:80"))),
        _quoted(of.choice(("-", "200", "502 200"))),
        _quoted(of.choice(("-", "Acceptable", "Ambiguous", "Severe"))),
        _quoted(of.choice(("-", "SpaceInUri"))),
        of.choice(("-", "TID_1234abcd5678ef90")),
        of.choice(('"-"', "-", '"new.example.com"')),
        of.choice(('"-"', "-", '"/new uri"')),
        of.choice(('"-"', "-", '"TransformSuccess"')),
        of.choice(("-", "10.0.0.9", '"one more"')),
        of.choice(("-", "x")),
    ]
    return fields[: length or of.choice(ALB_LENGTHS)]


def classic(of: random.Random) -> list[str]:
    fields = [
        of.choice(TIMES),
        "my-loadbalancer",
        of.choice(("192.168.131.39:2817", "[2001:db8::1]:443")),
        of.choice(("10.0.0.1:80", "-")),
        *(of.choice(SECONDS) for _ in range(3)),
        of.choice(STATUSES),
        of.choice(STATUSES),
        of.choice(COUNTS),
        of.choice(COUNTS),
        _quoted("- - - " if of.random() < 0.3 else request(of)),
        _quoted(of.choice(AGENTS)),
        of.choice(("-", "DHE-RSA-AES128-SHA")),
        of.choice(("-", "TLSv1.2")),
        "more",
    ]
    return fields[: of.choice((12, 15, 15, 15, 16))]


def nlb(of: random.Random) -> list[str]:
    milliseconds = ("5", "2", "-", "0", "123456", "1.5", "-1")
    fields = [
        "tls",
        of.choice(("1.0", "2.0")),
        of.choice(("2018-12-20T02:59:40", "2020-04-01T08:51:42", "2026-11-24T09:00:00Z")),
        "net/my-network-loadbalancer/c6e77e28c25b2234",
        "g3d4b5e8bb8464cd",
        of.choice(CLIENTS),
        of.choice(TARGETS),
        of.choice(milliseconds),
        of.choice(milliseconds),
        of.choice(COUNTS),
        of.choice(COUNTS),
        of.choice(("-", "48")),
        of.choice(ARNS),
        "-",
        of.choice(("-", "ECDHE-RSA-AES128-SHA")),
        of.choice(("-", "tlsv12", "tlsv13")),
        "-",
        of.choice(("-", "my-network-loadbalancer.elb.us-east-2.amazonaws.com")),
        of.choice(("-", "h2")),
        of.choice(("-", "http/1.1")),
        of.choice(("-", '"h2"', '"h2","http/1.1"', '"h2","http/1.1","spd')),
        of.choice(("-", "2020-04-01T08:51:20", "never")),
        of.choice(("-", "x")),
    ]
    return fields[: of.choice((18, 21, 22, 22, 23))]


def connections(of: random.Random) -> list[str]:
    fields = [
        of.choice(TIMES),
        of.choice(("203.0.113.1", "2001:db8::1")),
        of.choice(("36280", "0")),
        "443",
        of.choice(("-", "TLSv1.2")),
        of.choice(("-", "ECDHE-RSA-AES128-GCM-SHA256")),
        of.choice(("-", "4.036", "0.001")),
        of.choice(("-", '"-"', '"CN=amazondomains.com,O=end Entity,L=Seattle"')),
        of.choice(("-", "NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z")),
        of.choice(("-", "FEF257372D5C14D4")),
        of.choice(("-", "Success", "Failed:ClientCertUntrusted")),
        of.choice(("-", "TID_3180a73013c8ca4bac2f731159d4b0fe")),
        of.choice(("-", "X25519MLKEM768")),
        "more",
    ]
    return fields[: of.choice((12, 13, 13, 14))]


def cloudfront(of: random.Random) -> list[str]:
    values: dict[str, tuple[str, ...]] = {
        "date": ("2026-11-24", "2024-02-29"),
        "time": ("09:00:00", "23:59:59"),
        "x-edge-location": ("IAD89-C3", "-"),
        "sc-bytes": COUNTS,
        "c-ip": ("192.0.2.183", "2001:0db8:85a3:0000:0000:8a2e:0370:7334"),
        "cs-method": ("GET", "HEAD"),
        "cs(Host)": ("d111111abcdef8.cloudfront.net",),
        "cs-uri-stem": PATHS,
        "sc-status": STATUSES,
        "cs(User-Agent)": ("Mozilla/5.0%20(X11)", "-", '"quoted'),
        "cs-uri-query": ("-", "a=1", "q=%2520"),
        "x-host-header": ("www.example.com",),
        "cs-protocol": ("https", "wss"),
        "cs-bytes": (*COUNTS, "x"),
        "time-taken": SECONDS,
        "c-port": ("443", "-", "x"),
        "time-to-first-byte": (*SECONDS, "x"),
        "cs-protocol-version": ("HTTP/2.0", "HTTP/1.1"),
    }
    fields = [of.choice(values.get(name, ("-", "Miss", "x"))) for name in CLOUDFRONT_FIELDS.split()]
    return fields + ["more"] * (of.random() < 0.1)


FIELDS: dict[str, Callable[[random.Random], list[str]]] = {
    "alb": alb,
    "classic": classic,
    "nlb": nlb,
    "alb-connections": connections,
    "cloudfront": cloudfront,
}


def join(kind: str, fields: list[str]) -> bytes:
    return ("\t" if kind == "cloudfront" else " ").join(fields).encode()


def good(kind: str, of: random.Random) -> bytes:
    return join(kind, FIELDS[kind](of))


def hostile(kind: str, of: random.Random) -> bytes:
    """A line with something wrong in it, as likely as not."""
    fields = FIELDS[kind](of)
    at = of.randrange(len(fields))
    line = join(kind, fields)
    where = of.randrange(len(line))
    return of.choice(
        (
            lambda: line,
            lambda: join(kind, [*fields[:at], of.choice(WRONG), *fields[at + 1 :]]),
            lambda: join(kind, fields[:at]),
            lambda: join(kind, [*fields, "one", '"more"']),
            lambda: join(kind, [*fields[:at], fields[at].strip('"'), *fields[at + 1 :]]),
            lambda: join(kind, [*fields[:at], fields[at].removesuffix('"'), *fields[at + 1 :]]),
            lambda: join(kind, [*fields[:at], f'"{fields[at]}"', *fields[at + 1 :]]),
            lambda: line[:where],
            lambda: line[:where] + of.randbytes(3).replace(b"\n", b"") + line[where:],
            lambda: (
                line[:where] + of.choice((b" ", b"\t", b"\0", b'"', b"\r", b"  ")) + line[where:]
            ),
            lambda: line + b" ",
            lambda: line + b"\r",
            lambda: b" " + line,
            lambda: b"# " + line,
            lambda: of.randbytes(40).replace(b"\n", b""),
            lambda: b"",
            lambda: good(of.choice(KINDS), of),
        )
    )()


def content(kind: str, seed: int, lines: int, *, wrong: float = 0.3) -> bytes:
    """A file, from a seed; its first twenty lines say clearly what it is."""
    of = random.Random(seed)
    made = (
        good(kind, of) if number < 20 or of.random() > wrong else hostile(kind, of)
        for number in range(lines)
    )
    return (HEADER if kind == "cloudfront" else b"") + b"".join(line + b"\n" for line in made)


# ---- strategies

kinds = st.sampled_from(KINDS)
seeds = st.integers(0, 2**32)
raw = st.binary(max_size=60).map(lambda line: line.replace(b"\n", b""))


@st.composite
def files(draw: st.DrawFn, kind: str) -> bytes:
    """A file that begins with a good line."""
    lines = [good(kind, random.Random(draw(seeds)))]
    lines += [hostile(kind, random.Random(seed)) for seed in draw(st.lists(seeds, max_size=12))]
    lines += draw(st.lists(raw, max_size=2))
    end = draw(st.sampled_from((b"\n", b"\r\n")))
    text = end.join(lines) + draw(st.sampled_from((b"", end)))
    return (HEADER if kind == "cloudfront" else b"") + text


def texts(alphabet: str) -> st.SearchStrategy[bytes]:
    """Short texts of the characters that mean something there."""
    return st.text(alphabet, max_size=24).map(str.encode)


requests = texts("GETHTP/1. :?-[]ab%") | st.builds(
    lambda *parts: b" ".join(parts),
    st.sampled_from((b"GET", b"-", b"")),
    texts("htps:/?[]-.1a @"),
    st.sampled_from((b"HTTP/1.1", b"-", b"", b"x")),
)
addresses = texts("1a:.[]-")
numbers = texts("0123456789.-") | st.decimals(0, 10**9, places=6).map(lambda one: str(one).encode())
moments = st.datetimes().map(lambda one: one.isoformat().encode()) | st.sampled_from(
    tuple(one.encode() for one in (*TIMES, *WRONG))
)
paths = texts("/0129abfABFxyzXYZ-_.;@%4") | st.lists(
    st.sampled_from([piece for path in PATHS for piece in path.split("/")]), max_size=5
).map(lambda pieces: "/".join(pieces).encode())
