"""Incidents that were found against those that are there: precision, recall and delay.

Each incident counts once, however many of its minutes are found: nothing is adjusted by points.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from offcall.accesslogs.anomalies.detecting import Run
from tests.accesslogs.anomalies.seasonal import Injected

KIND = {"leak": "slow"}


@dataclass
class Score:
    """What was found.

    Attributes:
        delays: minutes from the beginning of an incident to the end of the minute that told it.
        false: runs that belong to no incident of their kind.
    """

    there: int = 0
    found: int = 0
    delays: list[int] = field(default_factory=list)
    false: list[Run] = field(default_factory=list)
    runs: int = 0

    def add(self, injected: Sequence[Injected], runs: Iterable[Run]) -> None:
        left = list(runs)
        self.runs += len(left)
        for one in injected:
            kind = KIND.get(one.kind, one.kind)
            last = one.first + one.minutes
            mine = [
                run
                for run in left
                if run.kind == kind and run.first < last and run.last >= one.first
            ]
            left = [run for run in left if run not in mine]
            self.there += 1
            if mine:
                self.found += 1
                self.delays.append(max(min(run.detected for run in mine) + 1 - one.first, 0))
        self.false += left

    @property
    def recall(self) -> float:
        return self.found / self.there if self.there else 1.0

    @property
    def precision(self) -> float:
        return 1 - len(self.false) / self.runs if self.runs else 1.0

    @property
    def delay(self) -> float:
        """The median, in minutes."""
        return statistics.median(self.delays) if self.delays else 0.0
