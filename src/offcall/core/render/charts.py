"""Charts and heat maps: as the shapes of an SVG picture, and as lines of text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from offcall.core.documents import Chart, HeatMap, Series, Tone, Unit
from offcall.core.render.figures import count, seconds_text, share, sparkline
from offcall.core.render.humane import bytes_text

__all__ = [
    "ChartPicture",
    "HeatPicture",
    "chart_lines",
    "chart_of",
    "heat_lines",
    "heat_of",
    "value_text",
]

_To = Callable[[float], float]

WIDTH = 640
LEFT = 56
HEIGHT = 150
TOP, BOTTOM = 8, 22
CELL = 14
LABELS = 76
SHADES = 8
"""Shades of a heat map; the counts lie logarithmically over them."""


def value_text(value: float, unit: Unit) -> str:
    """A value with its unit."""
    match unit:
        case Unit.SECONDS:
            return seconds_text(value)
        case Unit.SHARE:
            return share(value)
        case Unit.BYTES:
            return bytes_text(value)
        case Unit.PER_SECOND:
            return f"{value:,.0f}/s" if value >= 100 else f"{value:.3g}/s"
        case Unit.COUNT:
            return count(round(value)) if value >= 10 or value == int(value) else f"{value:.1f}"


@dataclass(frozen=True, slots=True)
class Path:
    """One series: what is drawn, its tone, and what the legend says."""

    line: str
    area: str
    tone: Tone
    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class ChartPicture:
    """Everything that the template needs, in the picture's units."""

    title: str
    width: int
    height: int
    left: int
    floor: float
    levels: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    paths: tuple[Path, ...]
    marks: tuple[tuple[float, Tone, str], ...]
    summary: str


@dataclass(frozen=True, slots=True)
class HeatPicture:
    """The same of a heat map: cells as (x, y, width, shade 1 to `SHADES`, words)."""

    title: str
    width: int
    height: int
    labels: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    cells: tuple[tuple[float, float, float, int, str], ...]
    cell: int
    summary: str


def chart_of(block: Chart, zone: tzinfo) -> ChartPicture:
    """The picture of a chart."""
    layers = _layers(block)
    top = _round_up(max((v for one in layers for v in one if v is not None), default=0), block.unit)
    steps = max((len(one.values) for one in block.series), default=0)
    floor = float(HEIGHT - BOTTOM)

    def x_of(step: float) -> float:
        return round(LEFT + (WIDTH - LEFT - 8) * (step / max(steps - 1, 1)), 1)

    def y_of(value: float) -> float:
        return round(floor - (floor - TOP) * (value / top), 1)

    paths = []
    below: Sequence[float | None] = [0.0] * steps
    for series, layer in zip(block.series, layers, strict=True):
        paths.append(
            Path(
                _line(layer, x_of, y_of),
                _area(layer, below, x_of, y_of) if block.stacked else "",
                series.tone,
                series.name,
                _said(series, block.unit),
            )
        )
        below = layer
    length = block.step * max(steps - 1, 1)
    marks = tuple(
        (x_of((mark.at - block.start) / block.step), mark.tone, mark.text)
        for mark in block.marks
        if block.start <= mark.at <= block.start + length
    )
    return ChartPicture(
        title=block.title,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        floor=floor,
        levels=tuple((y_of(top * n / 2), value_text(top * n / 2, block.unit)) for n in range(3)),
        ticks=tuple(
            (x_of(steps_in), word)
            for steps_in, word in _ticks(block.start, block.step.total_seconds(), steps, zone)
        ),
        paths=tuple(paths),
        marks=marks,
        summary=f"{block.title}: " + "; ".join(f"{p.name} {p.summary}" for p in paths),
    )


def _layers(block: Chart) -> list[list[float | None]]:
    """The values; of a stack, each with those below it."""
    layers: list[list[float | None]] = []
    for one in block.series:
        values = list(one.values)
        if block.stacked and layers:
            values = [
                (low or 0) + (value or 0) for low, value in zip(layers[-1], values, strict=True)
            ]
        layers.append(values)
    return layers


