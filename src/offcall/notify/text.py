"""A message as plain text and as a document (for HTML mail)."""

from __future__ import annotations

from offcall.core.documents import (
    Block,
    Bullets,
    Code,
    Column,
    Document,
    Facts,
    Line,
    Span,
    Table,
    Tone,
    tone_of,
)
from offcall.notify.message import Item, Message

__all__ = ["to_document", "to_text"]


def to_text(message: Message, *, headline: bool = True) -> str:
    """Plain text, ending in a newline; without the headline where a subject line carries it."""
    parts: list[str] = [message.headline] if headline else []
    if message.lead:
        parts.append(message.lead)
    if message.facts:
        width = max(len(name) for name, _ in message.facts)
        parts.append(
            "\n".join(f"{name + ':':<{width + 1}} {value}" for name, value in message.facts)
        )
    if message.next_step:
        parts.append(f"Next: {message.next_step}")
    parts += [_item(one) for one in message.items]
    if message.text:
        parts.append(message.text)
    tail = [f"{title}: {url}" for title, url in message.links]
    parts.append("\n".join([*tail, f"More: {message.command}"]))
    return "\n\n".join(parts) + "\n"


def _item(item: Item) -> str:
    lines = [f"- {item.headline}", f"  {item.place} · owner {item.owner}"]
    if item.deadline and item.state == "open":
        lines.append(f"  Due {item.deadline}")
    if item.next_step:
        lines.append(f"  Next: {item.next_step}")
    if item.runbook:
        lines.append("  Runbook: " + " ".join(part for part in item.runbook if part))
    lines.append(f"  More: {item.command}")
    return "\n".join(lines)


def to_document(message: Message) -> Document:
    """Blocks, for HTML."""
    blocks: list[Block] = []
    if message.lead:
        blocks.append(Line(message.lead, Tone.STRONG))
    if message.facts:
        blocks.append(Facts(message.facts))
    if message.next_step:
        blocks.append(Line(f"Next: {message.next_step}", Tone.STRONG))
    if message.items:
        blocks.append(_table(message.items))
    if message.text:
        blocks += [Line(text) for text in message.text.split("\n\n") if text.strip()]
    if message.links:
        blocks.append(Bullets(tuple(Span(title, url=url) for title, url in message.links)))
    blocks.append(Code(message.command, "shell"))
    return Document(message.headline, None, tuple(blocks))


def _table(items: tuple[Item, ...]) -> Table:
    return Table(
        (
            Column("What", wide=True),
            Column("Where"),
            Column("Deadline"),
            Column("Owner"),
            Column("Next step", wide=True),
            Column("Runbook"),
        ),
        tuple(
            (
                Span(one.headline, tone_of(one.severity) if one.state == "open" else Tone.OK),
                one.place,
                one.deadline or "",
                one.owner,
                one.next_step or "",
                Span(one.runbook[0], url=one.runbook[1]) if one.runbook else "",
            )
            for one in items
        ),
    )
