"""A timeline as the shapes of an SVG picture; the template draws them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from offcall.core.documents import Timeline, Tone
from offcall.core.render.humane import date_text
from offcall.core.render.timeline import legend_of, ticks_of
from offcall.core.render.view import View

__all__ = ["Picture", "picture_of"]

WIDTH = 640
AXIS = 26
ROW = 46
BAR_TOP = 18
BAR = 16
# Average width of a letter at the size of the labels, for whether a word fits into its bar.
LETTER = 6.9


@dataclass(frozen=True, slots=True)
class Box:
    """One span: where, its tone, its word, where that begins, and whether it fits inside."""

    x: float
    width: float
    tone: Tone
    word: str
    text_x: float
    fits: bool
    title: str


@dataclass(frozen=True, slots=True)
class Point:
    """One mark: where, its tone, and what it says."""

    x: float
    tone: Tone
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One bar of the timeline, with its dates in words for readers without pictures."""

    label: str
    y: int
    boxes: tuple[Box, ...]
    points: tuple[Point, ...]
    dates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the template needs, in the picture's units."""

    width: int
    height: int
    ticks: tuple[tuple[float, str], ...]
    now: float | None
    rows: tuple[Row, ...]
    legend: tuple[tuple[Tone, str], ...]
    summary: str


def picture_of(block: Timeline, view: View) -> Picture:
    """The picture of a timeline; without bars, one without rows."""
    length = max(block.end - block.start, timedelta(seconds=1))

    def place(at: datetime) -> float:
        share = (at - block.start) / length
        return round(min(1.0, max(0.0, share)) * WIDTH, 1)

    def day(at: datetime) -> str:
        return date_text(at.astimezone(view.zone))

    rows: list[Row] = []
    for number, bar in enumerate(block.bars):
        boxes = []
        marks = sorted(bar.marks, key=lambda mark: mark.at)
        points = [
            Point(min(WIDTH - 6.0, max(6.0, place(m.at))), m.tone, f"{day(m.at)}: {m.text}")
            for m in marks
            if block.start <= m.at <= block.end
        ]
        for start, end, tone, word in bar.spans:
            if end <= block.start or start >= block.end:
                continue
            left, right = place(start), place(end)
            width = max(1.5, round(right - left, 1))
            text_x = left + 5
            for point in points:
                # A mark that stands on the word moves it to the right.
                if text_x - 8 < point.x < text_x + len(word) * LETTER + 8:
                    text_x = point.x + 10
            fits = text_x + len(word) * LETTER + 3 <= right
            title = f"{word}: {day(start)} – {day(end)}"
            boxes.append(Box(left, width, tone, word, text_x, fits, title))
        dates = tuple(f"{day(m.at)} {m.text}" for m in marks)
        rows.append(Row(bar.label, AXIS + number * ROW, tuple(boxes), tuple(points), dates))
    shown = block.start <= block.now <= block.end
    return Picture(
        width=WIDTH,
        height=AXIS + len(rows) * ROW + 4,
        ticks=tuple((place(at), word) for at, word in ticks_of(block, 9)),
        now=place(block.now) if shown else None,
        rows=tuple(rows),
        legend=tuple(legend_of(block)),
        summary=f"Timeline from {day(block.start)} to {day(block.end)}",
    )
