"""Marks of charts: in rows, so that none lies over another; as shapes and as lines of text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from offcall.core.documents import Chart, Mark, Tone

__all__ = ["Band", "bands_of", "mark_lines", "rows_of", "within"]


@dataclass(frozen=True, slots=True)
class Band:
    """A mark in a picture: where it begins, how wide it is (0 for a moment), its row."""

    x: float
    width: float
    row: int
    tone: Tone
    label: str
    text: str


def within(block: Chart) -> list[tuple[float, float, Mark]]:
    """The marks that lie in the chart, as begin and end in steps, the earliest first."""
    steps = max((len(one.values) for one in block.series), default=0)
    found = []
    for mark in sorted(block.marks, key=lambda one: one.at):
        start = (mark.at - block.start) / block.step
        end = start if mark.until is None else (mark.until - block.start) / block.step
        if start < steps and end >= 0:
            found.append((max(start, 0.0), min(end, float(steps)), mark))
    return found


def rows_of(spans: Sequence[tuple[float, float]]) -> list[int]:
    """For spans in the order of their beginnings, the first row in which each has room."""
    ends: list[float] = []
    rows = []
    for start, end in spans:
        row = next((n for n, last in enumerate(ends) if last <= start), len(ends))
        ends[row : row + 1] = [end]
        rows.append(row)
    return rows


def bands_of(block: Chart, left: float, step: float, narrowest: float) -> list[Band]:
    """The marks of a chart.

    Args:
        left: x of the chart's start.
        step: how wide a step is.
        narrowest: room that a label needs.
    """
    marks = within(block)
    spans = [(left + start * step, left + end * step) for start, end, _ in marks]
    rows = rows_of([(x, max(end, x + narrowest)) for x, end in spans])
    return [
        Band(round(x, 1), round(end - x, 1), row, mark.tone, mark.label, mark.text)
        for (x, end), row, (_, _, mark) in zip(spans, rows, marks, strict=True)
    ]


def mark_lines(block: Chart, width: int) -> list[str]:
    """The marks under a sparkline of at most `width` characters: "   1────  2──"."""
    steps = max((len(one.values) for one in block.series), default=0)
    size = max(math.ceil(steps / width), 1)
    marks = within(block)
    words = [
        (mark.label or "▲").ljust(max(math.ceil(end / size) - int(start / size), 1), "─")
        for start, end, mark in marks
    ]
    at = [int(start / size) for start, _, _ in marks]
    rows = rows_of([(x, x + len(word)) for x, word in zip(at, words, strict=True)])
    lines = [""] * (max(rows, default=-1) + 1)
    for x, word, row in zip(at, words, rows, strict=True):
        lines[row] = lines[row].ljust(x) + word
    return lines
