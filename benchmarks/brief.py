"""The brief over 100,000 stored events: CPU seconds more than Python's own start-up.

    python benchmarks/brief.py [--events 100000] [--open 0.02 0.1]

Bound: 1 s with 2 % of the events under way, which are 2,000 things to look after; exit code 1 when
it is missed. What five times as many cost is shown beside it, without a bound, and so is what the
first brief costs, which has everything to write into the history. The starts of the events lie
within a year around now. The command is run as a user runs it, in a process of its own; its CPU
time counts, user and system; the best of three.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from offcall.health.model import Delivery, Origin, Reject
from offcall.health.parse import parse
from offcall.health.storage.store import ingest
from offcall.history.opening import open_url

BOUND_SECONDS = 1.0
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
REQUIRED, INFORMATIONAL = "ACTION_REQUIRED", "INFORMATIONAL"
CHANGE, ISSUE, NOTICE = "scheduledChange", "issue", "accountNotification"
KINDS = (
    ("RDS", "AWS_RDS_MAINTENANCE_SCHEDULED", CHANGE, "db", REQUIRED),
    ("EC2", "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED", CHANGE, "instance", REQUIRED),
    ("EKS", "AWS_EKS_PLANNED_LIFECYCLE_EVENT", CHANGE, "cluster", REQUIRED),
    ("LAMBDA", "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT", CHANGE, "function", REQUIRED),
    ("EC2", "AWS_EC2_INSTANCE_AVAILABILITY_ISSUE", ISSUE, "instance", REQUIRED),
    ("BILLING", "AWS_BILLING_NOTIFICATION", NOTICE, "account", INFORMATIONAL),
)
ESTATE = """\
name: benchmark
time_zone: UTC
catalog:
  rules:
    - {match: "*-1*", owner: one}
    - {services: [EC2, EKS], owner: platform}
  default_owner: everybody
"""


def bodies(count: int, part_open: float) -> Iterator[bytes]:
    """EventBridge messages of different events, the same ones every time."""
    dice = random.Random(7)
    for number in range(count):
        service, code, category, kind, needs = KINDS[number % len(KINDS)]
        alive = dice.random() < part_open
        start = NOW + timedelta(days=dice.uniform(-180, 180))
        account = f"{111111111111 + number % 50}"
        region = ("us-east-1", "eu-west-1", "ap-southeast-2")[number % 3]
        name = f"{kind}-{number % 20_000}"
        status = ("upcoming" if start > NOW else "open") if alive else "closed"
        said = {} if category == "issue" else {"actionability": needs}
        http = start.strftime("%a, %d %b %Y %H:%M:%S GMT")
        yield json.dumps(
            {
                "version": "0",
                "detail-type": "AWS Health Event",
                "source": "aws.health",
                "account": account,
                "time": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "region": region,
                "detail": {
                    "eventArn": f"arn:aws:health:{region}::event/{service}/{code}/{number}",
                    "service": service,
                    "eventTypeCode": code,
                    "eventTypeCategory": category,
                    "eventScopeCode": "ACCOUNT_SPECIFIC",
                    "communicationId": f"{number:032x}-1",
                    "startTime": http,
                    "lastUpdatedTime": http,
                    "statusCode": status,
                    "eventRegion": region,
                    "eventDescription": [
                        {"language": "en_US", "latestDescription": f"{code} of {name}. " * 8}
                    ],
                    "affectedEntities": [
                        {"entityValue": f"arn:aws:{service.lower()}:{region}:{account}:{name}"}
                    ],
                    "affectedAccount": account,
                    "page": "1",
                    "totalPages": "1",
                    **said,
                },
            }
        ).encode()


def deliveries(count: int, part_open: float) -> Iterator[Delivery | Reject]:
    """The messages, parsed."""
    origin = Origin(how="file", name="benchmark")
    for body in bodies(count, part_open):
        yield from parse(body, origin=origin)


def cpu(command: list[str], env: dict[str, str]) -> float:
    """CPU seconds of a process, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(events: int, part_open: float) -> float:
    """Build a history, time the brief over it, print the CPU seconds and the ratio; give it."""
    with tempfile.TemporaryDirectory() as folder:
        estate = Path(folder) / "offcall.yaml"
        estate.write_text(ESTATE, encoding="utf-8")
        url = f"sqlite:///{folder}/history.sqlite"
        with open_url(url) as history:
            ingest(history, deliveries(events, part_open), NOW)
        env = {**os.environ, "OFFCALL_HISTORY": url}
        offcall = [sys.executable, "-m", "offcall", "brief"]
        offcall += ["--estate", str(estate), "--now", "2026-11-24T09:00Z", "-o", "markdown"]
        python = min(cpu([sys.executable, "-c", "pass"], env) for _ in range(3))
        first = cpu(offcall, env) - python
        more = min(cpu(offcall, env) for _ in range(3)) - python
    verdict = "within the bound" if more <= BOUND_SECONDS else "over the bound"
    print(
        f"brief over {events:,} events, {part_open:.0%} not closed: {more:.2f} s CPU more than "
        f"Python's start-up ({python:.3f} s); ratio to {BOUND_SECONDS:.0f} s: "
        f"{more / BOUND_SECONDS:.2f}, {verdict}; the first brief: {first:.2f} s"
    )
    return more / BOUND_SECONDS


def main() -> None:
    """A usual history, in which most events are closed, and one with thousands under way."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=100_000)
    arguments.add_argument("--open", type=float, nargs="+", default=[0.02, 0.1])
    options = arguments.parse_args()
    first, *_ = [measure(options.events, part_open) for part_open in options.open]
    raise SystemExit(int(first > 1))


if __name__ == "__main__":
    main()
