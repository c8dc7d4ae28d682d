"""From surprises to incidents: runs of steps that are beyond chance, and matter. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from offcall.accesslogs.anomalies.expecting import (
    DAY,
    Judged,
    has_season,
    judge_client_errors,
    judge_requests,
    judge_server_errors,
    judge_times,
    season,
    smooth,
)
from offcall.accesslogs.anomalies.model import Kind
from offcall.accesslogs.anomalies.series import Floats, Series

__all__ = ["Run", "detect"]

Marks = npt.NDArray[np.bool_]
_Judge = Callable[[Series, "Floats | None", Floats], "Judged | None"]
_Values = Callable[[Series], Floats]

_WINDOWS = ((1, 8.0), (3, 7.0), (10, 6.0), (30, 6.0))
"""So many steps together, and from how many standard deviations on they are no chance.

Long ones find what is small and lasts. A service has some millions of such sums a week, and they
are not quite normal, so the limits are far out.
"""
_PART = 2.0
"""A step of such a window belongs to the incident from this surprise on."""
_GAP_SECONDS = 600
_LATE_SECONDS = 300
"""At the end of the logs requests may be missing that were not delivered yet."""
_ROUNDS = 12
_GUARD_SECONDS = 1800
"""So long after an incident the level is not learned yet: it may go on."""
_REACH_SECONDS = 6 * 3600
"""So long an incident may spoil what is taken for usual after it."""


@dataclass(frozen=True, slots=True)
class Run:
    """Steps `first` to `last` of a series, and the step at which they could be told."""

    kind: Kind
    series: Series
    first: int
    last: int
    detected: int
    observed: float
    expected: float
    excess: float
    score: float

    @property
    def start(self) -> int:
        """Epoch second."""
        return self.series.start + self.first * self.series.step

    @property
    def end(self) -> int:
        """Epoch second at which its last step ends."""
        return self.series.start + (self.last + 1) * self.series.step


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is looked at, in which direction, and what of it matters to somebody."""

    kind: Kind
    sign: int
    matters: Callable[[Floats, Floats, Floats], Marks]


def _more(observed: Floats, expected: Floats, weight: Floats) -> Marks:
    return (observed >= 1.5 * expected) & (observed - expected >= 20)


def _fewer(observed: Floats, expected: Floats, weight: Floats) -> Marks:
    return (observed <= 0.6 * expected) & (expected - observed >= 20)


def _failing(least: float) -> Callable[[Floats, Floats, Floats], Marks]:
    """Over so large a share more, twice as many as usual, and more than a few."""

    def matters(observed: Floats, expected: Floats, weight: Floats) -> Marks:
        more = observed - expected
        return (more >= least * weight) & (observed >= 2 * expected) & (more >= 5)

    return matters


def _slower(observed: Floats, expected: Floats, weight: Floats) -> Marks:
    # Both are sums, each of seconds times requests.
    return (observed >= 1.5 * expected) & (observed - expected >= 0.025 * weight)


_RULES: tuple[tuple[_Judge, _Values | None, tuple[_Rule, ...]], ...] = (
    (judge_server_errors, None, (_Rule("server-errors", 1, _failing(0.01)),)),
    (judge_client_errors, None, (_Rule("client-errors", 1, _failing(0.05)),)),
    (
        judge_requests,
        lambda one: 2 * np.sqrt(one.requests + 0.375),
        (_Rule("more-requests", 1, _more), _Rule("fewer-requests", -1, _fewer)),
    ),
    (
        judge_times,
        lambda one: smooth(np.log(np.maximum(one.p95, 0.001)), one.step),
        (_Rule("slow", 1, _slower),),
    ),
)
"""How each thing is judged, of which values it has a season, and what of it is an incident."""


