"""How an objective is kept, from counts of requests by window. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from offcall.accesslogs.questions.question import Question, both, columns_in
from offcall.accesslogs.results.objectives import Burning, Kept
from offcall.accesslogs.slo.objective import BURNS, Objective

__all__ = ["kept", "question", "windows"]


def windows(objective: Objective) -> tuple[timedelta, ...]:
    """All windows that are counted: that of the objective, then those of the alerts."""
    return (
        timedelta(days=objective.days),
        *(each for one in BURNS for each in (one.long, one.short)),
    )


def question(objective: Objective, now: datetime, conditions: Sequence[str]) -> Question:
    """Requests, and good ones, in each window; and the epoch second of the first request."""
    counts = []
    for number, window in enumerate(windows(objective)):
        inside = f"second > {int((now - window).timestamp())}"
        counts += [
            f"SUM(CASE WHEN {inside} THEN 1 ELSE 0 END) AS requests_{number}",
            f"SUM(CASE WHEN {inside} AND ({objective.good()}) THEN 1 ELSE 0 END) AS good_{number}",
        ]
    inside = f"second <= {int(now.timestamp())}"
    sql = f"""\
SELECT {", ".join(counts)}, MIN(second) AS first_seen
FROM requests
WHERE {both((*conditions, inside))}"""
    return Question(sql, columns_in(sql))


def kept(source: str, objective: Objective, row: Sequence[Any], now: datetime) -> Kept:
    """What the counts say.

    The budget is that of the objective's whole time, of which the logs may cover a part only: it
    is a share of the requests seen, so that it can be said of a part as well.
    """
    pairs = [(row[at] or 0, row[at + 1] or 0) for at in range(0, len(row) - 1, 2)]
    requests, good = pairs[0]
    bad = requests - good
    covered = None if row[-1] is None else (now.timestamp() - row[-1])
    burning = []
    for number, one in enumerate(BURNS):
        long, short = (_rate(*pairs[1 + 2 * number + each], objective.budget) for each in (0, 1))
        burning.append(
            Burning(
                long_seconds=int(one.long.total_seconds()),
                short_seconds=int(one.short.total_seconds()),
                long_rate=long,
                short_rate=short,
                limit=one.rate,
                page=one.page,
                # Counts of a window that the logs do not cover say nothing about it.
                alert=covered is not None
                and covered >= one.short.total_seconds()
                and long is not None
                and short is not None
                and long >= one.rate
                and short >= one.rate,
            )
        )
    return Kept(
        source=source,
        objective=objective.text,
        share=float(objective.share) / 100,
        days=objective.days,
        requests=requests,
        bad=bad,
        good_share=good / requests if requests else None,
        budget_left=1 - (bad / requests) / objective.budget if requests else None,
        covered_seconds=None if covered is None else min(covered, objective.days * 86_400),
        burning=tuple(burning),
    )


def _rate(requests: int, good: int, budget: float) -> float | None:
    """How many times as fast as allowed the budget burns; None without requests."""
    return (requests - good) / requests / budget if requests else None
