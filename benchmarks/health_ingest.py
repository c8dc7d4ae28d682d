"""Import of AWS Health events against a bare `executemany` of the same lines into SQLite.

    python benchmarks/health_ingest.py [--events 100000] [--rounds 5]

Generates the events (fixed seed), nine of ten of them closed. Then it measures, each step in a
process of its own:

- bare: the lines as they are into a table with one text column, by `executemany`. As the import
  does, it writes a new file on the same disk, with the same journal mode, `synchronous`, page size
  and cache size (asked of a history that the product made), and commits as often as the import.
- import: what `offcall health import` does with the same file: understand, tell copies and
  updates apart, fold into events, store.
- again: the import of the same file once more.
- reading what is open or upcoming. (`offcall brief` over as many events: `benchmarks/brief.py`.)

Bare and import take turns for some rounds; the medians of their times are compared, by the clock
and by CPU time. Prints rates, ratios, and peak memory for a quarter, a half and all of the events:
memory that stays flat does not grow with the file.

The import reads ahead in a second process, as `offcall health import` does with large files, so
the comparison by the clock wants two cores that are free; the load of the machine is printed.

Bound: the import reaches 1/4 of the bare rate. Exit code 1 when it does not.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BOUND = 0.25
TYPES = (
    # service, code, category, share, words of the description
    ("EC2", "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED", "scheduledChange", 24, 190),
    ("RDS", "AWS_RDS_PLANNED_LIFECYCLE_EVENT", "scheduledChange", 14, 330),
    ("RDS", "AWS_RDS_MAINTENANCE_SCHEDULED", "scheduledChange", 12, 160),
    ("LAMBDA", "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT", "scheduledChange", 10, 300),
    ("EKS", "AWS_EKS_PLANNED_LIFECYCLE_EVENT", "scheduledChange", 6, 280),
    ("VPN", "AWS_VPN_REDUNDANCY_LOSS", "accountNotification", 14, 80),
    ("ACM", "AWS_ACM_RENEWAL_STATE_CHANGE", "accountNotification", 8, 90),
    ("EC2", "AWS_EC2_OPERATIONAL_ISSUE", "issue", 12, 140),
)
WORDS = """
    your the instance database version has reached end of standard support and will be upgraded
    during maintenance window we recommend that you take action before this date to avoid an
    interruption please see documentation for resources affected in this region account
