"""Top 20 by path with percentiles, against gunzip, DuckDB and goaccess on the same files.

    python -m benchmarks.accesslogs [--lines 1000000] [--rounds 3] [--scale 1 2 4]

Generates ALB logs (fixed seed, 8 gz files). Each contestant is a process of its own, started and
timed by the clock; the best of some rounds counts, in turns, so that all meet the same machine.

- gunzip: `gunzip -c FILES | wc -l`, which only counts the lines.
- offcall: `offcall logs top --by path`, with percentiles; also by route. On one core (taskset) and
  on two. The first run, which compiles the reader, is shown apart.
- duckdb: `read_csv` over the same files with a group by and quantiles, in the same Python.
- goaccess: a JSON report with its ALB format, if it is installed (Debian has it).

Then time and peak memory of offcall over 1, 2 and 4 times as many files: both must not grow faster
than the files. (More files are the same files under other names.)

Bounds: at most 0.7 of gunzip's time on one core, 0.45 on two, a quarter of DuckDB's on the same
cores. Exit code 1 when one is missed.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

FILES = 8
START = datetime(2026, 11, 24, tzinfo=UTC).timestamp()
OFFCALL = str(Path(sys.executable).with_name("offcall"))
AGENTS = (
    *(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{version}.0.0.0 Safari/537.36"
        for version in range(120, 143)
    ),
    "curl/8.5.0",
    "okhttp/4.12.0",
    "python-requests/2.32.3",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
)
ROUTES = (
    ("GET", "/", 5),
    ("GET", "/health", 10),
    ("GET", "/api/v1/orders/{n}", 18),
    ("GET", "/api/v1/orders/{n}/items/{n}", 10),
    ("POST", "/api/v1/orders", 5),
    ("GET", "/api/v1/users/{u}", 8),
    ("PUT", "/api/v1/users/{u}/profile", 3),
    ("GET", "/search?q={w}&page={n}", 12),
    ("GET", "/static/js/app.{h}.js", 6),
    ("POST", "/login", 3),
    ("GET", "/products/{n}", 14),
    ("GET", "/products/{n}/reviews?sort=newest", 6),
)
DUCKDB = """
import sys, duckdb
names = [f"c{n}" for n in range(33)]
columns = {name: "VARCHAR" for name in names}
db = duckdb.connect(config={"threads": int(sys.argv[1])})
rows = db.execute('''
  SELECT regexp_extract(c12, '^\\\\S+ \\\\S+?://[^/]+([^? ]*)', 1) AS path, count(*) AS n,
    sum(CASE WHEN c8 >= '500' THEN 1 ELSE 0 END), quantile_disc(CAST(c6 AS DOUBLE),
    [0.5, 0.9, 0.95, 0.99]), max(CAST(c6 AS DOUBLE))
  FROM read_csv($files, delim=' ', quote='"', escape='"', header=false, columns=$columns,
    null_padding=true, auto_detect=false)
  GROUP BY 1 ORDER BY n DESC LIMIT 20''', {"files": sys.argv[2:], "columns": columns}).fetchall()
assert len(rows) == 20
"""


@dataclass(frozen=True)
class Run:
    """How a process went: seconds by the clock, CPU seconds, peak memory in MiB."""

    clock: float
    cpu: float
    memory: float


def lines(count: int, seed: int) -> Iterator[str]:
    """So many lines, spread over a day."""
    dice = random.Random(seed)
    clients = [".".join(str(dice.randrange(1, 255)) for _ in range(4)) for _ in range(20_000)]
    targets = [f"10.0.{dice.randrange(3)}.{number}:8080" for number in range(10, 22)]
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup"
    groups = [f"{arn}/{name}/{dice.getrandbits(64):016x}" for name in ("web", "api", "auth")]
    cert = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    weights = [one[2] for one in ROUTES]
    at = START
    for _ in range(count):
        at += dice.expovariate(count / 86_400)
        method, path, _ = dice.choices(ROUTES, weights)[0]
        while "{" in path:
            here = path.index("{")
            path = path[:here] + filled(dice, path[here + 1]) + path[here + 3 :]
        took = min(dice.lognormvariate(-3.2, 1.0), 60)
        status = dice.choices(("200", "201", "304", "404", "500", "502", "504"),
                              (880, 30, 30, 30, 6, 4, 2))[0]  # fmt: skip
        target, answered = dice.choice(targets), status
        time_taken = f"{took:.3f}"
        if status in {"502", "504"}:
            answered, time_taken = "-", "-1"
        host = "www.example.com" if dice.random() < 0.6 else "api.example.com"
        yield (
            f"h2 {stamp(at)} app/shop-prod/50dc6c495c0c9188 {dice.choice(clients)}:"
            f"{dice.randrange(1024, 65535)} {target} 0.00{dice.randrange(3)} {time_taken} 0.000 "
            f"{status} {answered} {dice.randrange(30, 900)} {dice.randrange(100, 90_000)} "
            f'"{method} https://{host}:443{path} HTTP/2.0" "{dice.choice(AGENTS)}" '
            f'TLS_AES_128_GCM_SHA256 TLSv1.3 {dice.choice(groups)} "Root=1-{int(at):08x}-'
            f'{dice.getrandbits(96):024x}" "{host}" "{cert}" {dice.randrange(1, 20)} '
            f'{stamp(at - took)} "forward" "-" "-" "{target}" "{answered}" "-" "-" '
            f'TID_{dice.getrandbits(128):032x} "-" "-" "-"\n'
        )


def filled(dice: random.Random, what: str) -> str:
    """A number, a UUID, a word, a hash."""
    if what == "n":
        return str(dice.randrange(1, 200_000))
    if what == "u":
        text = f"{dice.getrandbits(128):032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    if what == "w":
        return dice.choice(("shoes", "hat", "red+dress", "socks", "bag"))
    return f"{dice.randrange(20) * 99991:08x}"


def stamp(at: float) -> str:
    """AWS's form of a time."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def write(job: tuple[Path, int, int]) -> int:
    """One file; how many bytes it has unzipped."""
    path, count, seed = job
    size = 0
    with gzip.open(path, "wt", compresslevel=6) as file:
        for line in lines(count, seed):
            size += len(line)
            file.write(line)
    return size


