"""Charts and heat maps: as the shapes of an SVG picture, and as lines of text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from offcall.core.documents import Chart, HeatMap, Series, Tone, Unit
from offcall.core.render.figures import count, seconds_text, share, sparkline
from offcall.core.render.humane import bytes_text
from offcall.core.render.marks import Band, bands_of
from offcall.core.render.scales import scale_of, ticks_of

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
WIDE = 976
"""Of a page for mails, and of a wide one."""
LEFT, RIGHT = 66, 8
"""The same of all pictures, so that a time has the same place in each."""
HEIGHT = 150
TOP, BOTTOM = 8, 22
ROW = 16
"""Of marks, above the chart."""
CELL = 14
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
    right: int
    top: float
    floor: float
    levels: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    paths: tuple[Path, ...]
    bands: tuple[Band, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class HeatPicture:
    """The same of a heat map: cells as (x, y, width, shade 1 to `SHADES`, words)."""

    title: str
    width: int
    height: int
    left: int
    labels: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    cells: tuple[tuple[float, float, float, int, str], ...]
    cell: int
    summary: str


def chart_of(block: Chart, zone: tzinfo, width: int = WIDTH) -> ChartPicture:
    """The picture of a chart."""
    layers = _layers(block)
    steps = max((len(one.values) for one in block.series), default=0)
    step = (width - LEFT - RIGHT) / max(steps, 1)
    bands = bands_of(block, LEFT, step, ROW)
    top = float(TOP + ROW * max((one.row + 1 for one in bands), default=0))
    floor = top + HEIGHT - TOP - BOTTOM
    known = [value for one in layers for value in one if value is not None]
    levels, height_of = scale_of(known, block.unit, logarithmic=block.logarithmic)

    def x_of(number: float) -> float:
        return round(LEFT + step * (number + 0.5), 1)

    def y_of(value: float) -> float:
        return round(floor - (floor - top) * height_of(value), 1)

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
    said = [f"{path.name} {path.summary}" for path in paths]
    said += [f"{one.label} {one.text}".strip() for one in bands]
    return ChartPicture(
        title=block.title,
        width=width,
        height=round(floor + BOTTOM),
        left=LEFT,
        right=width - RIGHT,
        top=top,
        floor=floor,
        levels=tuple((y_of(one), value_text(one, block.unit)) for one in levels),
        ticks=tuple(
            (round(LEFT + step * at, 1), word)
            for at, word in ticks_of(block.start, block.step.total_seconds(), steps, zone)
        ),
        paths=tuple(paths),
        bands=tuple(bands),
        summary=f"{block.title}: " + "; ".join(said),
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


def _said(series: Series, unit: Unit) -> str:
    known = [value for value in series.values if value is not None]
    if not known:
        return "no values"
    return f"{value_text(min(known), unit)} to {value_text(max(known), unit)}"


def heat_of(block: HeatMap, zone: tzinfo, width: int = WIDTH) -> HeatPicture:
    """The picture of a heat map, the highest class on top."""
    steps = max((len(counts) for _, counts in block.rows), default=0)
    step_width = (width - LEFT - RIGHT) / max(steps, 1)
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
                x = round(LEFT + step * step_width, 1)
                cells.append((x, y, round(step_width, 2), shade, words))
    ticks = ticks_of(block.start, block.step.total_seconds(), steps, zone)
    return HeatPicture(
        title=block.title,
        width=width,
        left=LEFT,
        height=len(block.rows) * CELL + 18,
        labels=tuple(labels),
        ticks=tuple((round(LEFT + at * step_width, 1), word) for at, word in ticks),
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
