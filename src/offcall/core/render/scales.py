"""Scales of charts: round levels up the side, round times along the bottom."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from offcall.core.documents import Unit

__all__ = ["Scale", "scale_of", "ticks_of"]

Scale = tuple[list[float], Callable[[float], float]]
"""The values that have a level, and how high a value is: 0 is the floor, 1 the top."""

LEAST = 1e-12
"""What is less is nothing."""
DECADES = 6
"""A logarithmic scale has no more; what is smaller lies on the floor."""


def scale_of(values: Sequence[float], unit: Unit, *, logarithmic: bool) -> Scale:
    """Levels, and how high a value is, from 0 to 1."""
    above = [value for value in values if value >= LEAST]
    if not logarithmic or not above:
        top = _round_up(max(values, default=0), unit)
        return [top * n / 2 for n in range(3)], lambda value: value / top
    greatest = math.log10(_round_up(max(above), unit))
    # A little over it, for a logarithm of 1000 is not quite 3.
    highest = math.floor(greatest + 1e-9)
    lowest = max(min(math.floor(math.log10(min(above))), highest - 1), highest - DECADES)

    def height_of(value: float) -> float:
        over = math.log10(value) - lowest if value > 0 else 0.0
        return min(max(over / (greatest - lowest), 0.0), 1.0)

    gap = 1 if highest - lowest < 5 else 2
    return [10.0**n for n in range(lowest, highest + 1, gap)], height_of


def _round_up(value: float, unit: Unit) -> float:
    """1, 2 or 5 times a power of ten, so that levels are round numbers; never more than 100 %."""
    if value < LEAST:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    top = next(power * factor for factor in (1, 2, 5, 10) if value <= power * factor * 1.000001)
    return min(top, 1.0) if unit is Unit.SHARE and value <= 1 else top


def ticks_of(start: datetime, step: float, steps: int, zone: tzinfo) -> list[tuple[float, str]]:
    """Round times, at most seven, as how many steps after the start they are."""
    length = step * max(steps - 1, 1)
    day = 86_400
    gaps = (1, 5, 15, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
    long = (day, 2 * day, 7 * day, 30 * day)
    gap = next((one for one in (*gaps, *long) if length / one <= 7), 90 * day)
    local = start.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    into = (local - midnight).total_seconds()
    at = math.ceil(into / gap) * gap - into
    found = []
    while at <= length:
        moment = datetime.fromtimestamp(start.timestamp() + at, zone)
        form = "%d %b" if gap >= day else "%H:%M:%S" if gap < 60 else "%H:%M"
        found.append((at / step, moment.strftime(form)))
        at += gap
    return found