def detect(one: Series) -> list[Run]:
    """The incidents of a series, in no order."""
    found: list[Run] = []
    for judge, values, rules in _RULES:
        runs, odd = _settle(one, judge, rules, None)
        if values is not None and has_season(len(one.requests), one.step):
            # What was found without a season must not become a part of it.
            once = _once(odd, DAY // one.step)
            usual = season(_filled(np.where(once, np.nan, values(one)), one.step), one.step)
            runs, _ = _settle(one, judge, rules, usual)
        found += runs
    return found


def _once(odd: Floats, day: int) -> Marks:
    """What was odd on at most half of the days: what comes each day at its time is usual."""
    near = np.convolve(odd, np.ones(11), "same") > 0
    padded = np.zeros(-(-len(odd) // day) * day)
    padded[: len(odd)] = near
    often = padded.reshape(-1, day).mean(axis=0) > 0.5
    found: Marks = (odd > 0) & ~np.tile(often, len(padded) // day)[: len(odd)]
    return found


def _filled(values: Floats, step: int) -> Floats:
    """Without gaps: what is missing is as at the same time of other days, or else in the middle."""
    day = DAY // step
    padded = np.full(-(-len(values) // day) * day, np.nan)
    padded[: len(values)] = np.where(np.isfinite(values), values, np.nan)
    by_day = padded.reshape(-1, day)
    if np.isnan(by_day).all():
        return np.zeros_like(values)
    middle = np.nanmedian(by_day)
    whole = ~np.isnan(by_day).all(axis=0)
    usual = np.full(day, middle)
    usual[whole] = np.nanmedian(by_day[:, whole], axis=0)
    found: Floats = np.where(np.isnan(by_day), usual, by_day).reshape(-1)[: len(values)]
    return found


def _settle(
    one: Series, judge: _Judge, rules: tuple[_Rule, ...], usual: Floats | None
) -> tuple[list[Run], Floats]:
    """The incidents, and the steps that do not tell what is usual: found again until both agree.

    Of an incident that lasts, only the beginning is found at first, for it soon becomes what is
    usual, and its end is then an incident too. So the first one grows before the next one counts.
    """
    odd = np.zeros_like(one.requests)
    guard, reach = _GUARD_SECONDS // one.step, _REACH_SECONDS // one.step
    runs: list[Run] = []
    for _ in range(_ROUNDS):
        judged = judge(one, usual, odd)
        if judged is None:
            return [], odd
        runs = [run for rule in rules for run in _runs(one, judged, rule, odd)]
        grown = -reach - 1
        for run in sorted(runs, key=lambda run: run.first):
            if run.first > grown + reach and not odd[run.first : run.last + 1].all():
                odd[run.first : run.last + 1 + guard] = 1
                grown = run.last
        if grown < 0:
            break
    return runs, odd


def _runs(one: Series, judged: Judged, rule: _Rule, odd: Floats) -> Iterator[Run]:
    off = rule.sign * judged.surprise
    if rule.sign < 0:
        off = off.copy()
        off[len(off) - -(-_LATE_SECONDS // one.step) :] = 0
    marks, alarms = np.zeros(len(off), bool), np.zeros(len(off), bool)
    for window, limit in _WINDOWS:
        if window > len(off):
            break
        sums = _sums(off, window) / np.sqrt(window)
        calm = sums[(odd == 0) & (judged.weight > 0)]
        spread = 1.4826 * float(np.median(np.abs(calm))) if calm.size else 1.0
        hits = (sums / max(spread, 1.0) >= limit) & rule.matters(
            *(_sums(each, window) for each in (judged.observed, judged.expected, judged.weight))
        )
        alarms |= hits
        # A window that ends at a hit: its steps.
        inside = _sums(hits[::-1].astype(float), window)[::-1] > 0
        marks |= inside & (off >= _PART)
    for first, last in _groups(marks, max(_GAP_SECONDS // one.step, 1)):
        begin, end = _core(off, first, last)
        # One minute alone is nobody's incident.
        if end - begin + 1 < min(2, 120 // one.step) or not alarms[begin:].any():
            continue
        part = slice(begin, end + 1)
        weight = max(float(judged.weight[part].sum()), 1e-9)
        observed, expected = (
            float(each[part].sum()) for each in (judged.observed, judged.expected)
        )
        unit = weight * one.step / 60 if rule.kind.endswith("-requests") else weight
        yield Run(
            rule.kind,
            one,
            begin,
            end,
            begin + int(np.argmax(alarms[begin:])),
            observed / unit,
            expected / unit,
            0.0 if rule.kind == "slow" else observed - expected,
            float(off[part].sum() / np.sqrt(end - begin + 1)),
        )


def _sums(values: Floats, window: int) -> Floats:
    """The sum of each step and those before it in a window."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    found = total[1:].copy()
    found[window:] = total[window + 1 :] - total[1:-window]
    return found


def _groups(marks: Marks, gap: int) -> Iterator[tuple[int, int]]:
    """First and last of marks that are at most a gap apart."""
    places = np.flatnonzero(marks)
    if not places.size:
        return
    breaks = np.flatnonzero(np.diff(places) > gap + 1)
    firsts = np.concatenate(([0], breaks + 1))
    lasts = np.concatenate((breaks, [places.size - 1]))
    for first, last in zip(firsts, lasts, strict=True):
        yield int(places[first]), int(places[last])


def _core(off: Floats, first: int, last: int) -> tuple[int, int]:
    """The part that is far from usual, without what is there by chance at its ends.

    A window that reaches back into an incident is odd after it too: what is far less odd than
    the incident is not a part of it.
    """
    inside = off[first : last + 1]
    begin, _ = _greatest(np.clip(inside, -3, 8) - 1)
    _, end = _greatest(inside - max(1.0, 0.4 * float(np.quantile(inside, 0.75))))
    return first + min(begin, end), first + end


def _greatest(values: Floats) -> tuple[int, int]:
    """First and last of the neighbours that have the greatest sum."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    lowest = np.minimum.accumulate(total)
    end = int(np.argmax(total[1:] - lowest[:-1]))
    return int(np.argmin(total[: end + 1])), end
