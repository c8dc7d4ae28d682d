"""What is usual at each step, and how surprising it is what was seen. Pure.

Counts are compared on the scale of their square root (Anscombe's), on which those of a Poisson
process vary alike whether there are many or few, and times on that of their logarithm. What is
usual there is a season (of the day, and of the week) and a level. The season is that of a robust
decomposition by LOESS (STL; MSTL where there are weeks), the level the median of the time before.
Of errors there is no season but that of the requests: what is usual is their share of the time
before, and the surprise is the signed root of the Poisson deviance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcall.accesslogs.anomalies.series import Floats, Series
from offcall.core.extras import require

__all__ = [
    "DAY",
    "Judged",
    "has_season",
    "judge_client_errors",
    "judge_requests",
    "judge_server_errors",
    "judge_times",
    "season",
    "smooth",
]

DAY = 86_400
_HOUR = 3_600
_FEW_TIMED = 20
"""The p95 of fewer requests is that of one or two of them."""


@dataclass(slots=True)
class Judged:
    """What was seen, what is usual, and the difference in standard deviations, for each step.

    Attributes:
        observed, expected: sums: over `weight` they are a mean or a share.
        surprise: 0 where a step cannot be judged.
        weight: steps, requests, or requests that were timed.
    """

    observed: Floats
    expected: Floats
    surprise: Floats
    weight: Floats


def has_season(steps: int, step: int) -> bool:
    """Two days at least: before, a day cannot be compared with another."""
    return steps * step >= 2 * DAY


def season(values: Floats, step: int) -> Floats:
    """The part that comes again each day, and each week if there are over two; else zeros.

    Args:
        values: without gaps, and without incidents.
        step: seconds.
    """
    if not has_season(len(values), step):
        return np.zeros_like(values)
    decomposing = require("statsmodels.tsa.seasonal", "logs")
    day = DAY // step
    # LOESS at every tenth place, and lines between: as good, and many times as fast.
    jumps = {"trend_jump": max(day // 7, 1), "low_pass_jump": max(day // 10, 1)}
    rounds = {"inner_iter": 1, "outer_iter": 2}
    if len(values) > 14 * day:
        both = decomposing.MSTL(
            values, periods=(day, 7 * day), stl_kwargs={"robust": True, **jumps, **rounds}
        ).fit()
        found: Floats = np.asarray(both.seasonal).sum(axis=1)
        return found
    one = decomposing.STL(values, period=day, seasonal=7, robust=True, **jumps).fit(**rounds)
    return np.asarray(one.seasonal, dtype=float)


def smooth(values: Floats, step: int) -> Floats:
    """The median of half an hour around each step: single times say little of the time of day."""
    pd = require("pandas", "logs")
    window = max(1800 // step, 1)
    found: Floats = (
        pd.Series(values).rolling(window, min_periods=1, center=True).median().to_numpy()
    )
    return found


def judge_requests(one: Series, usual: Floats | None, odd: Floats) -> Judged | None:
    """How many requests; None if that cannot be told.

    Args:
        usual: the season, see `season`; None before it is known.
        odd: 1 where an incident was found already: it does not tell what is usual.
    """
    if usual is None or not usual.any():
        # An hour of long steps is too few of them, and in more of it the day changes.
        if one.step > 300:
            return None
        usual, window = np.zeros_like(one.requests), _HOUR
    else:
        window = 6 * _HOUR
    seen = 2 * np.sqrt(one.requests + 0.375)
    level = _before(np.where(odd > 0, np.nan, seen - usual), one.step, window)
    expected = np.maximum(level + usual, 2 * np.sqrt(0.375))
    off = seen - expected
    known = np.isfinite(expected).astype(float)
    return Judged(
        one.requests * known,
        np.nan_to_num(np.maximum((expected / 2) ** 2 - 0.375, 0)),
        np.nan_to_num(off / max(_spread(off, odd, one.step), 1.0)),
        known,
    )


def judge_times(one: Series, usual: Floats | None, odd: Floats) -> Judged | None:
    """How slow: the p95 of each step with enough requests."""
    enough = (one.timed >= _FEW_TIMED) & np.isfinite(one.p95)
    if enough.sum() < _least(one.step):
        return None
    # Balancers write milliseconds.
    seen = np.where(enough, np.log(np.maximum(one.p95, 0.001)), np.nan)
    usual = np.zeros_like(seen) if usual is None else usual
    window = 12 * _HOUR if usual.any() else 4 * _HOUR
    expected = _before(np.where(odd > 0, np.nan, seen - usual), one.step, window) + usual
    expected = np.clip(expected, np.log(0.001), np.log(DAY))
    # The fewer requests, the less their p95 says.
    sure = np.sqrt(np.clip(one.timed / np.median(one.timed[enough]), 0.1, 4))
    off = (seen - expected) * sure
    weight = np.where(enough & np.isfinite(expected), one.timed, 0.0)
    return Judged(
        np.nan_to_num(one.p95) * weight,
        np.nan_to_num(np.exp(expected)) * weight,
        np.nan_to_num(off / max(_spread(off, odd, one.step), 0.02)),
        weight,
    )


def judge_server_errors(one: Series, usual: Floats | None, odd: Floats) -> Judged:
    """How many answers with 5xx, for as many requests."""
    return _judge_errors(one, one.server_errors, odd)


def judge_client_errors(one: Series, usual: Floats | None, odd: Floats) -> Judged:
    """How many answers with 4xx, for as many requests."""
    return _judge_errors(one, one.client_errors, odd)


def _judge_errors(one: Series, errors: Floats, odd: Floats) -> Judged:
    pd = require("pandas", "logs")
    steps = DAY // one.step
    calm = odd == 0
    failed, asked = (
        pd.Series(each * calm).rolling(steps, min_periods=1).sum().shift(1).fillna(0).to_numpy()
        for each in (errors, one.requests)
    )
    # Half an error in some requests more: that none was seen does not mean that there are none.
    expected = one.requests * (failed + 0.5) / (asked + 500)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviance = errors * np.log(np.where(errors > 0, errors / expected, 1.0))
    deviance = 2 * np.maximum(deviance - (errors - expected), 0)
    off = np.nan_to_num(np.sign(errors - expected) * np.sqrt(deviance))
    off[: _least(one.step)] = 0
    return Judged(errors, expected, off / max(_spread(off, odd, one.step), 1.0), one.requests)


def _least(step: int) -> int:
    """So many steps must have gone before."""
    return 30 if step == 60 else 12


def _before(values: Floats, step: int, seconds: int) -> Floats:
    """The median of the time before each step; NaN where that is too short."""
    pd = require("pandas", "logs")
    least = _least(step)
    rolling = pd.Series(values).rolling(max(seconds // step, least), min_periods=least // 2)
    found: Floats = rolling.median().shift(1).ffill().to_numpy(copy=True)
    found[:least] = np.nan
    return found


def _spread(off: Floats, odd: Floats, step: int) -> float:
    """The standard deviation, robustly: from the middle half, and from nearly all.

    Not from nearly all where there are not even days: an incident is a good part of such logs.
    """
    calm = np.abs(off[(odd == 0) & np.isfinite(off)])
    if not calm.size:
        return 1.0
    middle = 1.4826 * float(np.median(calm))
    if len(off) * step < 3 * DAY:
        return middle
    return max(middle, float(np.quantile(calm, 0.95)) / 1.96)
