"""Documents as one self-contained HTML page that survives mail clients.

Layout by tables, the light colours inline on each element (mail clients drop style sheets), the
dark ones and the phone's in a style sheet for readers that keep it. No scripts, nothing loaded.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from offcall.core.documents import (
    Bullets,
    Cell,
    Chart,
    Code,
    Document,
    Facts,
    FindingList,
    Heading,
    HeatMap,
    Line,
    Span,
    Table,
    Timeline,
    Tone,
)
from offcall.core.findings import Severity
from offcall.core.render.cards import cards_of, summary_text
from offcall.core.render.charts import WIDE, WIDTH, chart_of, heat_of
from offcall.core.render.humane import time_text
from offcall.core.render.svg import picture_of
from offcall.core.render.view import View
from offcall.core.text import printable, safe_url

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["to_html"]

PADDING = 80
"""What a page is wider than its pictures."""

TEXT = {
    Tone.PLAIN: "#1f2328",
    Tone.MUTED: "#59636e",
    Tone.STRONG: "#1f2328",
    Tone.OK: "#1a7f37",
    Tone.INFO: "#0969da",
    Tone.WARN: "#8a5a00",
    Tone.BAD: "#b3261e",
}
BADGES = {
    Severity.CRITICAL: "#a40e26",
    Severity.HIGH: "#cf222e",
    Severity.MEDIUM: "#9a6700",
    Severity.LOW: "#0969da",
    Severity.INFO: "#59636e",
}


def to_html(document: Document, view: View) -> str:
    """The document as a page; times are in the view's zone."""
    width = WIDE if document.wide else WIDTH
    blocks = [_block(block, view, width) for block in document.blocks]
    page = _environment().get_template("page.html.j2")
    return (
        page.render(
            document=document,
            blocks=blocks,
            page_width=width + PADDING,
            made=time_text(view.now, view.zone),
            text=TEXT,
        )
        + "\n"
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("offcall.core.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters["span"] = _span
    environment.filters["address"] = safe_url
    environment.globals.update(text=TEXT, badges=BADGES, tones={t.name: t for t in Tone})
    return environment


def _finalize(value: Any) -> Any:
    from markupsafe import Markup

    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _span(cell: Cell) -> Span:
    """A cell with a safe address or none."""
    if isinstance(cell, str):
        return Span(cell)
    return replace(cell, url=safe_url(cell.url))


def _block(block: object, view: View, width: int) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "block": block, "level": min(6, max(2, block.level))}
        case Line() | Facts() | Table() | Bullets() | Code():
            return {"kind": type(block).__name__.lower(), "block": block}
        case FindingList():
            cards = cards_of(block.findings, view)
            summary = summary_text(block.findings) if len(block.findings) > 1 else ""
            return {"kind": "findings", "block": block, "cards": cards, "summary": summary}
        case Timeline():
            return {"kind": "timeline", "picture": picture_of(block, view)}
        case Chart():
            return {"kind": "chart", "picture": chart_of(block, view.zone, width)}
        case HeatMap():
            return {"kind": "heat", "picture": heat_of(block, view.zone, width)}
    raise TypeError(f"no HTML for {type(block).__name__}")
