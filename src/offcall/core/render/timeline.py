"""A timeline as text: bars whose textures tell tones apart without colour."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from rich.text import Text

from offcall.core.documents import Bar, Timeline, Tone
from offcall.core.render.humane import date_text
from offcall.core.render.pen import Pen
from offcall.core.windows.calendar import add_months, midnight

__all__ = ["TEXTURES", "legend_of", "ticks_of", "write_timeline"]

TEXTURES = {
    Tone.PLAIN: "─",
    Tone.MUTED: "·",
    Tone.STRONG: "■",
    Tone.OK: "━",
    Tone.INFO: "═",
    Tone.WARN: "▒",
    Tone.BAD: "█",
}
MARK = "◆"


def write_timeline(pen: Pen, block: Timeline) -> None:
    """The bars under an axis, a legend, and each bar's marks below it."""
    if not block.bars:
        pen.put(pen.styled("nothing on the timeline", Tone.MUTED))
        return
    longest = max(len(bar.label) for bar in block.bars)
    labels = min(longest, pen.width // 3) + 2
    scale = _Scale(block.start, block.end, pen.width - labels)
    _axis(pen, block, scale, labels)
    for bar in block.bars:
        _bar(pen, bar, block, scale, labels)
    items = [
        pen.styled(TEXTURES[tone] * 2, tone).append_text(pen.styled(f" {word}", Tone.MUTED))
        for tone, word in legend_of(block)
    ]
    items.append(pen.styled("│ now", Tone.MUTED))
    if any(bar.marks for bar in block.bars):
        items.append(pen.styled(f"{MARK} ", Tone.WARN).append_text(pen.styled("date", Tone.MUTED)))
    pen.flow(items, indent=labels)


def legend_of(block: Timeline) -> list[tuple[Tone, str]]:
    """Each tone of the spans with the words it is used for."""
    words: dict[Tone, list[str]] = {}
    for bar in block.bars:
        for _, _, tone, word in bar.spans:
            if word not in words.setdefault(tone, []):
                words[tone].append(word)
    return [(tone, ", ".join(words[tone])) for tone in Tone if tone in words]


def ticks_of(block: Timeline, at_most: int) -> list[tuple[datetime, str]]:
    """Where the axis is labelled: months, quarters, or years, `at_most` of them."""
    first, last = block.start.date(), block.end.date()
    zone = block.start.tzinfo
    assert zone is not None
    for step in (1, 3, 6, 12, 24, 60, 120):
        # The first tick is the first multiple of the step at or after the start.
        index = first.year * 12 + first.month - 1 + (first.day > 1)
        index = -(-index // step) * step
        if index // 12 > date.max.year:
            return []
        day = date(index // 12, index % 12 + 1, 1)
        days: list[date] = []
        while day <= last and len(days) <= at_most:
            days.append(day)
            day = add_months(day, step)
        if len(days) <= at_most:
            return [(midnight(day, zone), _tick(day, step)) for day in days]
    return []


def _tick(day: date, step: int) -> str:
    if step >= 12:
        return str(day.year)
    if step == 3:
        return f"Q{day.month // 3 + 1} {day.year % 100:02}"
    return date_text(day).split(" ", 1)[1].replace(" 20", " ")


class _Scale:
    """Moments as columns."""

    def __init__(self, start: datetime, end: datetime, width: int) -> None:
        self.start = start
        self.length = max(end - start, timedelta(seconds=1))
        self.width = width

    def column(self, at: datetime) -> int:
        """The column of a moment, inside the picture."""
        return min(self.width - 1, max(0, int((at - self.start) / self.length * self.width)))

    def shows(self, at: datetime) -> bool:
        """Whether the moment lies in the picture."""
        return self.start <= at <= self.start + self.length


def _axis(pen: Pen, block: Timeline, scale: _Scale, labels: int) -> None:
    line = [" "] * scale.width
    for at, word in ticks_of(block, max(2, scale.width // 7)):
        column = scale.column(at)
        text = f"╷{word}"
        if column + len(text) <= scale.width and all(
            c == " " for c in line[max(0, column - 1) : column + len(text)]
        ):
            line[column : column + len(text)] = text
    pen.raw(Text(" " * labels).append_text(pen.styled("".join(line), Tone.MUTED)))


def _bar(pen: Pen, bar: Bar, block: Timeline, scale: _Scale, labels: int) -> None:
    columns: list[tuple[str, Tone]] = [(" ", Tone.PLAIN)] * scale.width
    for start, end, tone, _ in bar.spans:
        if end <= block.start or start >= block.end:
            continue
        last = max(scale.column(start) + 1, scale.column(end) + (end >= block.end))
        for column in range(scale.column(start), last):
            columns[column] = (TEXTURES[tone], tone)
    if scale.shows(block.now):
        columns[scale.column(block.now)] = ("│", Tone.STRONG)
    marks = [mark for mark in sorted(bar.marks, key=lambda m: m.at) if scale.shows(mark.at)]
    for mark in marks:
        columns[scale.column(mark.at)] = (MARK, mark.tone)
    names = pen.wrap(pen.styled(bar.label), labels - 2)
    line = pen.pad(names[0], labels)
    for glyph, tone in columns:
        line.append_text(pen.styled(glyph, tone))
    line.rstrip()
    pen.raw(line)
    for name in names[1:]:
        pen.raw(name)
    zone = block.start.tzinfo
    dates = [
        pen.styled(f"{MARK} ", mark.tone).append_text(
            pen.styled(f"{date_text(mark.at.astimezone(pen.view.zone))} {mark.text}", Tone.MUTED)
        )
        for mark in sorted(bar.marks, key=lambda m: m.at)
    ]
    assert zone is not None
    if dates:
        pen.flow(dates, indent=labels)
