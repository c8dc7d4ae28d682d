"""Seasonal traffic made directly as series, with injected incidents: the same every time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from offcall.accesslogs.anomalies.series import Series

DAY = 1440
START = 1_793_577_600
"""2026-11-02T00:00Z, a Monday."""


@dataclass(frozen=True)
class Injected:
    kind: str
    first: int
    minutes: int
    size: float


def usual(minutes: int, rate: float) -> npt.NDArray[np.float64]:
    """Requests a minute: a day's curve, a second peak in the evening, quieter weekends."""
    at = np.arange(minutes)
    day = 1 + 0.55 * np.sin(2 * np.pi * (at / DAY - 0.35)) + 0.15 * np.sin(4 * np.pi * at / DAY)
    weekend = np.where((at // DAY) % 7 >= 5, 0.7, 1.0)
    hourly = np.where(at % 60 == 0, 1.25, 1.0)  # jobs at the full hour
    return rate * day * weekend * hourly


def make(
    seed: int, days: float = 14, rate: float = 300, injected: tuple[Injected, ...] = ()
) -> Series:
    """A series of minutes. Counts vary a little more than a Poisson process's do."""
    dice = np.random.default_rng(seed)
    minutes = int(days * DAY)
    mean = usual(minutes, rate) * dice.gamma(60, 1 / 60, minutes)
    failing, denied = np.full(minutes, 0.001), np.full(minutes, 0.03)
    slow = 0.18 * (1 + 0.15 * np.sin(2 * np.pi * (np.arange(minutes) / DAY - 0.35)))
    for one in injected:
        part = slice(one.first, one.first + one.minutes)
        length = len(mean[part])
        match one.kind:
            case "more-requests" | "fewer-requests":
                mean[part] *= one.size
            case "server-errors":
                failing[part] += one.size
            case "client-errors":
                denied[part] += one.size
            case "slow":
                slow[part] *= one.size
            case "leak":
                slow[part] *= np.linspace(1, one.size, length)
    requests = dice.poisson(mean).astype(float)
    server = dice.binomial(requests.astype(int), failing).astype(float)
    client = dice.binomial(requests.astype(int), denied).astype(float)
    # The p95 of n values is itself spread, by about 1.2/sqrt(n) of itself here.
    spread = dice.normal(0, 1, minutes) * 1.2 / np.sqrt(np.maximum(requests, 1))
    p95 = np.where(requests > 0, slow * np.exp(spread), np.nan)
    return Series(None, START, 60, requests, client, server, requests.copy(), p95)


_SIZES = {
    "more-requests": (1.8, 5.0),
    "fewer-requests": (0.0, 0.5),
    "server-errors": (0.02, 0.4),
    "client-errors": (0.1, 0.5),
    "slow": (1.7, 5.0),
    "leak": (2.5, 6.0),
}


def incidents(seed: int, days: int = 14) -> tuple[Injected, ...]:
    """One a day from the third on, kinds in turn; 8 to 60 minutes long, a leak 3 to 6 hours."""
    dice = np.random.default_rng(seed)
    kinds = list(_SIZES)
    found = []
    for day in range(2, days):
        kind = kinds[(day + seed) % len(kinds)]
        low, high = _SIZES[kind]
        length = int(dice.integers(180, 360) if kind == "leak" else dice.integers(8, 60))
        first = day * DAY + int(dice.integers(60, DAY - 420))
        found.append(Injected(kind, first, length, float(dice.uniform(low, high))))
    return tuple(found)