"""
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2")


def events(count: int, seed: int = 20261124) -> Iterator[str]:
    """`count` lines: 3 of 4 are new events; the rest updates, backup copies, pages, old shapes."""
    dice = random.Random(seed)
    recent: list[dict] = []
    for number in range(count):
        kind = dice.random()
        if recent and kind < 0.10:
            one = update(dice.choice(recent), number)
        elif recent and kind < 0.20:
            one = copy_of(dice.choice(recent))
        else:
            one = event(dice, number)
            if kind < 0.23:
                one["detail"]["totalPages"] = "2"
            elif kind < 0.25:
                for name in ("communicationId", "page", "totalPages", "eventScopeCode"):
                    del one["detail"][name]
            recent.append(one)
            if len(recent) > 2000:
                recent.pop(dice.randrange(1000))
        yield json.dumps(one)


def event(dice: random.Random, number: int) -> dict:
    """A new event; one in ten is open or upcoming."""
    vocabulary = WORDS.split()
    service, code, category, _, words = dice.choices(TYPES, [one[3] for one in TYPES])[0]
    region = dice.choice(REGIONS)
    account = f"{dice.randrange(40):012d}"
    alive = dice.random() < 0.1
    sent = NOW - timedelta(minutes=dice.randrange(60, 900_000))
    start = sent + timedelta(days=dice.randrange(7, 200)) if category[0] == "s" else sent
    entities = [
        {
            "entityValue": f"arn:aws:{service.lower()}:{region}:{account}:thing/{number}-{each}",
            "lastUpdatedTime": http(sent),
            "status": "PENDING",
        }
        for each in range(dice.choice((1, 1, 1, 2, 3, 8)))
    ]
    return {
        "version": "0",
        "id": f"{dice.getrandbits(128):032x}",
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": "999988887777",
        "time": f"{sent:%Y-%m-%dT%H:%M:%SZ}",
        "region": region,
        "resources": [one["entityValue"] for one in entities],
        "detail": {
            "eventArn": f"arn:aws:health:{region}::event/{service}/{code}/"
            f"{code}_{dice.getrandbits(128):032x}",
            "service": service,
            "eventTypeCode": code,
            "eventTypeCategory": category,
            "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": f"{dice.getrandbits(160):040x}-1",
            "startTime": http(start),
            "lastUpdatedTime": http(sent),
            "statusCode": ("upcoming" if start > NOW else "open") if alive else "closed",
            "eventRegion": region,
            "eventDescription": [
                {
                    "language": "en_US",
                    "latestDescription": " ".join(dice.choices(vocabulary, k=words)),
                }
            ],
            "eventMetadata": {},
            "affectedEntities": entities,
            "affectedAccount": account,
            "page": "1",
            "totalPages": "1",
            "backupEvent": "false",
            "actionability": "ACTION_REQUIRED",
            "personas": ["OPERATIONS"],
        },
    }


def update(one: dict, number: int) -> dict:
    """A later message of the same event."""
    sent = datetime.fromisoformat(one["time"]) + timedelta(days=1)
    detail = {
        **one["detail"],
        "lastUpdatedTime": http(sent),
        "communicationId": f"{number:040x}-1",
        "affectedEntities": [
            {**each, "status": "RESOLVED", "lastUpdatedTime": http(sent)}
            for each in one["detail"]["affectedEntities"]
        ],
    }
    return {**one, "time": f"{sent:%Y-%m-%dT%H:%M:%SZ}", "detail": detail}


def copy_of(one: dict) -> dict:
    """The copy in the backup region."""
    detail = {**one["detail"], "backupEvent": "true"}
    return {**one, "region": "us-west-2", "detail": detail}


def http(when: datetime) -> str:
    """As AWS writes times."""
    return f"{when:%a, %d %b %Y %H:%M:%S} GMT"


# What is measured, each in its own process ----------------------------------------------------


def bare(file: Path, folder: Path) -> dict[str, float]:
    """The lines as they are, into one column."""
    from offcall.health.storage.ingest import BATCH
    from offcall.history.opening import open_url

    with open_url(f"sqlite:///{folder}/settings.sqlite") as history, history.read() as asked:
        settings = {
            name: asked.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("page_size", "journal_mode", "synchronous", "cache_size")
        }
    begin, cpu = time.perf_counter(), time.process_time()
    conn = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for name, value in settings.items():
        conn.execute(f"PRAGMA {name}={value}")
    conn.execute("CREATE TABLE event (body TEXT)")
    with file.open(encoding="utf-8") as lines:
        while some := [(line,) for line in itertools.islice(lines, BATCH)]:
            conn.execute("BEGIN IMMEDIATE")
            conn.executemany("INSERT INTO event VALUES (?)", some)
            conn.execute("COMMIT")
    conn.close()
    return {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}


def ingest(file: Path, folder: Path) -> dict[str, float]:
    """The import, as `offcall health import` does it."""
    from offcall.health.sources.files import batches_of
    from offcall.health.storage.store import ingest_batches
    from offcall.history.opening import open_url

    with open_url(f"sqlite:///{folder}/history.sqlite") as history:
        report = ingest_batches(history, batches_of(file, NOW, history.timestamp), NOW)
    return {"new": report.new, "duplicates": report.duplicates, "events": report.created}


def select(_file: Path, folder: Path) -> dict[str, float]:
    """What is open or upcoming, as the brief asks."""
    from offcall.health.storage.store import events as stored
    from offcall.history.opening import open_url

    with open_url(f"sqlite:///{folder}/history.sqlite") as history:
        found = stored(history, status=("open", "upcoming"))
    return {"found": len(found)}


STEPS = {step.__name__: step for step in (bare, ingest, select)}


def measured(step: str, file: Path, folder: Path) -> dict[str, float]:
    """Run a step in a new process: seconds, CPU seconds, peak memory."""
    done = subprocess.run(
        [sys.executable, __file__, "--step", step, str(file), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run_step(name: str, file: Path, folder: Path) -> None:
    """In the new process: run it and print what it took."""
    import offcall.health.storage.store
    import offcall.history.opening  # noqa: F401  imports are not what is measured

    begin, cpu = time.perf_counter(), cpu_so_far()
    answer = STEPS[name](file, folder)
    answer.setdefault("seconds", time.perf_counter() - begin)
    answer.setdefault("cpu", cpu_so_far() - cpu)
    # With the process that reads ahead, although they share pages.
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    answer["peak_mb"] = sum(resource.getrusage(one).ru_maxrss for one in who) / 1024
    print(json.dumps(answer))


def cpu_so_far() -> float:
    """CPU seconds of this process and of those it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5, help="of the largest size")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        name, file, folder = options.step
        run_step(name, Path(file), Path(folder))
        return
    with tempfile.TemporaryDirectory(prefix="offcall-bench-") as name:
        for count in (options.events // 4, options.events // 2, options.events):
            folder = Path(name) / str(count)
            folder.mkdir()
            file = folder / "events.jsonl"
            with file.open("w", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in events(count))
            ratio = report(count, file, folder, options.rounds if count == options.events else 1)
    load = os.getloadavg()[0]
    verdict = "within the bound" if ratio >= BOUND else "below the bound"
    print(f"import against bare: {ratio:.2f}, {verdict} of {BOUND}; load average {load:.1f}")
    raise SystemExit(int(ratio < BOUND))


def fresh(step: str, file: Path, folder: Path) -> dict[str, float]:
    """`measured`, with no database there before."""
    for old in folder.glob("*.sqlite*"):
        old.unlink()
    return measured(step, file, folder)


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The median of each number."""
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def report(count: int, file: Path, folder: Path, rounds: int) -> float:
    """Measure one size, print it, and give the rate of the import over that of the bare insert."""
    turns = [(fresh("bare", file, folder), fresh("ingest", file, folder)) for _ in range(rounds)]
    bare_one, first = (medians(list(step)) for step in zip(*turns, strict=True))
    again = measured("ingest", file, folder)
    read = measured("select", file, folder)
    size = file.stat().st_size / count
    print(
        f"{count:,} messages of {size:,.0f} bytes: {first['events']:,.0f} events, "
        f"median of {rounds}"
    )
    for title, one in (("bare executemany", bare_one), ("import", first), ("again", again)):
        ratio = bare_one["seconds"] / one["seconds"]
        cpu = bare_one["cpu"] / one["cpu"]
        print(
            f"  {title:<17} {count / one['seconds']:>9,.0f}/s   {ratio:5.2f} of bare "
            f"({cpu:.2f} by CPU)   peak {one['peak_mb']:,.0f} MB"
        )
    print(
        f"  open or upcoming  {read['found']:,} read in {read['seconds']:.2f} s, "
        f"{read['cpu']:.2f} s of CPU"
    )
    return bare_one["seconds"] / first["seconds"]


if __name__ == "__main__":
    main()
