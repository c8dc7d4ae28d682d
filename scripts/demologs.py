"""Write the access logs of the sample estate: `python scripts/demologs.py` (fixed seed).

An hour of the shop's balancer, 08:00 to 09:00 on 2026-11-24, two nodes, a file every five minutes.
From 08:31 on one target of three answers slowly and then not at all (502, 504); at 08:45 somebody
tries passwords.
"""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "src/offcall/demo/estate/logs"
ACCOUNT, REGION = "111122223333", "us-east-1"
BALANCER = "app/shop-web/50dc6c495c0c9188"
START = datetime(2026, 11, 24, 8, tzinfo=UTC)
NODES = ("10.20.1.5", "10.20.2.5")
TARGETS = ("10.20.11.21:8080", "10.20.12.22:8080", "10.20.13.23:8080")
BAD = TARGETS[2]
GROUP = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/shop-web/73e2d6bc24d8a067"
CERT = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"
AGENTS = (
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/142.0.0.0 Safari/537.36", 6),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 "
     "(KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1", 4),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", 2),
    ("okhttp/5.1.0", 2),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 1),
)  # fmt: skip
ROUTES = (
    # method, path, share, seconds at the median
    ("GET", "/", 12, 0.030),
    ("GET", "/products/{n}", 24, 0.045),
    ("GET", "/search?q={w}", 14, 0.120),
    ("GET", "/products/{n}/reviews", 8, 0.060),
    ("GET", "/static/app.3f9c2a1b.js", 16, 0.004),
    ("GET", "/cart", 7, 0.050),
    ("POST", "/cart/items", 5, 0.065),
    ("POST", "/checkout", 3, 0.310),
    ("GET", "/orders/{u}", 5, 0.070),
    ("GET", "/account", 4, 0.040),
    ("POST", "/login", 2, 0.150),
)
WORDS = ("boots", "rain+jacket", "tent", "lamp", "socks")


def line(dice: random.Random, at: datetime) -> str:
    """One request, as it went at that time."""
    method, path, _, usual = dice.choices(ROUTES, [one[2] for one in ROUTES])[0]
    client = f"203.0.113.{dice.randrange(1, 250)}"
    agent = dice.choices([one[0] for one in AGENTS], [one[1] for one in AGENTS])[0]
    status = dice.choices(("200", "304", "404"), (94, 4, 2))[0]
    if at >= START + timedelta(minutes=45) and dice.random() < 0.12:
        method, path, usual = "POST", "/login", 0.150
        client, agent, status = "198.51.100.77", "python-requests/2.32.5", "401"
    path = (
        path.replace("{n}", str(dice.randrange(1000, 9999)))
        .replace("{w}", dice.choice(WORDS))
        .replace("{u}", f"ORD-{dice.randrange(10**6):06d}")
    )
    took = usual * dice.lognormvariate(0, 0.5)
    target, reached = dice.choice(TARGETS), status
    since = (at - START - timedelta(minutes=31)).total_seconds()
    if target == BAD and since >= 0 and not path.startswith("/static"):
        took *= 4 + since / 60
        if dice.random() < min(since / 1200, 0.6):
            status, reached = dice.choice((("502", "-"), ("504", "-")))
    times = f"0.00{dice.randrange(3)} {took:.3f} 0.000"
    if reached == "-":
        times = "0.001 -1 -1" if status == "504" else "0.001 0.004 -1"
    host = "www.shop.example"
    sent = dice.randrange(400, 40_000) if status == "200" else 320
    created = at - timedelta(seconds=took)
    return (
        f"h2 {stamp(at)} {BALANCER} {client}:{dice.randrange(1024, 65535)} {target} {times} "
        f"{status} {reached} {dice.randrange(60, 900)} {sent} "
        f'"{method} https://{host}:443{path} HTTP/2.0" "{agent}" TLS_AES_128_GCM_SHA256 TLSv1.3 '
        f'{GROUP} "Root=1-{int(at.timestamp()):08x}-{dice.getrandbits(96):024x}" "{host}" "{CERT}" '
        f'10 {stamp(created)} "forward" "-" "-" "{target}" "{reached}" "-" "-" - "-" "-" "-"'
    )


def stamp(at: datetime) -> str:
    """AWS's form of a time."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def lines(minutes: int) -> Iterator[tuple[datetime, str]]:
    """All requests, in the order of their answers."""
    dice = random.Random(20261124)
    at = START
    end = START + timedelta(minutes=minutes)
    while (at := at + timedelta(seconds=dice.expovariate(1.7))) < end:
        yield at, line(dice, at)


def main() -> None:
    """Write all files anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    files: dict[Path, list[str]] = {}
    dice = random.Random(1)
    for at, text in lines(60):
        end = START + timedelta(minutes=(int((at - START).total_seconds()) // 300 + 1) * 5)
        node = dice.choice(NODES)
        name = (
            f"{ACCOUNT}_elasticloadbalancing_{REGION}_{BALANCER.replace('/', '.')}_"
            f"{end:%Y%m%dT%H%MZ}_{node}_{end:%H%M}{node[6]}abc.log.gz"
        )
        day = f"AWSLogs/{ACCOUNT}/elasticloadbalancing/{REGION}/{at:%Y/%m/%d}"
        files.setdefault(FOLDER / day / name, []).append(text)
    for path, texts in sorted(files.items()):
        path.parent.mkdir(parents=True, exist_ok=True)
        body = ("\n".join(texts) + "\n").encode()
        path.write_bytes(gzip.compress(body, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