def _round_up(value: float, unit: Unit) -> float:
    """1, 2 or 5 times a power of ten, so that levels are round numbers; never more than 100 %."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    top = next(power * factor for factor in (1, 2, 5, 10) if value <= power * factor * 1.000001)
    return min(top, 1.0) if unit is Unit.SHARE and value <= 1 else top


def _line(values: Sequence[float | None], x_of: _To, y_of: _To) -> str:
    """A path with gaps where there are no values."""
    parts = []
    pen_down = False
    for step, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        alone = not pen_down and (step + 1 == len(values) or values[step + 1] is None)
        parts.append(f"{'L' if pen_down else 'M'}{x_of(step)} {y_of(value)}")
        if alone:
            parts.append("h0.5")
        pen_down = True
    return "".join(parts)


def _area(
    values: Sequence[float | None], below: Sequence[float | None], x_of: _To, y_of: _To
) -> str:
    up = "L".join(f"{x_of(step)} {y_of(value or 0)}" for step, value in enumerate(values))
    down = "L".join(
        f"{x_of(step)} {y_of(below[step] or 0)}" for step in range(len(values) - 1, -1, -1)
    )
    return f"M{up}L{down}Z" if values else ""


def _ticks(start: datetime, step: float, steps: int, zone: tzinfo) -> list[tuple[float, str]]:
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


def _said(series: Series, unit: Unit) -> str:
    known = [value for value in series.values if value is not None]
    if not known:
        return "no values"
    return f"{value_text(min(known), unit)} to {value_text(max(known), unit)}"


def heat_of(block: HeatMap, zone: tzinfo) -> HeatPicture:
    """The picture of a heat map, the highest class on top."""
    steps = max((len(counts) for _, counts in block.rows), default=0)
    width = (WIDTH - LABELS - 4) / max(steps, 1)
    most = max((one for _, counts in block.rows for one in counts), default=0)
    cells, labels = [], []
    for number, (label, counts) in enumerate(reversed(block.rows)):
        y = float(number * CELL)
        labels.append((y + CELL - 3, label))
        for step, one in enumerate(counts):
            if one:
                moment = block.start + step * block.step
                words = f"{moment.astimezone(zone):%H:%M}, {label}: {count(one)}"
                shade = max(1, math.ceil(SHADES * math.log1p(one) / math.log1p(most)))
                cells.append((round(LABELS + step * width, 1), y, round(width, 2), shade, words))
    ticks = _ticks(block.start, block.step.total_seconds(), steps, zone)
    return HeatPicture(
        title=block.title,
        width=WIDTH,
        height=len(block.rows) * CELL + 18,
        labels=tuple(labels),
        ticks=tuple((round(LABELS + at * width, 1), word) for at, word in ticks),
        cells=tuple(cells),
        cell=CELL,
        summary=f"{block.title}: {steps} steps, at most {count(most)} in one cell",
    )


def chart_lines(block: Chart) -> list[tuple[str, str, str]]:
    """A name, a sparkline and the range of each series."""
    return [
        (one.name, sparkline([value or 0 for value in one.values]), _said(one, block.unit))
        for one in block.series
    ]


def heat_lines(block: HeatMap) -> list[tuple[str, str]]:
    """A class and its shades, the highest class first."""
    most = max((one for _, counts in block.rows for one in counts), default=0)
    shades = " ░▒▓█"
    lines = []
    for label, counts in reversed(block.rows):
        merged = _merged(counts, 60)
        text = "".join(
            shades[min(math.ceil(4 * math.log1p(one) / math.log1p(most)), 4)] if one else " "
            for one in merged
        )
        lines.append((label, text))
    return lines


def _merged(counts: Sequence[int], width: int) -> list[int]:
    size = max(math.ceil(len(counts) / width), 1)
    return [max(counts[at : at + size]) for at in range(0, len(counts), size)]
