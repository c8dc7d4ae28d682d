"""Documents as text, for a terminal or, without colours, for a file: the same layout."""

from __future__ import annotations

from rich.text import Text

from offcall.core.documents import (
    Block,
    Bullets,
    Chart,
    Code,
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
from offcall.core.render.marks import mark_lines
from offcall.core.render.pen import Pen
from offcall.core.render.tables import write_table
from offcall.core.render.timeline import write_timeline
from offcall.core.render.view import View
from offcall.core.text import safe_url

__all__ = ["to_terminal"]

# Mark, blank, the longest severity word, two blanks: what belongs to a finding stands right of it.
GUTTER = 12


def to_terminal(document: Document, view: View) -> str:
    """The document as lines of at most `view.width` columns.

    Commands, code and addresses are never broken, so that they can be copied.
    """
    pen = Pen(view)
    _title(pen, document)
    previous: Block | None = None
    for block in document.blocks:
        if not isinstance(previous, Heading) and not (
            isinstance(previous, Line) and isinstance(block, Line)
        ):
            pen.blank()
        _write(pen, block)
        previous = block
    return pen.text


def _title(pen: Pen, document: Document) -> None:
    pen.put(pen.styled(document.title, Tone.STRONG))
    if document.subtitle:
        pen.put(pen.styled(document.subtitle, Tone.MUTED))


def _write(pen: Pen, block: Block) -> None:
    match block:
        case Heading():
            _heading(pen, block)
        case Line():
            pen.put(pen.styled(block.text, block.tone))
        case Facts():
            _facts(pen, block)
        case Table():
            write_table(pen, block)
        case Bullets():
            _bullets(pen, block)
        case Code():
            for line in block.text.strip("\n").split("\n"):
                pen.raw(pen.styled(f"    {line}"))
        case FindingList():
            _findings(pen, block)
        case Timeline() | Chart() | HeatMap():
            _picture(pen, block)


def _picture(pen: Pen, block: Timeline | Chart | HeatMap) -> None:
    match block:
        case Timeline():
            write_timeline(pen, block)
        case Chart():
            _chart(pen, block)
        case HeatMap():
            _heat(pen, block)


def _heading(pen: Pen, block: Heading) -> None:
    text = pen.styled(block.text, Tone.STRONG)
    if block.level <= 2:
        rule = max(0, min(pen.width, 100) - text.cell_len - 1)
        if rule > 3:
            text.append_text(pen.styled(" " + "─" * rule, Tone.MUTED))
    pen.put(text)


def _chart(pen: Pen, block: Chart) -> None:
    pen.put(pen.styled(block.title, Tone.STRONG))
    lines = chart_lines(block)
    width = max((len(name) for name, _, _ in lines), default=0) + 2
    for (name, picture, said), series in zip(lines, block.series, strict=True):
        text = pen.styled(picture, series.tone).append("  ").append_text(pen.styled(said))
        pen.put(text, first=pen.styled(name, Tone.MUTED), indent=width)
    for marks in mark_lines(block, WIDTH):
        pen.raw(pen.styled(" " * width + marks, Tone.WARN))


def _heat(pen: Pen, block: HeatMap) -> None:
    pen.put(pen.styled(block.title, Tone.STRONG))
    lines = heat_lines(block)
    width = max((len(label) for label, _ in lines), default=0) + 2
    for label, shades in lines:
        pen.raw(pen.pad(pen.styled(label, Tone.MUTED), width).append_text(pen.styled(shades)))


def _facts(pen: Pen, block: Facts) -> None:
    if not block.pairs:
        return
    indent = min(max(len(name) for name, _ in block.pairs) + 2, pen.width // 2)
    for name, value in block.pairs:
        pen.put(pen.cell(value), first=pen.styled(name, Tone.MUTED), indent=indent)


def _bullets(pen: Pen, block: Bullets) -> None:
    width = len(str(len(block.items))) + 2 if block.numbered else 2
    for number, item in enumerate(block.items, 1):
        mark = f"{number}." if block.numbered else "•"
        pen.put(pen.cell(item), first=pen.styled(mark, Tone.MUTED), indent=width)


def _findings(pen: Pen, block: FindingList) -> None:
    if not block.findings:
        pen.put(pen.styled(f"✔ {block.empty}", Tone.OK))
        return
    if len(block.findings) > 1:
        pen.put(pen.styled(summary_text(block.findings), Tone.MUTED))
    for number, card in enumerate(cards_of(block.findings, pen.view)):
        if number or len(block.findings) > 1:
            pen.blank()
        _card(pen, card, brief=block.brief, owners=block.owners)


def _card(pen: Pen, card: Card, *, brief: bool, owners: bool) -> None:
    head = pen.styled(f"{card.mark} {card.word}", card.tone)
    pen.put(pen.styled(card.title, Tone.STRONG), first=head, indent=GUTTER)
    for cluster in card.clusters:
        _cluster(pen, cluster, brief=brief, owners=owners)
    steps = card.steps[:1] if brief else card.steps
    for number, step in enumerate(steps, 1):
        lead = f"{number}. " if len(steps) > 1 else ""
        line = _label(pen, "next" if number == 1 else "")
        line.append_text(pen.styled(lead, Tone.MUTED))
        pen.put(pen.styled(step), first=line, indent=GUTTER + len(lead))
    _code(pen, card, label=None if steps else "next", brief=brief)
    if not brief:
        _background(pen, card)


def _code(pen: Pen, card: Card, *, label: str | None, brief: bool) -> None:
    for prompt, text in (("$ ", card.command), ("", card.sql), ("", None if brief else card.patch)):
        for number, line in enumerate(text.split("\n") if text else ()):
            lead = _label(pen, label)
            pen.raw(lead.append_text(pen.styled((prompt if number == 0 else "") + line, Tone.INFO)))
            label = None


def _background(pen: Pen, card: Card) -> None:
    if card.why:
        _labelled(pen, "why", pen.styled(card.why))
    for number, (name, value) in enumerate(card.evidence):
        fact = pen.styled(f"{name}: ", Tone.MUTED).append_text(pen.styled(value))
        _labelled(pen, "evidence" if number == 0 else "", fact)
    if card.source:
        _labelled(pen, "source", pen.styled(card.source, Tone.MUTED, safe_url(card.source)))
    prints = " ".join(member.fingerprint for member in card.members)
    _labelled(pen, "id", pen.styled(f"{card.rule} {prints}", Tone.MUTED))


def _cluster(pen: Pen, cluster: Cluster, *, brief: bool, owners: bool) -> None:
    if brief:
        for labels, place in cluster.names:
            _place(pen, labels, place)
    else:
        for member in cluster.members:
            _place(pen, member.label, member.place)
            if member.id:
                pen.put(pen.styled(member.id, Tone.MUTED), indent=GUTTER)
    owner = pen.styled(cluster.owner or "nobody", Tone.PLAIN if cluster.owner else Tone.WARN)
    if cluster.owner_rule:
        owner.append_text(pen.styled(f" ({cluster.owner_rule})", Tone.MUTED))
    facts = []
    if cluster.due:
        facts.append(("due", pen.styled(cluster.due, cluster.due_tone)))
    if cluster.starts:
        facts.append((cluster.starts_word, pen.styled(cluster.starts)))
    if owners:
        facts.append(("owner", owner))
    if facts:
        label, text = facts[0]
        items = [text, *(pen.styled(f"{n} ", Tone.MUTED).append_text(t) for n, t in facts[1:])]
        pen.flow(items, first=_label(pen, label), indent=GUTTER)
    _runbook(pen, cluster)


def _place(pen: Pen, labels: str, place: tuple[str, ...]) -> None:
    parts = [pen.styled(labels), *(pen.styled(part, Tone.MUTED) for part in place)]
    pen.flow(parts, indent=GUTTER)


def _runbook(pen: Pen, cluster: Cluster) -> None:
    if cluster.runbook is None:
        return
    text = pen.styled(cluster.runbook, url=cluster.runbook_url)
    url = cluster.runbook_url
    if url is None or url == cluster.runbook:
        _labelled(pen, "runbook", text)
        return
    address = pen.styled(url, Tone.MUTED, url)
    if GUTTER + text.cell_len + 2 + address.cell_len <= pen.width:
        _labelled(pen, "runbook", text.append("  ").append_text(address))
    else:
        _labelled(pen, "runbook", text)
        pen.raw(Text(" " * GUTTER).append_text(address))


def _label(pen: Pen, label: str | None) -> Text:
    return pen.pad(Text("  ").append_text(pen.styled(label or "", Tone.MUTED)), GUTTER)


def _labelled(pen: Pen, label: str, text: Text) -> None:
    pen.put(text, first=_label(pen, label), indent=GUTTER)
