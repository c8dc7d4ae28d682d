"""How well anomalies are found: precision, recall and delay, by incident.

    python benchmarks/anomalies.py [--seeds 6] [--days 14] [--rate 300]

No labelled series of traffic can be had from a package that we may use (decision 0031), so
incidents are injected, by fixed seeds, into seasonal traffic: a day's curve, weekends, jobs at the
full hour, counts that vary a little more than Poisson's. Each counts once, and nothing is adjusted
by points. The delay is from its beginning to the end of the minute that told it; what is usual is
taken from the whole series. Then the same from lines of logs to explanations: three hours, without
a season. Last, what it costs: CPU seconds for one series, and for 40 routes of eight days.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from offcall.accesslogs.anomalies.analysing import anomalies_of
from offcall.accesslogs.anomalies.counting import USES
from offcall.accesslogs.anomalies.detecting import detect
from offcall.accesslogs.engine.duck import Logs, connect, load
from offcall.accesslogs.reading.rejects import Tally
from tests.accesslogs.anomalies.scoring import Score
from tests.accesslogs.anomalies.seasonal import incidents, make
from tests.accesslogs.anomalies.traffic import QUIET, SCENARIOS, lines
from tests.accesslogs.reading import in_memory

FIRST_SEED = 20
"""Limits were looked for on seeds below; the numbers are of others."""


def injected(seeds: int, days: int, rate: float) -> None:
    """Series of minutes."""
    whole, by_kind = Score(), defaultdict[str, Score](Score)
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        there = incidents(seed, days)
        runs = detect(make(seed, days, rate, there))
        whole.add(there, runs)
        for one in there:
            by_kind[one.kind].add([one], runs)
    print(f"\nInjected into {days} days at {rate:g} requests a minute, {seeds} seeds")
    print(f"{'':16} there  found  recall  median delay  longest")
    for kind, one in sorted(by_kind.items()):
        longest = max(one.delays, default=0)
        print(
            f"{kind:16} {one.there:5} {one.found:6} {one.recall:7.1%} {one.delay:9g} min"
            f" {longest:5} min"
        )
    print(
        f"{'all':16} {whole.there:5} {whole.found:6} {whole.recall:7.1%} {whole.delay:9g} min;"
        f" precision {whole.precision:.1%}"
    )
    alarms = sum(len(detect(make(100 + seed, days, rate))) for seed in range(seeds))
    print(f"Nothing injected: {alarms * 7 / (seeds * days):.2f} alarms a week")


def from_lines(seeds: int) -> None:
    """Lines of logs."""
    found = explained = alarms = asked = 0
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        for scenario in (*SCENARIOS, QUIET):
            logs = Logs([in_memory("x.log", b"".join(lines(scenario, seed)))], Tally(), 1)
            with connect(logs) as db:
                load(db, "requests", USES, logs)
                there = anomalies_of(db).incidents
            mine = [
                one
                for one in there
                if one.kind == scenario.kind
                and one.start < scenario.end
                and scenario.start < one.end
            ]
            asked += scenario is not QUIET
            found += bool(mine)
            alarms += len(there) - len(mine)
            causes = {(each.dimension, each.value) for one in mine for each in one.causes}
            explained += bool(mine) and set(scenario.causes) <= causes
    print(f"\nFrom lines: {found} of {asked} found, {explained} explained as injected,")
    print(f"  {alarms} other alarms in {asked + seeds} logs of three hours")


def costs() -> None:
    """CPU seconds."""
    detect(make(1, 3))
    for days, series in ((14, 1), (8, 41)):
        several = [make(seed, days, 60) for seed in range(series)]
        began = time.process_time()
        for one in several:
            detect(one)
        spent = time.process_time() - began
        print(f"{series} series of {days} days: {spent:.2f} CPU seconds")


def main() -> None:
    """Print it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--rate", type=float, default=300)
    given = parser.parse_args()
    injected(given.seeds, given.days, given.rate)
    if given.rate != 40:
        injected(given.seeds, given.days, 40)
    from_lines(given.seeds)
    print()
    costs()


if __name__ == "__main__":
    main()