def run(command: Sequence[str], cores: Sequence[int]) -> Run:
    """Run it on these cores."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    process = subprocess.Popen(
        ["taskset", "-c", ",".join(map(str, cores)), *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    clock = time.perf_counter() - begun
    if process.returncode:
        raise SystemExit(f"{command[0]} failed: {said.decode(errors='replace')[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(clock, cpu, usage.ru_maxrss / 1024)


def contestants(files: Sequence[str]) -> dict[str, tuple[list[str], int]]:
    """Commands, and on how many cores."""
    quoted = " ".join(files)
    found: dict[str, tuple[list[str], int]] = {
        "gunzip | wc -l": (["sh", "-c", f"gunzip -c {quoted} | wc -l"], 2),
        "gunzip | wc -l, one core": (["sh", "-c", f"gunzip -c {quoted} | wc -l"], 1),
    }
    for cores in (1, 2):
        for by in ("path", "route"):
            found[f"offcall by {by}, {cores} core{'s'[: cores - 1]}"] = (
                [OFFCALL, "logs", "top", "--by", by, "--limit", "20", *files],
                cores,
            )
        found[f"duckdb read_csv, {cores} core{'s'[: cores - 1]}"] = (
            [sys.executable, "-c", DUCKDB, str(cores), *files],
            cores,
        )
    if shutil.which("goaccess"):
        report = f"zcat {quoted} | goaccess - --log-format=AWSALB -o json --no-global-config"
        found["goaccess"] = (["sh", "-c", report], 2)
    return found


def main() -> int:
    """Print the comparison; 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=int, nargs="*", default=[1, 2, 4])
    asked = parser.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        print("two cores are needed")
        return 1
    with tempfile.TemporaryDirectory(prefix="offcall-bench-") as name:
        folder = Path(name)
        paths = [folder / f"{number}.log.gz" for number in range(FILES)]
        jobs = [(path, asked.lines // FILES, number) for number, path in enumerate(paths)]
        with multiprocessing.Pool(2) as pool:
            size = sum(pool.imap(write, jobs))
        files = [str(path) for path in paths]
        print(f"{asked.lines:,} lines, {size / 1e6:,.0f} MB unzipped, {len(files)} gz files")
        first = run([OFFCALL, "logs", "top", files[0]], [0, 1])
        print(f"first run, which may compile the reader: {first.clock:.1f} s")
        best = race(contestants(files), asked.rounds)
        missed = report(best)
        grow(files, folder, asked.scale)
    return 1 if missed else 0


def race(commands: dict[str, tuple[list[str], int]], rounds: int) -> dict[str, Run]:
    """The best of each."""
    best: dict[str, Run] = {}
    for _ in range(rounds):
        for name, (command, cores) in commands.items():
            one = run(command, list(range(cores)))
            if name not in best or one.clock < best[name].clock:
                best[name] = one
    return best


def report(best: dict[str, Run]) -> bool:
    """Print ratios; whether a bound is missed."""
    gunzip = best["gunzip | wc -l"].clock
    print(f"\n{'':28}{'clock':>9}{'CPU':>9}{'memory':>11}{'of gunzip':>11}")
    for name, one in best.items():
        print(
            f"{name:28}{one.clock:7.2f} s{one.cpu:7.2f} s{one.memory:7.0f} MiB"
            f"{one.clock / gunzip:11.2f}"
        )
    bounds = (
        ("offcall by path, 1 core", "gunzip | wc -l, one core", 0.7),
        ("offcall by path, 2 cores", "gunzip | wc -l", 0.45),
        ("offcall by path, 1 core", "duckdb read_csv, 1 core", 0.25),
        ("offcall by path, 2 cores", "duckdb read_csv, 2 cores", 0.25),
    )
    print()
    missed = False
    for mine, other, bound in bounds:
        ratio = best[mine].clock / best[other].clock
        missed |= ratio > bound
        print(
            f"{mine} / {other}: {ratio:.2f} (bound {bound}{'' if ratio <= bound else ', MISSED'})"
        )
    return missed


def grow(files: Sequence[str], folder: Path, scale: Sequence[int]) -> None:
    """Time and memory over more files."""
    print("\nfiles        clock    per file       memory")
    for times in scale:
        more = []
        for copy in range(times):
            for file in files:
                path = folder / f"x{times}-{copy}-{Path(file).name}"
                os.link(file, path)
                more.append(str(path))
        one = run([OFFCALL, "logs", "top", "--by", "path", *more], [0, 1])
        print(
            f"{len(more):5}  {one.clock:8.2f} s  {one.clock / len(more):8.3f} s  "
            f"{one.memory:7.0f} MiB"
        )


if __name__ == "__main__":
    raise SystemExit(main())
