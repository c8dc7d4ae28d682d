"""Documents as GitHub-flavoured Markdown."""

from __future__ import annotations

import re
from datetime import datetime

from offcall.core.documents import (
    Block,
    Bullets,
    Cell,
    Chart,
    Code,
    Column,
    Document,
    Facts,
    FindingList,
    Heading,
    HeatMap,
    Line,
    Table,
    Timeline,
    Tone,
)
from offcall.core.render.cards import Card, Cluster, cards_of, summary_text
from offcall.core.render.charts import chart_lines, heat_lines
from offcall.core.render.figures import WIDTH
from offcall.core.render.humane import date_text
from offcall.core.render.marks import mark_lines
from offcall.core.render.view import View
from offcall.core.text import printable, safe_url

__all__ = ["escape", "to_markdown"]

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
# What would begin a list, a heading, a rule or an underline at the start of a line.
_START = re.compile(
    r"^(?:([-+](?=\s|$)|#(?=#{0,5}(?:\s|$))|[-=](?=[-=\s]*$))|(\d{1,9})([.)](?=\s|$)))"
)


def to_markdown(document: Document, view: View) -> str:
    """The document; a timeline becomes a table."""
    parts = [f"# {escape(document.title)}"]
    if document.subtitle:
        parts.append(escape(document.subtitle))
    parts += [text for block in document.blocks if (text := _block(block, view))]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Text on one line that no Markdown reader takes for markup."""
    line = " ".join(printable(text).split())
    line = _SPECIAL.sub(r"\\\1", line)
    return _START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", line)


def _block(block: Block, view: View) -> str:
    match block:
        case Heading():
            return f"{'#' * min(6, max(1, block.level))} {escape(block.text)}"
        case Line():
            return _paragraph(block)
        case Facts():
            return "\n".join(f"- **{escape(n)}:** {_cell(v)}" for n, v in block.pairs)
        case Table():
            return _table(block)
        case Bullets():
            return "\n".join(
                f"{f'{i}.' if block.numbered else '-'} {_cell(item)}"
                for i, item in enumerate(block.items, 1)
            )
        case Code():
            return _fence(block.text, block.language)
        case FindingList():
            return _findings(block, view)
        case Timeline() | Chart() | HeatMap():
            return _picture(block, view)


def _picture(block: Timeline | Chart | HeatMap, view: View) -> str:
    match block:
        case Timeline():
            return _timeline(block, view)
        case Chart():
            shown = _fence("\n".join(_lines_of(block)), "")
        case HeatMap():
            lines = [f"{label:>12} {shades}" for label, shades in heat_lines(block)]
            shown = _fence("\n".join(lines), "")
    return f"**{escape(block.title)}**\n\n{shown}"


def _lines_of(block: Chart) -> list[str]:
    lines = chart_lines(block)
    width = max((len(name) for name, _, _ in lines), default=0)
    shown = [f"{name:>{width}} {shape}  {said}" for name, shape, said in lines]
    return shown + [f"{'':{width}} {marks}" for marks in mark_lines(block, WIDTH)]


def _paragraph(block: Line) -> str:
    lines = [escape(line) for line in block.text.split("\n")]
    text = "\n\n".join(line for line in lines if line)
    if block.tone is Tone.STRONG and "\n" not in text:
        return f"**{text}**"
    if block.tone in (Tone.BAD, Tone.WARN):
        return f"**{'Warning' if block.tone is Tone.WARN else 'Attention'}:** {text}"
    return text


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    text = escape(cell.text)
    if url := safe_url(cell.url):
        return _link(text, url)
    return f"**{text}**" if text and cell.tone in (Tone.BAD, Tone.STRONG) else text


def _link(text: str, url: str) -> str:
    address = url.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
    return f"[{text}](<{address}>)"


def _table(block: Table) -> str:
    if not block.rows:
        return f"*{escape(block.empty)}*"
    lines = [
        _row([escape(column.title) for column in block.columns]),
        _row(["---:" if column.right else "---" for column in block.columns]),
    ]
    lines += [_row([_cell(cell) for cell in row]) for row in block.rows]
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _fence(text: str, language: str = "") -> str:
    body = printable(text).strip("\n")
    longest = max((len(run) for run in re.findall(r"`{3,}", body)), default=2)
    fence = "`" * (longest + 1)
    word = re.sub(r"[^\w+-]", "", language)
    return f"{fence}{word}\n{body}\n{fence}"


def _findings(block: FindingList, view: View) -> str:
    if not block.findings:
        return f"✔ {escape(block.empty)}"
    parts = [escape(summary_text(block.findings))] if len(block.findings) > 1 else []
    parts += [_card(card, block) for card in cards_of(block.findings, view)]
    return "\n\n".join(parts)


def _card(card: Card, block: FindingList) -> str:
    brief = block.brief
    lines = [f"- {card.mark} **{card.word}** **{escape(card.title)}**"]
    for cluster in card.clusters:
        lines += _cluster(cluster, brief=brief, owners=block.owners)
    steps = card.steps[:1] if brief else card.steps
    if len(steps) == 1:
        lines.append(f"  - Next: {escape(steps[0])}")
    elif steps:
        lines.append("  - Next:")
        lines += [f"    {i}. {escape(step)}" for i, step in enumerate(steps, 1)]
    for text, language in ((card.command, "sh"), (card.sql, "sql"), (card.patch, "diff")):
        if text is not None and not (brief and language == "diff"):
            lines += ["", *(f"  {line}".rstrip() for line in _fence(text, language).split("\n"))]
    if not brief:
        lines += [f"  - {fact}" for fact in _background(card)]
    return "\n".join(lines)


def _background(card: Card) -> list[str]:
    facts = [f"Why: {escape(card.why)}"] if card.why else []
    facts += [f"{escape(name)}: {escape(value)}" for name, value in card.evidence]
    if url := safe_url(card.source):
        facts.append(f"Source: {_link(escape(url), url)}")
    return facts


def _cluster(cluster: Cluster, *, brief: bool, owners: bool) -> list[str]:
    facts = []
    if cluster.due:
        facts.append(f"**due {escape(cluster.due)}**")
    if cluster.starts:
        facts.append(f"{cluster.starts_word} {escape(cluster.starts)}")
    owner = f"owner {escape(cluster.owner)}" if cluster.owner else "**owner nobody**"
    if owners:
        facts.append(owner + (f" ({escape(cluster.owner_rule)})" if cluster.owner_rule else ""))
    if cluster.runbook:
        text, url = escape(cluster.runbook), cluster.runbook_url
        facts.append(f"runbook {_link(text, url) if url else text}")
    lines = []
    if brief:
        lines += [f"  - {_place(labels, place)}" for labels, place in cluster.names]
    else:
        for member in cluster.members:
            lines.append(f"  - {_place(member.label, member.place)}")
            if member.id:
                lines.append(f"    - {escape(member.id)}")
    return [*lines, *([f"  - {' · '.join(facts)}"] if facts else [])]


def _place(labels: str, place: tuple[str, ...]) -> str:
    return f"{escape(labels)} ({escape(' · '.join(place))})"


def _timeline(block: Timeline, view: View) -> str:
    def day(at: datetime) -> str:
        return date_text(at.astimezone(view.zone))

    rows: list[tuple[Cell, ...]] = []
    for bar in block.bars:
        spans = [f"{word} {day(start)} – {day(end)}" for start, end, _, word in bar.spans]
        marks = [f"{day(mark.at)} {mark.text}" for mark in sorted(bar.marks, key=lambda m: m.at)]
        rows.append((bar.label, "; ".join(spans), "; ".join(marks)))
    columns = (Column("What"), Column("When"), Column("Dates"))
    return _table(Table(columns, tuple(rows), empty="nothing on the timeline"))
