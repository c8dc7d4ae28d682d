"""What a result looks like, apart from where it is shown.

A result describes itself once as a `Document` of blocks; `core.render` draws the same blocks in a
terminal, as plain text, Markdown and HTML. Text is text: a block never holds markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from offcall.core.findings import Finding, Severity

__all__ = [
    "Bar",
    "Block",
    "Bullets",
    "Cell",
    "Chart",
    "Code",
    "Column",
    "Document",
    "Facts",
    "FindingList",
    "Heading",
    "HeatMap",
    "Line",
    "Mark",
    "Series",
    "Span",
    "Table",
    "Timeline",
    "Tone",
    "Unit",
    "tone_of",
]


class Tone(StrEnum):
    """What a piece of text means; the surface picks the colour and never relies on it alone."""

    PLAIN = "plain"
    MUTED = "muted"
    STRONG = "strong"
    OK = "ok"
    INFO = "info"
    WARN = "warn"
    BAD = "bad"


def tone_of(severity: Severity) -> Tone:
    """How a severity is coloured."""
    return {
        Severity.INFO: Tone.INFO,
        Severity.LOW: Tone.INFO,
        Severity.MEDIUM: Tone.WARN,
        Severity.HIGH: Tone.BAD,
        Severity.CRITICAL: Tone.BAD,
    }[severity]


@dataclass(frozen=True, slots=True)
class Span:
    """Text with a tone and perhaps a link.

    Attributes:
        part: 0 to 1; where there are pictures it is drawn as a bar of this length, and the text,
            a bar of characters, is left out.
    """

    text: str
    tone: Tone = Tone.PLAIN
    url: str | None = None
    part: float | None = None


Cell = str | Span


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 is the document's own."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, one pair a line; as `tiles` side by side and large, where there is room."""

    pairs: tuple[tuple[str, Cell], ...]
    tiles: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column. `wide` is what gives way first when the terminal is narrow (wraps)."""

    title: str
    right: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; `empty` is said when there are no rows."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "nothing"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; numbered when the order matters."""

    items: tuple[Cell, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A command, SQL, a patch: shown as it is."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class FindingList:
    """Findings, each with deadline, owner, runbook and next step. `brief` leaves the rest out.

    Without `owners` who owns what is left out too, since it is said of all of them together.
    """

    findings: tuple[Finding, ...]
    brief: bool = True
    owners: bool = True
    empty: str = "nothing found"


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in time on a timeline, with what happens then.

    Attributes:
        until: it is a stretch of time that ends there; charts only.
        label: a letter or number that says which it is in a chart, where there is no room for text.
    """

    at: datetime
    text: str
    tone: Tone = Tone.WARN
    until: datetime | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a timeline: spans of time, each with a tone and a word, and marks."""

    label: str
    spans: tuple[tuple[datetime, datetime, Tone, str], ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """A picture of time: text in a terminal, SVG in HTML, a table in Markdown."""

    start: datetime
    end: datetime
    now: datetime
    bars: tuple[Bar, ...]


class Unit(StrEnum):
    """What the values of a chart are, which says how they are written."""

    COUNT = "count"
    PER_SECOND = "per second"
    SECONDS = "seconds"
    SHARE = "share"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Series:
    """Values over time, one a step; None where there is none."""

    name: str
    values: tuple[float | None, ...]
    tone: Tone = Tone.INFO


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over time: SVG in HTML, sparklines elsewhere.

    Attributes:
        start: when the first step begins.
        step: how long one is.
        stacked: areas on top of one another, for parts of a whole.
        logarithmic: each level is ten times the one below, for values of which a few are far
            greater than most; what is not above 0 lies on the floor.
        marks: moments and stretches of time to point out.
    """

    title: str
    unit: Unit
    start: datetime
    step: timedelta
    series: tuple[Series, ...]
    stacked: bool = False
    logarithmic: bool = False
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class HeatMap:
    """How many, over time and over classes of something; the first row is the lowest class."""

    title: str
    start: datetime
    step: timedelta
    rows: tuple[tuple[str, tuple[int, ...]], ...]


Block = Heading | Line | Facts | Table | Bullets | Code | FindingList | Timeline | Chart | HeatMap


@dataclass(frozen=True, slots=True)
class Document:
    """A title, a line under it that says what was looked at and when, and the blocks.

    `wide` pages are for a screen, with large pictures and tables; others fit into a mail.
    """

    title: str
    subtitle: str | None = None
    blocks: tuple[Block, ...] = field(default=())
    wide: bool = False
