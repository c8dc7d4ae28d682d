"""Lines of an Application Load Balancer with an incident in them: the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

START = datetime(2026, 11, 24, 6, tzinfo=UTC)
MINUTES = 180
ROUTES = ("/", "/search", "/cart", "/orders/{}/items")
TARGETS = ("10.0.1.10:8080", "10.0.2.11:8080", "10.0.3.12:8080")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "okhttp/4.12.0",
)
GROUP = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/73e2d6bc24d8a067"
BAD_CLIENT = "203.0.113.99"
BAD_AGENT = "python-requests/2.32.5"


@dataclass(frozen=True)
class Scenario:
    """What happens, from which minute on, for how long, and what must be found."""

    name: str
    kind: str
    first: int = 120
    minutes: int = 25
    causes: tuple[tuple[str, str], ...] = ()

    @property
    def start(self) -> datetime:
        return START + timedelta(minutes=self.first)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


SCENARIOS = (
    Scenario("latency step", "slow", causes=(("route", "/search"),)),
    Scenario("error burst", "server-errors", causes=(("target", TARGETS[1]), ("status", "502"))),
    Scenario("traffic drop", "fewer-requests"),
    Scenario("client spike", "more-requests", causes=(("client", BAD_CLIENT), ("agent", "Python"))),
    Scenario("slow leak", "slow", first=100, minutes=75),
)
QUIET = Scenario("quiet", "none", first=MINUTES, minutes=0)


def lines(scenario: Scenario, seed: int = 1, rate: float = 150) -> Iterator[bytes]:
    """The log of three hours."""
    dice = np.random.default_rng(seed)
    for minute in range(MINUTES):
        inside = scenario.first <= minute < scenario.first + scenario.minutes
        name = scenario.name if inside else ""
        count = int(dice.poisson(rate * (0.25 if name == "traffic drop" else 1)))
        extra = int(dice.poisson(rate * 1.5)) if name == "client spike" else 0
        seconds = np.sort(dice.uniform(0, 60, count + extra))
        bad = np.zeros(count + extra, bool)
        bad[dice.permutation(count + extra)[:extra]] = True
        took = dice.lognormal(-3, 0.6, count + extra)
        route, target, client, agent, odds = (
            dice.integers(0, size, count + extra) for size in (4, 3, 60, 3, 1000)
        )
        leak = 1 + 4 * (minute - scenario.first) / max(scenario.minutes, 1)
        for i in range(count + extra):
            at = START + timedelta(minutes=minute, seconds=float(seconds[i]))
            time = float(took[i])
            status, answered = "200", "200"
            if name == "latency step" and route[i] == 1:
                time *= 5
            if name == "slow leak":
                time *= leak
            if name == "error burst" and target[i] == 1 and odds[i] < 600:
                status, answered, time = "502", "-", -1
            elif odds[i] == 0:
                status, answered = "500", "500"
            elif odds[i] < 20:
                status, answered = "404", "404"
            who = BAD_CLIENT if bad[i] else f"198.51.100.{client[i]}"
            what = BAD_AGENT if bad[i] else AGENTS[agent[i]]
            path = ROUTES[0 if bad[i] else route[i]].format(odds[i])
            yield (
                f"https {at:%Y-%m-%dT%H:%M:%S.%fZ} app/web/50dc6c495c0c9188 {who}:50000 "
                f"{TARGETS[target[i]]} 0.001 {time:.3f} {'-1' if time < 0 else '0.000'} "
                f"{status} {answered} 300 5000 "
                f'"GET https://shop.example.com:443{path} HTTP/1.1" "{what}" '
                "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 "
                f"{GROUP} "
                f'"Root=1-{i:08x}-{minute:024x}" "shop.example.com" "session-reused" 1 '
                f'{at:%Y-%m-%dT%H:%M:%S.%fZ} "forward" "-" "-" '
                f'"{TARGETS[target[i]]}" "{answered}" '
                '"-" "-" TID_1\n'
            ).encode()
